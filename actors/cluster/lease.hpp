// lease.hpp: until when this node may act for its shards, on the monotonic clock of its machine. Asked before every call leaves.
#pragma once

#include <atomic>
#include <chrono>

namespace chainring::actors {

class lease {
 public:
  using clock = std::chrono::steady_clock;

  void hold_until(clock::time_point end) { end_.store(end.time_since_epoch().count(), std::memory_order_release); }
  /// A machine that slept, a process that was stopped: the clock has gone on meanwhile.
  bool holds(clock::time_point now = clock::now()) const {
    return now.time_since_epoch().count() < end_.load(std::memory_order_acquire);
  }

 private:
  std::atomic<clock::rep> end_{0};
};

} // namespace chainring::actors
