// bare_lanes.hpp: what chains are measured against: the smallest actors that a lane can run, with 128 bytes of state, that step
// the same chart written by hand.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "bench/chains/chart.hpp"
#include "bench/chains/crowd.hpp"

namespace chainring::bench {

struct bare_event {
  chart_event what = chart_event::start;
  std::uint32_t phone = 0;
};

class bare_chain final : public actors::lane_actor {
 public:
  bare_chain(caf::actor_config& setup, actors::lane& home, const std::vector<std::string>& texts)
      : lane_actor(setup, home), texts_(texts) {}
  const char* name() const override { return "bare_chain"; }
  void step(const bare_event& e, actors::lane&) { chart_.process(e.what, texts_[e.phone]); }
  const chart_by_hand& chart() const { return chart_; }

 private:
  void on_message(caf::mailbox_element& message, actors::lane& here) override {
    if (auto* e = actors::local_element<bare_event>::in(message)) return step(*e, here);
    unknown(message, here);
  }

  const std::vector<std::string>& texts_;
  chart_by_hand chart_;
  std::array<std::uint64_t, 6> other_data_{}; // as much as a session has
};

/// Outlives the actor system.
class bare_lanes {
 public:
  bare_lanes(std::uint32_t lanes, actors::clock& time);
  /// `order`: of the chains' events.
  void start(caf::actor_system& system, const std::vector<std::uint32_t>& order);
  void stop();
  /// Every chain gets the event. False: one was not there.
  bool deliver(chart_event e);
  std::int64_t lane_cpu_ns() const;
  bool all_are_at(const std::vector<chart_by_hand>& expected_by_phone) const;

 private:
  std::vector<std::string> phones_;
  std::vector<std::unique_ptr<actors::lane>> lanes_;
  std::vector<bare_chain*> chains_; // by number
  crowd<bare_chain, bare_event> crowd_;
};

} // namespace chainring::bench
