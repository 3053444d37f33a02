// cpu_time.hpp: what budgets are measured with. The only clocks of the engine; scripts never see them.
#pragma once

#include <cstdint>

namespace chainring::scxml::ecmascript {

/// CPU time of the calling thread, microseconds. A system call: a few hundred nanoseconds.
std::int64_t thread_cpu_us() noexcept;

/// Elapsed time, nanoseconds: takes 20 of them, but it runs on while the thread does not.
std::int64_t elapsed_ns() noexcept;

} // namespace chainring::scxml::ecmascript
