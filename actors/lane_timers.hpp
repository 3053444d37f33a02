// lane_timers.hpp: a wheel that turns on a lane.
#pragma once

#include "actors/lane.hpp"
#include "actors/timer_wheel.hpp"

namespace chainring::actors {

/// For lane::timers(): delivers what is due to the actors as step(const timer&, lane&) (by the mailbox as
/// local_element<timer>), which compare the sequence; Actor::wants(const timer&) is asked only when cancelled timers are purged.
/// Timers of actors that have ended are dropped. `wheel` and the lane are
/// used by the lane's thread alone, and the wheel outlives the lane's actors.
template <class Actor>
lane::timers_hook fire_on_lane(timer_wheel& wheel) {
  return [&wheel](lane& here, std::int64_t now_ms) {
    const auto deliver = [&here](const timer& t) {
      auto* actor = here.find<Actor>(t.slot, t.generation);
      if (actor) here.deliver(*actor, t);
      return actor != nullptr;
    };
    wheel.fire(now_ms, deliver, [&here](const timer& t) { here.prefetch<Actor>(t.slot); });
    here.run_local();
    if (wheel.worth_purging()) {
      wheel.purge([&here](const timer& t) {
        auto* actor = here.find<Actor>(t.slot, t.generation);
        return actor && actor->wants(t);
      });
    }
    return wheel.next_due_ms();
  };
}

/// The ticks of a wheel under this clock: exact to the millisecond in virtual time.
inline std::int64_t tick_ms(const clock& time) { return time.is_virtual() ? 1 : limits::timer_tick_ms; }

} // namespace chainring::actors
