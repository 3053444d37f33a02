// timer_wheel.hpp: the deadlines of one lane: a million pending, re-armed by nearly every event. Slots are lists of arrays,
// cancelling is lazy (the owner compares the sequence), expiries are fetched ahead: linked nodes cost 3.6 times as much when
// deadlines are random. One thread.
#pragma once

#include <array>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "actors/clock.hpp"
#include "actors/limits.hpp"

namespace chainring::actors {

/// A deadline of the actor {slot, generation}; `sequence` tells its owner which one, and whether it still wants it.
struct timer {
  std::int64_t due_ms = 0; // Unix epoch
  std::uint32_t slot = 0;
  std::uint32_t generation = 0;
  std::uint32_t sequence = 0;
};

/// Five levels of 256 slots and a list for what lies beyond (348 years with ticks of 10 ms, 34 with 1 ms). Never fires early:
/// a deadline is rounded up to its tick. Ticks come in order; within one tick timers fire in the order of arming.
class timer_wheel {
 public:
  /// `tick_ms`: limits::timer_tick_ms, or 1 in virtual time, where every deadline is exact.
  timer_wheel(std::int64_t now_ms, std::int64_t tick_ms);
  timer_wheel(const timer_wheel&) = delete;
  timer_wheel& operator=(const timer_wheel&) = delete;
  ~timer_wheel();

  /// False: limits::timers_per_lane_max are pending. What is due already fires at the next fire().
  [[nodiscard]] bool arm(const timer& t);
  /// When fire() is next worth calling: never before a timer is due. Cancelled ones count until they are due or purged.
  std::int64_t next_due_ms() const noexcept;

  /// Calls `on_due(timer)` for at most `most` timers that are due by now; it may arm. It returns whether the timer was still
  /// wanted. `ahead(timer)` is called eight timers before, to fetch what on_due will touch. Returns the number of timers.
  template <class OnDue, class Ahead>
  std::size_t fire(std::int64_t now_ms, OnDue&& on_due, Ahead&& ahead,
                   std::size_t most = limits::timers_per_lane_turn);

  /// The owner no longer wants `count` of its pending timers. Only a count: what it is good for is worth_purging().
  void note_cancelled(std::size_t count = 1) noexcept { cancelled_ += count; }
  /// So many cancelled ones are pending that removing them pays: a hostile document arms and cancels for next year.
  bool worth_purging() const noexcept;
  /// Removes the timers that `wanted(timer)` does not want. Looks at all of them.
  template <class Wanted>
  void purge(Wanted&& wanted);

  std::size_t pending() const noexcept { return pending_; } // cancelled ones too; limits::timers_per_lane_max
  std::size_t cancelled() const noexcept { return cancelled_; }
  std::size_t bytes() const noexcept; // of storage, free chunks too

 private:
  static constexpr int levels = 5;
  static constexpr int digit_bits = 8;
  static constexpr std::size_t digits = std::size_t{1} << digit_bits;
  static constexpr std::int64_t no_tick = std::numeric_limits<std::int64_t>::max();

  struct chunk {
    static constexpr std::uint32_t timers_max = 42; // 1 KiB in all
    chunk* next;
    std::uint32_t used;
    std::array<timer, timers_max> timers;
  };
  struct list {
    chunk* head = nullptr;
    chunk* tail = nullptr;
    std::int64_t earliest = no_tick;
  };
  struct cursor {
    chunk* at;
    std::uint32_t index;
    void skip_empty() noexcept {
      while (at && index == at->used) *this = {at->next, 0};
    }
  };
  struct place {
    int level = -1; // levels: beyond; -1: nothing is pending
    std::size_t digit = 0;
  };

  std::int64_t tick_of(std::int64_t due_ms) const noexcept;
  std::int64_t ms_of(std::int64_t tick) const noexcept;
  static std::size_t digit_of(std::int64_t tick, int level) noexcept {
    return static_cast<std::size_t>(tick >> (level * digit_bits)) % digits;
  }
  list& at(place where) noexcept { return where.level == levels ? beyond_ : wheel_[where.level][where.digit]; }
  place place_of(std::int64_t tick) const noexcept;
  place first() const noexcept;
  std::int64_t start_of(place where) const noexcept; // the first tick of a slot

  void put(const timer& t);
  void append(list& to, const timer& t);
  list take(place where) noexcept;
  void collect(std::int64_t now_ms);
  void spread(list from);
  chunk* new_chunk();
  void free_chunk(chunk* c) noexcept;
  void pop_due() noexcept;
  template <class Wanted>
  void purge_list(place where, Wanted& wanted);

  const std::int64_t base_ms_;
  const std::int64_t tick_ms_;
  std::int64_t tick_ = 0; // every earlier tick has been collected
  std::size_t pending_ = 0;
  std::size_t cancelled_ = 0;
  std::array<std::array<list, digits>, levels> wheel_;
  std::array<std::array<std::uint64_t, digits / 64>, levels> occupied_{};
  list beyond_;
  list due_; // collected, not yet fired
  std::uint32_t due_read_ = 0;
  bool firing_ = false;
  chunk* free_ = nullptr;
  std::size_t chunks_free_ = 0;
  std::size_t chunks_used_ = 0;
};

template <class OnDue, class Ahead>
std::size_t timer_wheel::fire(std::int64_t now_ms, OnDue&& on_due, Ahead&& ahead, std::size_t most) {
  assert(!firing_);
  firing_ = true;
  collect(now_ms);
  cursor lead{due_.head, due_read_};
  const auto fetch_next = [&] {
    lead.skip_empty();
    if (lead.at) ahead(static_cast<const timer&>(lead.at->timers[lead.index++]));
  };
  for (std::size_t n = 0; n < limits::prefetch_distance; ++n) fetch_next();
  std::size_t fired = 0;
  for (; due_.head && fired < most; ++fired) {
    fetch_next();
    const timer t = due_.head->timers[due_read_++]; // a copy: on_due may arm
    if (due_read_ == due_.head->used) {
      lead.skip_empty();
      pop_due();
    }
    --pending_;
    if (!on_due(t) && cancelled_ > 0) --cancelled_;
  }
  firing_ = false;
  return fired;
}

template <class Wanted>
void timer_wheel::purge_list(place where, Wanted& wanted) {
  for (auto* c = take(where).head; c;) {
    for (std::uint32_t i = 0; i < c->used; ++i) {
      if (wanted(static_cast<const timer&>(c->timers[i]))) put(c->timers[i]);
      else --pending_;
    }
    auto* next = c->next;
    free_chunk(c);
    c = next;
  }
}

template <class Wanted>
void timer_wheel::purge(Wanted&& wanted) {
  assert(!firing_);
  for (int level = 0; level < levels; ++level)
    for (std::size_t digit = 0; digit < digits; ++digit) purge_list({level, digit}, wanted);
  purge_list({levels, 0}, wanted);
  cancelled_ = 0;
}

} // namespace chainring::actors
