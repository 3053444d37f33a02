// switchboard_parts.hpp: what a switchboard is made of inside. Included by its two files only.
#pragma once

#include <algorithm>
#include <deque>

#include "dialer/limits.hpp"
#include "dialer/switchboard.hpp"
#include "dialer/text.hpp"

namespace chainring::dialer {

/// One trunk with its limits and the calls that have an intent and wait for their start.
struct switchboard::line {
  std::unique_ptr<dialer::trunk> trunk;
  trunk_limits most;
  dialer::pacing pacing;
  std::size_t granted = 0;           // channels promised, call not started
  std::deque<std::uint64_t> confirmed; // first to be started
  std::uint64_t started = 0;
  std::string fault;
  std::int64_t retry_ms = 0;
  std::int32_t faults_in_a_row = 0;

  /// Calls that may be granted now: free channels, and not many more than the next moments can start, so that a crash
  /// leaves few intents undialed.
  std::size_t room() const {
    if (most.calls_per_second == 0) return 0;
    const auto free = static_cast<std::size_t>(std::max(0, pacing.channels() - pacing.live()));
    const auto ahead = std::max<std::size_t>(
        limits::calls_granted_ahead_min,
        static_cast<std::size_t>(most.calls_per_second * limits::calls_granted_ahead_ms / 1000));
    const auto most_granted = std::min(free, ahead);
    return most_granted > granted ? most_granted - granted : 0;
  }
};

struct switchboard::live_call {
  call_request request;
  std::uint32_t line = 0;
  enum class stage : std::uint8_t { validating, granted, confirmed, live } at = stage::granted;
};

/// The routes of a campaign, by medium; none: no trunk of it carries that.
struct switchboard::ways {
  std::array<std::optional<std::size_t>, media_count> routes;
  std::array<bool, media_count> lack_was_told{};
  std::int64_t redial_gap_ms = 0;

  medium wanted_by(const call_request& request) const {
    if (request.contact_type == contact_info_type_max) return medium::e_mail; // 10, E-Mail
    for (const auto& [key, text] : request.options)
      for (const auto m : {medium::voice, medium::sms})
        if (key == media_option && same_word(text, name_of(m))) return m;
    const auto has = [&](medium m) { return routes[static_cast<std::size_t>(m)].has_value(); };
    return !has(medium::voice) && has(medium::sms) ? medium::sms : medium::voice;
  }
};

struct switchboard::route {
  std::vector<std::uint32_t> lines;
  fair_queue queue{limits::calls_queued_max};
};

/// What the server of pre-dial validation has written into the row is part of what is sent, and told of the call.
void write_back(call_request& request, const column_texts& columns);

} // namespace chainring::dialer
