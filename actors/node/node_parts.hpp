// node_parts.hpp: what a node is made of. node_prepare.cpp makes it ready, node_start.cpp starts it, node.cpp watches and stops it.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <caf/actor.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>

#include "actors/assignment.hpp"
#include "actors/chain.hpp"
#include "actors/chain_home.hpp"
#include "actors/cluster/agent_shares.hpp"
#include "actors/cluster/lease.hpp"
#include "actors/cluster/member.hpp"
#include "actors/cluster/order_book.hpp"
#include "actors/cluster/peer_line.hpp"
#include "actors/clock.hpp"
#include "actors/dialer.hpp"
#include "actors/event_gate.hpp"
#include "actors/fetch/tls.hpp"
#include "actors/fetcher.hpp"
#include "actors/history_sender.hpp"
#include "actors/io_threads.hpp"
#include "actors/keeper.hpp"
#include "actors/lane.hpp"
#include "actors/lane_watch.hpp"
#include "actors/node/live_explanation.hpp"
#include "actors/node/message_trunks.hpp"
#include "actors/node/node.hpp"
#include "actors/node/node_stats.hpp"
#include "actors/refused_treatments.hpp"
#include "actors/supervisor.hpp"
#include "actors/validators.hpp"
#include "dialer/daytime.hpp"
#include "dialer/do_not_call.hpp"
#include "dialer/switchboard.hpp"
#include "dialer/time_zones.hpp"

namespace chainring::actors {

struct actor_system_settings : caf::actor_system_config {
  actor_system_settings() {
    // The default work-stealing scheduler walks a whole queue per steal. Chains do not run on it anyway.
    set("scheduler.policy", caf::atom("sharing"));
    set("scheduler.max-threads", std::size_t{2});
    set("scheduler.max-throughput", std::size_t{100});
  }
};

/// A lane with what its chains share.
struct lane_with_home {
  lane_with_home(std::uint32_t number, clock& time, std::uint64_t seed)
      : runs(lane::block_bytes<chain>(), time), home(number, runs, time, seed) {}
  lane runs;
  chain_home home;
};

struct running_campaign {
  campaign_settings settings;
  campaign_counters counters;
  std::vector<std::unique_ptr<assignment>> jobs;
  caf::actor actor;
};

void complain(const error& problem);

// Lanes and counters outlive the actor system, which outlives every handle below it.
struct node::parts {
  configuration settings;
  dialer::time_zones zones;
  dialer::daytime_tables daytime;
  dialer::do_not_call_list no_calls;
  std::int64_t no_calls_change = 0; // of the list of a store that several nodes have
  std::unique_ptr<dialer::store> store; // until the keeper takes it
  std::unique_ptr<dialer::membership> membership; // null: the node has its store for itself
  std::int64_t epoch = 0;
  actors::lease lease; // of a member
  std::atomic<bool> ends{false}; // it has been told to
  std::vector<budget_terms> budgets; // what the nodes of a cluster share: its trunks in their order, then limits of campaigns
  cluster_view members;
  std::vector<dialer::standing_order> standing_orders; // when it joined
  std::unique_ptr<order_book> orders; // of a member
  agent_shares agents; // of a member that talks to others
  std::atomic<std::size_t> orders_given{0}; // on their way to the store
  std::unique_ptr<peer_line> line;    // null: it says nothing to other nodes
  std::unique_ptr<actors::clock> time;
  std::vector<std::unique_ptr<courier>> couriers; // one for each trunk that sends messages
  std::atomic<std::uint64_t> handles{1};
  std::vector<std::unique_ptr<lane_with_home>> lanes;
  std::vector<std::unique_ptr<running_campaign>> campaigns;
  keeper_counters kept;
  dialer_view dialed;
  supervisor_view watched;
  history_view told;
  mailbox_count at_desk;
  actor_system_settings system_settings;
  std::unique_ptr<caf::actor_system> system;
  std::unique_ptr<io_threads> io;
  std::shared_ptr<tls_trust> trust;
  std::unique_ptr<actors::fetchers> fetchers;
  std::unique_ptr<event_gate> gate; // null: off
  std::unique_ptr<actors::validators> validators, history_posts;
  std::unique_ptr<dialer::switchboard> board; // until the dialer takes it
  std::vector<std::string> history_receivers;
  caf::actor keeper, dialer, document_desk, history, member, supervisor;
  std::unique_ptr<node_stats> stats;
  std::vector<refused_treatment> refused;
  std::atomic<std::int64_t> hung_lane{-1};
  std::unique_ptr<lane_watchdog> watchdog;

  parts(const configuration& c, dialer::time_zones z) : settings(c), zones(std::move(z)) {}
  ~parts() { stop(); }

  result<void> read_refusals(bool lift);
  result<void> read_do_not_call();
  result<std::unique_ptr<dialer::import_turn>> wait_for_import_turn();
  result<void> prepare_campaigns();
  static std::shared_ptr<const dialer::history_post> history_of_lost(dialer::store& in, const assignment& job,
                                                                     const dialer::attempt& lost);
  result<void> prepare_list(running_campaign& c, const list_settings& list);
  result<void> recover_list(const assignment& job, const std::string& list_name);
  result<void> check_columns() const;
  result<void> prepare_trunks();
  result<void> set_pace(std::uint32_t campaign, const campaign_settings& terms);
  void share_limits(std::uint32_t campaign, const campaign_settings& terms);
  void add_trunk(std::unique_ptr<dialer::trunk> made, const dialer::trunk_limits& most, dialer::pacing pace);
  result<void> prepare_message_trunk(const message_trunk_settings& wanted);
  result<void> prepare_history();
  result<void> open_store(const node_options& options);
  result<void> join_cluster();
  result<void> prepare_line();
  result<void> start_line();
  void give_order(const std::string& campaign, campaign_order::verb what, std::function<void(given_order)> answer);
  void give_agents(const std::string& campaign, std::int32_t number, std::function<void(given_order)> answer);
  void give(const std::string& campaign, std::function<given_order(dialer::shared_store&)> by,
            std::function<void(given_order)> answer);
  running_campaign* find_campaign(const std::string& name) const;
  void start_member();
  void start_lanes();
  result<void> start_io();
  result<void> start_gate();
  void start_actors(std::chrono::milliseconds store_wait_max);
  void start_campaign(running_campaign& c);
  void start_watchdog(std::chrono::milliseconds between_looks);
  void on_hang(const lane_hang& hang);
  result<void> start_stats();
  live_explanation_terms terms_of_explanations();
  std::vector<caf::actor> lane_handles() const;
  std::size_t lists() const;
  std::vector<campaign_progress> progress() const;
  std::vector<mailbox_use> mailboxes() const;
  void keep_virtual_now();
  void pass_everything_on();
  void put_chains_away();
  void order(const std::string& name, campaign_order order);
  void stop();
};

} // namespace chainring::actors
