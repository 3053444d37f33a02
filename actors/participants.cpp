// participants.cpp: who waits for a clock.
#include "actors/participants.hpp"

#include <algorithm>
#include <utility>

namespace chainring::actors {

participants::seat& participants::add(participant who) {
  std::lock_guard guard{mutex_};
  const auto after = std::upper_bound(seats_.begin(), seats_.end(), who.order,
                                      [](int order, const auto& other) { return order < other->who.order; });
  auto& place = *seats_.insert(after, std::make_unique<seat>());
  place->who = std::move(who);
  return *place;
}

void participants::remove(seat& leaving) {
  std::lock_guard guard{mutex_};
  std::erase_if(seats_, [&](const auto& other) { return other.get() == &leaving; });
}

std::int64_t participants::earliest_ms() const noexcept {
  auto earliest = never;
  for (const auto& other : seats_) earliest = std::min(earliest, other->due_ms.load());
  return earliest;
}

bool participants::settle() const {
  bool started = false;
  for (const auto& other : seats_) started |= other->who.settle && other->who.settle();
  return started;
}

std::size_t participants::wake_due(std::int64_t now_ms, clock& time) const {
  std::size_t woken = 0;
  for (const auto& other : seats_) {
    auto due_ms = other->due_ms.load();
    // Compare and swap: its owner may be moving it to a later time at this moment.
    if (due_ms > now_ms || !other->due_ms.compare_exchange_strong(due_ms, never)) continue;
    other->who.wake(time.begin_work());
    ++woken;
  }
  return woken;
}

} // namespace chainring::actors
