// process.hpp: what commands that run a node share: configuration, messages, log, signals.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "actors/node/configuration.hpp"
#include "dialer/store/store.hpp"
#include "dialer/time_zones.hpp"
#include "scxml/result.hpp"

namespace chainring::actors {

/// The configuration of a file, or the built-in one for no file. Complaints beyond the first and warnings go to
/// standard error.
result<configuration> configuration_of(const std::string& file);
/// The time zones with the configuration's own mappings.
result<dialer::time_zones> mapped_zones(const configuration& settings);

/// "chainring: WHAT: WHERE: HOW TO MEND" on standard error.
void print_error(const error& problem);
/// The same, and the exit status of a failure.
int failed(const error& problem);

/// Log to where the configuration says. `level`: for a configuration that is not from a file.
void set_up_log(const node_settings& settings, const std::string& level);

/// A steady clock, ms.
std::int64_t steady_ms();
/// SIGINT and SIGTERM of all threads started from here on wait for wait_for_signal().
void block_signals();
/// Waits; true: one of the two has come.
bool wait_for_signal(std::int64_t most_ms);

/// How long calls in progress may take to end when the program is told to stop.
inline constexpr std::int64_t drain_ms_max = 30'000;

} // namespace chainring::actors
