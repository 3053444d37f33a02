// clock.hpp: the time of a node. Everything that waits asks its clock, real or virtual (virtual_clock.hpp).
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <string>

#include "actors/work.hpp"

namespace chainring::actors {

inline constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();

/// A deadline that its owner moves at will. Any thread; must not outlive its clock. Once destroyed, no call is running.
class deadline {
 public:
  virtual ~deadline() = default;
  /// One shot: `wake` is called once when the clock has reached `due_ms` (Unix epoch, ms), then the deadline is `never`.
  virtual void set(std::int64_t due_ms) = 0;
};

/// What the clock calls; on its own thread, one at a time, so both only hand over (a message) and never wait. They may
/// set deadlines; they may not destroy one.
struct participant {
  std::string name;
  int order = 0; // participants are asked and woken in this order, then in that of joining
  /// The deadline has come. In virtual time the next jump waits for the end of `turn`: keep it until all is done.
  std::function<void(work turn)> wake;
  /// Virtual time only, before each jump, when nothing is in flight: start what waited for all requests of this instant.
  /// True: something was started (and holds work); then everyone is asked again once that is done.
  std::function<bool()> settle;
};

class clock {
 public:
  virtual ~clock() = default;
  /// Unix epoch, ms. Never goes back. In virtual time it does not change while any work is held.
  virtual std::int64_t now_ms() noexcept = 0;
  virtual std::unique_ptr<deadline> join(participant who) = 0;

  /// Virtual time: which moment without anything in flight and without a deadline this is, from 1; 0: it is none.
  virtual std::uint64_t stall() const noexcept { return 0; }

  bool is_virtual() const noexcept { return counter_ != nullptr; }
  work begin_work() noexcept { return work::begin(counter_); }

 protected:
  friend class lane;
  work_counter* counter_ = nullptr; // null: real time
};

} // namespace chainring::actors
