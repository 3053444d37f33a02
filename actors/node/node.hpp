// node.hpp: everything of one running node, made from a configuration: clock, lanes, actors, store, stats endpoint. The
// order of the members is the order of starting; stopping is the reverse.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "actors/assignment.hpp"
#include "actors/control_actor.hpp"
#include "actors/limits.hpp"
#include "actors/dialer.hpp"
#include "actors/node/configuration.hpp"
#include "scxml/result.hpp"

namespace chainring::actors {

struct node_options {
  bool virtual_time = false;
  std::int64_t virtual_start_ms = 0; // 0: as configured; a store that has been further goes on from there
  bool lift_refusals = false;        // of treatments in which a lane hung
  std::chrono::milliseconds lane_look{limits::lane_look_ms}; // between two looks of the lanes' watchdog
  std::chrono::milliseconds store_wait_max{limits::store_wait_ms_max}; // between two tries of a store that is away
  /// Of tests: gets the store that was opened, and what it returns is the node's. Empty: that itself.
  std::function<std::unique_ptr<dialer::store>(std::unique_ptr<dialer::store>)> around_store;
};

/// Progress of one campaign, a copy.
struct campaign_progress {
  std::string name;
  std::uint64_t chains = 0, ended = 0, admitted = 0, live = 0, idle = 0, faulted = 0, switched = 0, attempts = 0;
  std::uint64_t passive = 0; // out of memory until they are due
  std::uint64_t ended_before = 0; // of ended: when the node started
  std::int32_t agents = -1; // that it dials against; -1: it does not dial against agents
  std::vector<std::pair<dialer::call_result, std::uint64_t>> results; // those that occurred, by code
  std::uint64_t restored = 0, put_away = 0, not_saved = 0;
  campaign_state state = campaign_state::not_loaded;
  std::uint64_t without_treatment = 0; // chains that wait for it before they start
  std::uint64_t treatment_failures = 0;
  error last_treatment_failure;
  bool all_admitted = false, done = false;

  /// Every chain that still lives waits for an event that nothing will send, if it is so at two looks between which nothing has
  /// happened: counters are read one after the other, and a chain may become passive, or come back, between two of them.
  bool seems_stuck() const { return all_admitted && !done && live > 0 && live == idle && passive == 0; }
  bool is_stuck_since(const campaign_progress& before) const {
    return seems_stuck() && before.seems_stuck() && live == before.live && ended == before.ended && attempts == before.attempts;
  }
};

campaign_progress progress_of(const std::string& name, const campaign_counters& n);

/// The mailbox of a control actor and what can wait in it at most.
struct mailbox_use {
  std::string actor; // its class
  const mailbox_count* mailbox = nullptr;
  std::size_t most = 0;
};

class node {
 public:
  /// Opens the store, brings the lists up to date, recovers what an earlier process left, starts all actors. Campaigns
  /// wait for start().
  static result<std::unique_ptr<node>> make(const configuration& settings, const node_options& options);
  ~node();

  /// Starts the campaigns that are configured to start by themselves.
  void start();
  std::vector<campaign_progress> progress() const;
  /// Calls in progress, queued, started so far.
  dialer::switchboard_counts calls() const;
  std::int64_t now_ms() const;
  /// Where the stats endpoint listens, or 0.
  std::uint16_t stats_port() const;
  /// A control actor has died, or a lane hangs.
  bool failed() const;
  /// A lane hangs: after drain() the process has to go, because the node cannot be destroyed until the lane goes on.
  bool hangs() const;
  /// clock::stall().
  std::uint64_t stall() const;
  /// Of history records: in the store, confirmed by their receivers, and whether waiting for the others is worth while.
  struct history_progress {
    std::uint64_t waiting = 0, sent = 0;
    bool settled = false;
  };
  history_progress history() const;
  /// How full the mailboxes of the control actors are, and have been.
  std::vector<mailbox_use> mailboxes() const;
  /// Ends calls in progress and stores them, for at most `most_ms`; false: some calls were cut off.
  bool drain(std::int64_t most_ms);

 private:
  struct parts;
  explicit node(std::unique_ptr<parts> p);
  std::unique_ptr<parts> parts_;
};

} // namespace chainring::actors
