// cpu_time.cpp: reads the clocks that budgets are measured with.
#include "scxml/models/ecmascript/cpu_time.hpp"

#include <ctime>

namespace chainring::scxml::ecmascript {

static std::int64_t read_ns(clockid_t clock) noexcept {
  timespec t{};
  clock_gettime(clock, &t);
  return static_cast<std::int64_t>(t.tv_sec) * 1'000'000'000 + t.tv_nsec;
}

std::int64_t thread_cpu_us() noexcept { return read_ns(CLOCK_THREAD_CPUTIME_ID) / 1'000; }
std::int64_t elapsed_ns() noexcept { return read_ns(CLOCK_MONOTONIC); }

} // namespace chainring::scxml::ecmascript
