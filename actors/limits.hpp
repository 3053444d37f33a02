// limits.hpp: every bound of the actors, by name. Tests and metrics use these names; nothing else hides a number.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "scxml/limits.hpp"

namespace chainring::actors::limits {

// fetching treatments
inline constexpr std::size_t uri_bytes_max = 4'096;
inline constexpr std::size_t fetch_origins_max = 64;   // fetchers of one node
inline constexpr std::size_t fetch_queue_max = 256;    // requests that wait for one connection
inline constexpr std::size_t documents_cached_max = 256; // per origin; the least recently used goes
inline constexpr std::size_t document_resources_max = 64; // src of <script> and <data> of one document
inline constexpr std::size_t http_header_bytes_max = std::size_t{16} << 10;
/// A little more than a document may have, so that the scanner, which says more, refuses what is just too long.
inline constexpr std::size_t http_body_bytes_max = scxml::limits::document_bytes_max + 4'096;
inline constexpr std::chrono::milliseconds http_response_timeout_default{10'000};
inline constexpr std::chrono::milliseconds back_off_min{1'000};
inline constexpr std::chrono::milliseconds back_off_max{60'000};

// threads
inline constexpr std::chrono::milliseconds io_stop_timeout{2'000};

} // namespace chainring::actors::limits
