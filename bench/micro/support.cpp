// support.cpp: what the micro benches share.
#include "bench/micro/support.hpp"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <random>

#include <caf/atom.hpp>

namespace chainring::bench {

std::int64_t cpu_ns(clockid_t clock) {
  timespec now{};
  ::clock_gettime(clock, &now);
  return now.tv_sec * std::int64_t{1'000'000'000} + now.tv_nsec;
}

std::vector<std::uint32_t> numbers(std::uint32_t count, bool shuffled) {
  std::vector<std::uint32_t> all(count);
  std::iota(all.begin(), all.end(), 0u);
  if (shuffled) std::shuffle(all.begin(), all.end(), std::mt19937(42));
  return all;
}

caf_config::caf_config() {
  set("scheduler.policy", caf::atom("sharing"));
  set("scheduler.max-threads", std::size_t{1});
}

} // namespace chainring::bench
