// limits.hpp: every bound of what the configuration and the command line may ask for, by name.
#pragma once

#include <cstddef>
#include <cstdint>

namespace chainring::actors::limits {

inline constexpr std::size_t configuration_bytes_max = std::size_t{1} << 20;
inline constexpr std::size_t configured_name_bytes_max = 128; // nodes, trunks, lists, campaigns
inline constexpr std::int32_t lanes_max = 256;
inline constexpr std::int32_t lease_s_min = 2;
inline constexpr std::int32_t lease_s_max = 300;
inline constexpr std::int64_t import_turn_look_ms = 200;           // while another node imports its lists
inline constexpr std::int64_t import_turn_wait_ms_max = 3'600'000; // for the others together
inline constexpr std::size_t orders_at_once_max = 8; // of one member's clients, on their way to the store; then 409
inline constexpr std::uint64_t handles_per_member = std::uint64_t{1} << 32; // record handles, for all of its life
inline constexpr std::int32_t http_connections_max = 1'000;
inline constexpr std::int32_t http_response_timeout_s_max = 600;
inline constexpr std::int32_t document_check_interval_s_max = 86'400;
inline constexpr std::int64_t document_cache_bytes_min = std::int64_t{1} << 20;
inline constexpr std::int64_t document_cache_bytes_max = std::int64_t{1} << 34;
inline constexpr std::int32_t chains_live_max = 10'000'000; // of one campaign
inline constexpr std::int32_t admission_batch_max = 100'000;
inline constexpr std::int32_t redial_gap_s_max = 7 * 86'400;
inline constexpr std::int32_t time_zone_dbid_max = 2'147'483'647;
inline constexpr std::int64_t action_queue_quota_min = 11; // OCS: "greater than 10"
inline constexpr std::size_t event_line_bytes_max = std::size_t{1} << 20; // of `chainring scxml --events`
inline constexpr std::int64_t event_after_ms_max = 100LL * 366 * 86'400'000;

} // namespace chainring::actors::limits
