// process.hpp: what commands that run a node share: log, signals, the exit status.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "actors/node/configuration.hpp"
#include "scxml/result.hpp"

namespace chainring::actors {

/// complain() on standard error, and the exit status of a failure.
int failed(const error& problem);

/// Log to where the configuration says.
void set_up_log(const node_settings& settings);

/// Ends the process at once, what was printed included: a thread hangs and can be neither joined nor ended.
[[noreturn]] void leave_process(int status);
/// A steady clock, ms.
std::int64_t steady_ms();
/// The wall's, ms since 1970.
std::int64_t wall_ms();
/// SIGINT and SIGTERM of all threads started from here on wait for wait_for_signal().
void block_signals();
/// From now on a signal ends the process at once.
void unblock_signals();
/// Waits; true: one of the two has come.
bool wait_for_signal(std::int64_t most_ms);

/// How long calls in progress may take to end when the program is told to stop.
inline constexpr std::int64_t drain_ms_max = 30'000;

} // namespace chainring::actors
