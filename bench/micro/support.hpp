// support.hpp: what the micro benches share.
#pragma once

#include <cstdint>
#include <ctime>
#include <vector>

#include <caf/actor_system_config.hpp>

namespace chainring::bench {

/// CPU time of the whole process (every thread), or of one clock.
std::int64_t cpu_ns(clockid_t clock = CLOCK_PROCESS_CPUTIME_ID);

/// 0 … count-1, in order or shuffled with a fixed seed.
std::vector<std::uint32_t> numbers(std::uint32_t count, bool shuffled);

/// CAF as a node sets it up: stealing walks the whole queue, sharing does not.
struct caf_config : caf::actor_system_config {
  caf_config();
};

} // namespace chainring::bench
