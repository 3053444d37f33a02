// participants.hpp: who waits for a clock, in the order in which it is asked and woken. Shared by the two clocks.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "actors/clock.hpp"

namespace chainring::actors {

class participants {
 public:
  struct seat {
    participant who;
    std::atomic<std::int64_t> due_ms{never};
  };

  seat& add(participant who);
  /// Returns when no call to the participant is running.
  void remove(seat& leaving);

  /// Held while participants are called; every function below wants it held.
  std::mutex& mutex() noexcept { return mutex_; }
  std::int64_t earliest_ms() const noexcept;
  /// Asks all, in order. True: at least one started something.
  bool settle() const;
  /// Wakes those whose deadline has come. Each wake gets a work of its own.
  std::size_t wake_due(std::int64_t now_ms, clock& time) const;

 private:
  std::mutex mutex_;
  std::vector<std::unique_ptr<seat>> seats_; // by order, then by joining
};

} // namespace chainring::actors
