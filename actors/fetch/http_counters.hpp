// http_counters.hpp: what is counted of one server, read by the stats endpoint from other threads.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

#include "actors/fetch/breaker.hpp"
#include "actors/fetch/source.hpp"
#include "actors/stats/counters.hpp"

namespace chainring::actors {

struct http_counters {
  std::atomic<std::uint64_t> in_flight{0};   // requests that are with the server
  std::atomic<std::uint64_t> waiting{0};     // for their turn on the connection
  std::atomic<std::uint64_t> connections{0}; // that are open
  std::atomic<std::uint64_t> connects{0};    // connections since the start
  std::atomic<std::uint64_t> resumed{0};     // of those: TLS went on with what was agreed upon before
  std::atomic<std::uint64_t> answers{0};     // whole ones, of whatever status
  std::atomic<std::uint64_t> unchanged{0};   // of those: 304
  std::atomic<std::uint64_t> bytes{0};       // of bodies, as they were sent
  std::array<std::atomic<std::uint64_t>, fetch_failures> failures{}; // by kind
  std::atomic<breaker_state> breaker{breaker_state::closed};
  duration_histogram latency; // from a request's turn to the end of its answer

  void failed(fetch_failure kind) { ++failures[static_cast<std::size_t>(kind)]; }
};

} // namespace chainring::actors
