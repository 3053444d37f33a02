// counters.hpp: what hot code counts with: plain atomics, which the endpoint reads when it is
// scraped.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace chainring::actors {

/// Written by one thread, read by any: costs that thread a load and a store, no locked instruction.
class lane_counter {
 public:
  void add(std::uint64_t n = 1) noexcept {
    value_.store(value_.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
  }
  std::uint64_t value() const noexcept { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

/// What a histogram held at one instant.
struct histogram_snapshot {
  std::vector<double> bounds;        // upper, ascending, seconds; the last bucket has none
  std::vector<std::uint64_t> counts; // one more than bounds; not cumulative
  double sum = 0;
};

/// Durations in fixed buckets from 10 µs to 10 s. Any thread may observe.
class duration_histogram {
 public:
  void observe_us(std::uint64_t microseconds) noexcept {
    const auto at =
        std::lower_bound(bounds_us.begin(), bounds_us.end(), microseconds) - bounds_us.begin();
    counts_[static_cast<std::size_t>(at)].fetch_add(1, std::memory_order_relaxed);
    sum_us_.fetch_add(microseconds, std::memory_order_relaxed);
  }
  histogram_snapshot snapshot() const {
    histogram_snapshot out;
    for (const auto bound : bounds_us) out.bounds.push_back(static_cast<double>(bound) / 1e6);
    for (const auto& count : counts_) out.counts.push_back(count.load(std::memory_order_relaxed));
    out.sum = static_cast<double>(sum_us_.load(std::memory_order_relaxed)) / 1e6;
    return out;
  }

 private:
  static constexpr std::array<std::uint64_t, 13> bounds_us{
      10,     50,      100,     500,       1'000,     5'000,     10'000,
      50'000, 100'000, 500'000, 1'000'000, 5'000'000, 10'000'000};
  std::array<std::atomic<std::uint64_t>, bounds_us.size() + 1> counts_{};
  std::atomic<std::uint64_t> sum_us_{0};
};

} // namespace chainring::actors
