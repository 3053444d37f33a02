// runner.hpp: a host for one document alone, in virtual time: the external queue, delayed sends and
// a clock that stands still until it is moved. For tests and for `chainring scxml`.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "scxml/interpret.hpp"

namespace chainring::scxml {

class runner;

/// What a run tells its owner. Any may be empty. They may call deliver(), which waits for its turn.
struct runner_callbacks {
  std::function<void(runner&)> on_stable; // after every macrostep: stable, done or faulted
  std::function<void(const log_effect&)> on_log;
  std::function<void(runner&, const action_effect&)> on_action;
  std::function<void(runner&, const action_failed_effect&)> on_action_failed;
};

struct runner_setup {
  std::int64_t start_ms = 0; // the clock at the beginning, Unix epoch
  std::uint64_t seed = 1;    // of Math.random()
  std::uint64_t session_id = 1;
  observer* watching = nullptr;
};

class runner final : public host {
 public:
  enum class outcome {
    done,    // reached a top-level final state
    waiting, // waits for an event from outside
    faulted, // past a budget of the engine: self().fault
    limit,   // past limits::runner_events_max or runner_events_queued_max
  };

  runner(std::shared_ptr<const document> d, std::shared_ptr<datamodel> model,
         runner_callbacks callbacks, const runner_setup& setup = {});

  // -- running
  // -------------------------------------------------------------------------------------------------------
  /// Enters the initial configuration and processes what is sent without delay.
  void start(const object& parameters = {});
  /// Puts an event into the external queue and processes the queue.
  void deliver(event e);
  /// Moves the clock, delivering delayed sends at their times.
  void advance(std::int64_t ms);
  /// Jumps from one delayed send to the next until none is left.
  outcome run();
  /// Ends the session from outside.
  void cancel();

  // -- state
  // ---------------------------------------------------------------------------------------------------------
  outcome state() const;
  session& self() { return session_; }
  const session& self() const { return session_; }
  /// Since the start.
  std::int64_t elapsed_ms() const { return now_ms_ - start_ms_; }
  /// When the next delayed send is due, on the clock of elapsed_ms().
  std::optional<std::int64_t> next_due_ms() const;
  /// Ids of the active states in document order; only the atomic ones if so wished.
  std::vector<std::string> configuration(bool atomic_only = false) const;
  /// The donedata, once done.
  const value& done_data() const { return done_data_; }

  // -- host
  // ----------------------------------------------------------------------------------------------------------
  std::int64_t now_ms() const override { return now_ms_; }
  std::uint64_t random_seed(const session&) const override { return seed_; }
  reach reachable(const session& from, std::string_view type,
                  std::string_view target) const override;
  const std::vector<std::pair<std::string, std::string>>&
  io_processors(const session&) const override {
    return io_processors_;
  }
  observer* watching() const override { return watching_; }

 private:
  struct delayed {
    std::int64_t due_ms;
    send_effect send;
  };

  void drain();
  void carry_out_effects();
  void carry_out(send_effect& send);
  void carry_out(const cancel_effect& cancel);
  void carry_out(const invoke_effect& invoke);
  void enqueue(event e);
  void deliver_next_due();

  session session_;
  runner_callbacks callbacks_;
  std::int64_t start_ms_, now_ms_;
  std::uint64_t seed_;
  observer* watching_;
  std::string location_; // "#_scxml_s1"
  std::vector<std::pair<std::string, std::string>> io_processors_;
  interpreter interpreter_;
  effects effects_;
  std::deque<event> external_;
  std::vector<delayed> delayed_; // by due time, then as sent
  std::uint64_t processed_ = 0;
  bool draining_ = false;
  bool past_limit_ = false;
  value done_data_;
};

} // namespace chainring::scxml
