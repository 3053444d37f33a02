// simulated.hpp: a trunk without a network whose every call can be predicted from its options: for runs that must come
// out as computed beforehand, tests and loads.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dialer/call_result.hpp"
#include "dialer/trunks/trunk.hpp"
#include "scxml/result.hpp"

namespace chainring::dialer {

struct simulated_rule {
  std::string match; // ECMAScript regular expression, searched for in the number
  call_result result = call_result::unknown;
};

/// [[trunk]] kind = "simulated". Ranges are inclusive.
struct simulated_options {
  std::string name;
  std::int32_t capacity = 100;       // channels; start() refuses more
  double calls_per_second = 100;     // kept by the dialer's pacing
  std::int32_t ring_ms_min = 1'000, ring_ms_max = 3'000;
  std::int32_t talk_ms_min = 500, talk_ms_max = 1'500; // after the ringing, when has_talk(result)
  std::uint64_t seed = 1;
  std::vector<std::pair<call_result, std::uint32_t>> weights; // their order is part of the draw; none: Answer
  std::vector<simulated_rule> rules;                          // first match wins over the weights
  std::string log_path;                                       // one JSON line per call; empty: none
};

/// Whether someone or something has picked up, so that talk time follows the ringing: Answer, AnswMachine, Fax,
/// Silence, PagerDetected, WrongParty, WrongNumber, Abandoned and Dropped.
bool has_talk(call_result result);

/// What a call's outcome is drawn from, the uniform draw k. With mix(x) the output function of SplitMix64 —
///   x += 0x9E3779B97F4A7C15; x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9; x = (x ^ x >> 27) * 0x94D049BB133111EB;
///   x ^ x >> 31
/// — and fnv(s) the 64-bit FNV-1a of the bytes of s (offset 0xCBF29CE484222325, prime 0x100000001B3), all modulo 2^64:
///   draw(k) = mix(mix(mix(mix(mix(seed) ^ fnv(list)) ^ record_id) ^ attempt) ^ k)
/// with k = 1 for the result, 2 for the ring time, 3 for the talk time; and below(n, d) = floor(d * n / 2^64):
/// result: the first rule that matches; else the first weight in order for which below(sum of weights, draw(1)) is
///   less than the sum of the weights up to and with it;
/// ring_ms = ring_ms_min + below(ring_ms_max - ring_ms_min + 1, draw(2));
/// talk_ms likewise with draw(3), 0 when not has_talk(result).
/// record_id and attempt enter as their two's complement in 64 bits. Nothing else has a say: not the order of arrival,
/// not the time, not the trunk's name.
std::uint64_t simulated_draw(std::uint64_t seed, std::string_view list, std::int64_t record_id, std::int32_t attempt,
                             std::uint64_t k);

/// Refuses: no name, ranges upside down or past the limits, weights that are all zero, a pattern that cannot be used, a
/// log file that cannot be opened.
/// A call starts at now_ms, rings ring_ms, talks talk_ms, and has then ended. Its line in the log is written by start()
/// itself, before it returns: {"ms":…,"trunk":"…","list":"…","record_id":…,"attempt":…,"number":"…"}. When the line
/// cannot be written whole, start() fails, the file is left without a part of it, and the call is not made.
result<std::unique_ptr<trunk>> make_simulated(simulated_options options);

} // namespace chainring::dialer
