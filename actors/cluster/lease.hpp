// lease.hpp: until when this node may act for its shards, on the clock of its machine. Asked before every call leaves.
#pragma once

#include <atomic>
#include <chrono>
#include <ctime>

namespace chainring::actors {

/// Monotonic, and goes on while the machine sleeps, which steady_clock need not.
struct boot_clock {
  using duration = std::chrono::nanoseconds;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<boot_clock>;
  static constexpr bool is_steady = true;

  static time_point now() noexcept {
    timespec read{};
    ::clock_gettime(CLOCK_BOOTTIME, &read);
    return time_point{std::chrono::seconds(read.tv_sec) + std::chrono::nanoseconds(read.tv_nsec)};
  }
};

class lease {
 public:
  using clock = boot_clock;

  void hold_until(clock::time_point end) { end_.store(end.time_since_epoch().count(), std::memory_order_release); }
  bool holds(clock::time_point now = clock::now()) const {
    return now.time_since_epoch().count() < end_.load(std::memory_order_acquire);
  }

 private:
  std::atomic<clock::rep> end_{0};
};

} // namespace chainring::actors
