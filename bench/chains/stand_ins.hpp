// stand_ins.hpp: actors in the place of those that the benches leave out.
#pragma once

#include <vector>

#include <caf/event_based_actor.hpp>

#include "actors/outbox.hpp"
#include "actors/protocols.hpp"
#include "bench/chains/world.hpp"

namespace chainring::bench {

/// A store that keeps nothing: everything is durable at once.
class no_keeper final : public caf::event_based_actor {
 public:
  explicit no_keeper(caf::actor_config& cfg) : event_based_actor(cfg) {}
  caf::behavior make_behavior() override {
    return {[](const actors::commit&) { return actors::committed{}; }};
  }
};

/// Has what chains report committed, thanks for it then, and tells of ends.
class report_taker final : public caf::event_based_actor {
 public:
  report_taker(caf::actor_config& cfg, std::vector<caf::actor> lanes, caf::actor keeper, end_hook on_end)
      : event_based_actor(cfg), lanes_(std::move(lanes)), keeper_(std::move(keeper)), on_end_(std::move(on_end)),
        taken_(lanes_.size()) {}
  caf::behavior make_behavior() override;

 private:
  void take(actors::chains_finished& reports);

  const std::vector<caf::actor> lanes_;
  const caf::actor keeper_;
  const end_hook on_end_;
  std::vector<actors::taken_batches> taken_; // by lane
};

} // namespace chainring::bench
