// dialer.hpp: the actor around the switchboard: takes call requests from the lanes, has intents and results committed by
// the keeper, lets trunks dial, and hands results back to the lanes.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "actors/assignment.hpp"
#include "actors/clock.hpp"
#include "actors/control_actor.hpp"
#include "actors/media/courier.hpp"
#include "actors/history_sender.hpp"
#include "actors/outbox.hpp"
#include "actors/protocols.hpp"
#include "actors/validators.hpp"
#include "dialer/switchboard.hpp"

namespace chainring::actors {

/// What other threads may see of the dialer: a copy, made at each turn at most every 100 ms.
class dialer_view {
 public:
  mailbox_count mailbox;

  void show(dialer::switchboard_counts counts, std::vector<dialer::switchboard::line_counts> lines);
  dialer::switchboard_counts counts() const;
  std::vector<dialer::switchboard::line_counts> lines() const;

 private:
  mutable std::mutex mutex_;
  dialer::switchboard_counts counts_;
  std::vector<dialer::switchboard::line_counts> lines_;
};

struct dialer_terms {
  std::unique_ptr<dialer::switchboard> board;
  caf::actor keeper;
  actors::validators* validators = nullptr; // outlives the actor
  std::vector<actors::courier*> couriers;   // of its trunks' messages; outlive the actor
  caf::actor history;              // hears of history records that are stored
  history_view* told = nullptr;    // of it
  std::vector<caf::actor> lanes;                // by chain_tag::lane
  std::vector<campaign_counters*> campaigns;    // by campaign number
  actors::clock* clock = nullptr;
  dialer_view* view = nullptr;
};

/// Position of the dialer among those that the virtual clock asks and wakes: after the lanes.
inline constexpr int dialer_clock_order = 100;

class dialer_actor final : public control_actor {
 public:
  dialer_actor(caf::actor_config& cfg, dialer_terms terms);
  const char* name() const override { return "dialer"; }
  caf::behavior make_behavior() override;
  void on_exit() override;

 private:
  void take(call_requests& r);
  void answer(ask_dialer& a);
  void begin_drain();
  void turn();
  void carry_out(dialer::switchboard::granted granted);
  void take(validation_answered& a);
  void take_verdicts();
  void have_stored();
  void intents_stored(const std::vector<std::uint64_t>& calls, std::vector<refused_writes>& refused);
  void outcomes_stored(const std::vector<dialer::call_outcome>& outcomes, std::vector<refused_writes>& refused);
  void tell_history();
  void tell_chain(const dialer::call_outcome& outcome);
  void fail_chain(const dialer::chain_tag& chain, const error& why);
  void tell_lanes();
  void settle_and_turn();
  bool show(bool now);
  void answer_those_who_wait();
  void answer_drained();

  dialer_terms terms_;
  std::unique_ptr<deadline> deadline_;
  std::shared_ptr<std::atomic<bool>> unsettled_; // virtual time: requests have been added since the last settle()
  std::shared_ptr<std::atomic<bool>> due_;       // the clock has asked to look after trunks
  std::int64_t shown_ms_ = 0;
  std::size_t intents_at_keeper_ = 0, results_at_keeper_ = 0; // batches
  std::vector<dialer::call_outcome> outcomes_; // to be stored
  struct lane_traffic {
    bool hangs = false;
    taken_batches requests; // from it
    outbox<addressed<chain_event>> events;
    // These go with the next batch of events.
    std::vector<addressed<chain_columns>> columns;
    std::vector<addressed<chain_fault>> faults;
    bool nothing_waits() const { return events.empty() && columns.empty() && faults.empty(); }
  };
  std::vector<lane_traffic> lanes_;
  std::vector<std::pair<std::uint64_t, dialer::validation_verdict>> verdicts_; // of calls, not yet taken
  bool draining_ = false;
  caf::typed_response_promise<drained> drain_promise_;
  std::vector<std::pair<dialer::call_scope, caf::typed_response_promise<withdrawn>>> withdrawals_;
};

} // namespace chainring::actors
