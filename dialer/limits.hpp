// limits.hpp: every bound of the outbound domain, by name. Tests and metrics use these names; nothing else hides a
// number.
#pragma once

#include <cstddef>
#include <cstdint>

namespace chainring::dialer::limits {

// trunks
inline constexpr std::int32_t channels_max = 1'000'000;         // of one trunk
inline constexpr std::int32_t calls_per_second_max = 100'000;   // of one trunk
inline constexpr std::int64_t start_catch_up_ms_max = 50;       // of lateness that pacing makes up for at once
inline constexpr std::int32_t call_phase_ms_max = 86'400'000;   // ring or talk time of a simulated call
inline constexpr std::uint32_t weight_max = 1'000'000;          // of one result of a simulated trunk
inline constexpr std::size_t number_bytes_max = 128;            // contact_info as a trunk takes it
inline constexpr std::size_t trunk_rules_max = 1'000;
inline constexpr std::size_t rule_pattern_bytes_max = 256;

// queues
inline constexpr std::size_t calls_queued_max = 1'000'000; // waiting for a channel, all campaigns of a node

} // namespace chainring::dialer::limits
