// campaign_pace.cpp: grants are spaced like the starts, and wait for a minute that has room for one more, so that no call has an
// intent long before it may leave.
#include "dialer/campaign_pace.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "dialer/limits.hpp"

namespace chainring::dialer {

namespace {

constexpr std::int64_t ns_per_ms = 1'000'000;
constexpr std::int64_t ns_per_minute = 60'000 * ns_per_ms;
constexpr std::int64_t grant_ahead_ms_max = 1'000; // before the minute has room for its start: so long its intent may take

} // namespace

result<campaign_pace> campaign_pace::make(const campaign_pace_terms& terms) {
  if (terms.channels < 0 || terms.channels > limits::channels_max)
    return error{"channels is out of range", std::to_string(terms.channels),
                 "give 0 to " + std::to_string(limits::channels_max)};
  if (terms.agents < 0 || terms.agents > limits::agents_max)
    return error{"agents is out of range", std::to_string(terms.agents), "give 0 to " + std::to_string(limits::agents_max)};
  // NaN is refused too
  if (!(terms.lines_per_agent >= limits::lines_per_agent_min && terms.lines_per_agent <= limits::lines_per_agent_max))
    return error{"lines-per-agent is out of range", std::to_string(terms.lines_per_agent),
                 "give 0.01 to " + std::to_string(static_cast<int>(limits::lines_per_agent_max))};
  campaign_pace made(terms);
  if (terms.mode != dialing_mode::power || terms.calls_per_minute == 0) return made;
  auto starts = pacing::per_minute(terms.calls_per_minute);
  if (!starts) return std::move(starts).error();
  made.starts_ = std::move(*starts);
  made.limit(terms.channels, terms.calls_per_minute);
  return made;
}

void campaign_pace::limit(std::int32_t channels, std::int32_t calls_per_minute) {
  if (terms_.channels > 0) channels_ = channels;
  if (!starts_) return;
  calls_per_minute_ = calls_per_minute;
  starts_->limit(limits::channels_max, calls_per_minute);
  if (calls_per_minute > 0) grant_spacing_ns_ = ns_per_minute / calls_per_minute;
}

std::int32_t campaign_pace::calls_max() const {
  auto most = terms_.channels > 0 ? channels_ : std::numeric_limits<std::int32_t>::max();
  // A product like 0.7 * 10 lies a hair below the number that is meant.
  if (terms_.mode == dialing_mode::progressive)
    most = std::min(most, static_cast<std::int32_t>(std::floor(terms_.lines_per_agent * terms_.agents + 1e-9)));
  return most;
}

std::int64_t campaign_pace::next_grant_ms(std::int64_t now_ms) const {
  if (granted_ + live_ >= calls_max() || (starts_ && calls_per_minute_ == 0)) return never;
  if (!starts_) return now_ms;
  const auto spaced_ms = next_grant_ns_ <= now_ms * ns_per_ms ? now_ms : (next_grant_ns_ + ns_per_ms - 1) / ns_per_ms;
  const auto starts_ms = starts_->next_start_ms(now_ms);
  return starts_ms == never ? never : std::max(spaced_ms, starts_ms - grant_ahead_ms_max);
}

std::int64_t campaign_pace::next_start_ms(std::int64_t now_ms) const {
  if (live_ >= calls_max()) return never;
  return starts_ ? starts_->next_start_ms(now_ms) : now_ms;
}

void campaign_pace::grant(std::int64_t now_ms) {
  ++granted_;
  const auto catch_up_ns = calls_per_minute_ < 60 ? 0 : limits::start_catch_up_ms_max * ns_per_ms; // as pacing does
  next_grant_ns_ = std::max(next_grant_ns_, now_ms * ns_per_ms - catch_up_ns) + grant_spacing_ns_;
}

void campaign_pace::let_go() {
  --granted_;
  next_grant_ns_ -= grant_spacing_ns_;
}

void campaign_pace::start(std::int64_t now_ms) {
  --granted_;
  ++live_;
  ++started_;
  if (starts_) starts_->try_start(now_ms);
}

void campaign_pace::end() {
  --live_;
  if (starts_) starts_->ended();
}

} // namespace chainring::dialer
