// back_off.hpp: how long to wait before the next try of what has failed: exponential, with jitter
// from a given seed.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

#include "actors/limits.hpp"

namespace chainring::actors {

/// 1 s, 2 s, 4 s … 60 s, each less up to a half, so that those who failed together do not come back
/// together. The same seed gives the same waits.
class back_off {
 public:
  explicit back_off(std::uint64_t seed = 0)
      : seed_(seed) {}

  /// The wait after one more failure.
  std::int64_t next_ms() {
    const auto doubled = limits::back_off_min * (std::int64_t{1} << std::min(failures_, 16U));
    const auto most = std::min(doubled, limits::back_off_max);
    ++failures_;
    const auto half = static_cast<std::uint64_t>(most.count() / 2);
    return most.count() - static_cast<std::int64_t>(mixed(seed_ + failures_) % (half + 1));
  }
  /// It has worked: the next failure waits the least again.
  void reset() { failures_ = 0; }
  /// Failures in a row.
  std::uint32_t failures() const { return failures_; }

 private:
  /// The finalizer of splitmix64: neighbouring numbers give unrelated ones.
  static std::uint64_t mixed(std::uint64_t x) {
    x += 0x9e3779b97f4a7c15;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
    x = (x ^ x >> 27) * 0x94d049bb133111eb;
    return x ^ x >> 31;
  }

  std::uint64_t seed_;
  std::uint32_t failures_ = 0;
};

} // namespace chainring::actors
