// chain_home.hpp: what the chains of one lane share: interpreter, data models, timer wheel, and the outboxes that turn their
// wishes into one message per batch.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "actors/assignment.hpp"
#include "actors/chain.hpp"
#include "actors/lane.hpp"
#include "actors/protocols.hpp"
#include "actors/timer_wheel.hpp"
#include "scxml/interpret.hpp"

namespace chainring::actors {

/// Read by the stats endpoint from other threads; the lane writes.
struct chain_home_counters {
  std::atomic<std::uint64_t> events{0};
  std::atomic<std::uint64_t> actions{0};
  std::atomic<std::uint64_t> timers{0}; // pending, those cancelled lazily included
};

class chain_home final : public scxml::host {
 public:
  /// `number` is the lane's, as chain_tag::lane has it. Sets the lane's hooks: before lane::start().
  chain_home(std::uint32_t number, lane& here, clock& time, std::uint64_t seed);
  ~chain_home() override;
  /// Where call requests go; before the first chain starts.
  void connect(caf::actor dialer) { dialer_ = std::move(dialer); }
  const chain_home_counters& counters() const { return counters_; }

  // -- scxml::host ---------------------------------------------------------------------------------------------------------
  std::int64_t now_ms() const override { return time_.now_ms(); }
  std::uint64_t random_seed(const scxml::session& s) const override;
  reach reachable(const scxml::session& from, std::string_view type, std::string_view target) const override;
  const std::vector<std::pair<std::string, std::string>>& io_processors(const scxml::session& s) const override;

  // -- for the chains, on the lane -----------------------------------------------------------------------------------------
  scxml::interpreter& interpreter() { return interpreter_; }
  std::uint32_t number() const { return number_; }
  /// False: limits::timers_per_lane_max are pending.
  [[nodiscard]] bool arm(const chain& who, std::uint32_t sequence, std::int64_t due_ms);
  void ask_for_call(dialer::call_request request) { calls_.push_back(std::move(request)); }
  void report_end(const assignment& job, chain_finished end);
  void count_action() { counters_.actions.store(counters_.actions.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed); }
  /// Scratch of the step that runs: events that the chain has yet to process, and effects to carry out.
  std::deque<scxml::event>& queue() { return queue_; }
  scxml::effects& effects() { return effects_; }

 private:
  void on_message(caf::mailbox_element& message, lane& here);
  std::int64_t on_turn(std::int64_t now_ms);
  void start(start_chains& batch);
  void start_one(const start_chains& batch, const dialer::chain_of_records& who, std::uint64_t handle_base);
  void refuse(const start_chains& batch, const dialer::chain_of_records& who, std::string reason);
  void flush();

  const std::uint32_t number_;
  lane& lane_;
  clock& time_;
  const std::uint64_t seed_;
  scxml::interpreter interpreter_;
  std::unique_ptr<scxml::datamodel_source> ecmascript_, null_;
  timer_wheel wheel_;
  caf::actor dialer_;
  mutable std::vector<std::pair<std::string, std::string>> io_processors_;
  std::deque<scxml::event> queue_;
  scxml::effects effects_;
  std::vector<dialer::call_request> calls_;
  std::map<const assignment*, std::vector<chain_finished>> ends_;
  chain_home_counters counters_;
};

} // namespace chainring::actors
