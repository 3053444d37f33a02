// pacing.cpp: the spacing counts in nanoseconds, so that fractions of a millisecond add up; the window in milliseconds.
#include "dialer/pacing.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "dialer/limits.hpp"

namespace chainring::dialer {

namespace {

constexpr std::int64_t second_ms = 1'000;
constexpr std::int64_t minute_ms = 60'000;
constexpr std::int64_t ns_per_ms = 1'000'000;
constexpr double calls_per_second_min = 0.001;
constexpr std::int64_t long_ago = std::numeric_limits<std::int64_t>::min();

std::int64_t ceil_ms(std::int64_t ns) {
  const std::int64_t ms = ns / ns_per_ms;
  return ms * ns_per_ms < ns ? ms + 1 : ms;
}

/// At least one: where starts are further apart than a window, the spacing alone keeps the rate.
std::size_t starts_within(double starts) { return static_cast<std::size_t>(std::max(1.0, std::floor(starts))); }

} // namespace

result<pacing> pacing::make(std::int32_t channels, double calls_per_second) {
  if (channels < 1 || channels > limits::channels_max)
    return error{"capacity is out of range", std::to_string(channels),
                 "give 1 to " + std::to_string(limits::channels_max) + " channels"};
  // Written so that NaN is refused too.
  if (!(calls_per_second >= calls_per_second_min && calls_per_second <= limits::calls_per_second_max))
    return error{"calls-per-second is out of range", std::to_string(calls_per_second),
                 "give 0.001 to " + std::to_string(limits::calls_per_second_max)};
  return pacing(channels, calls_per_second, second_ms);
}

result<pacing> pacing::per_minute(std::int32_t calls) {
  if (calls < 1 || calls > limits::calls_per_minute_max)
    return error{"calls-per-minute is out of range", std::to_string(calls),
                 "give 1 to " + std::to_string(limits::calls_per_minute_max)};
  return pacing(limits::channels_max, calls, minute_ms);
}

pacing::pacing(std::int32_t channels, double starts, std::int64_t window_ms)
  : channels_(channels), window_ms_(window_ms), starts_ms_(starts_within(starts), long_ago) {
  limit(channels, starts);
}

// The ring keeps all that it was made for, so that what happened under a larger rate is not forgotten under a smaller one. The
// spacing is rounded down: rounding up would lose starts at rates like 3, and the window forbids the rest.
void pacing::limit(std::int32_t channels, double starts) {
  channels_ = channels;
  starts_per_window_ = starts > 0 ? starts_within(starts) : 0;
  assert(starts_per_window_ <= starts_ms_.size());
  if (starts_per_window_ == 0) return;
  const auto window_ns = static_cast<double>(window_ms_ * ns_per_ms);
  spacing_ns_ = static_cast<std::int64_t>(window_ns / starts);
  catch_up_ns_ = spacing_ns_ > second_ms * ns_per_ms ? 0 : limits::start_catch_up_ms_max * ns_per_ms;
}

bool pacing::try_start(std::int64_t now_ms) {
  latest_ms_ = std::max(latest_ms_, now_ms);
  if (next_start_ms(now_ms) > latest_ms_) return false;
  const std::int64_t now_ns = latest_ms_ * ns_per_ms;
  next_ns_ = std::max(next_ns_, now_ns - catch_up_ns_) + spacing_ns_;
  starts_ms_[oldest_] = latest_ms_;
  oldest_ = oldest_ + 1 == starts_ms_.size() ? 0 : oldest_ + 1;
  ++live_;
  return true;
}

void pacing::ended() {
  assert(live_ > 0);
  --live_;
}

std::int64_t pacing::next_start_ms(std::int64_t now_ms) const {
  if (live_ >= channels_ || starts_per_window_ == 0) return never;
  std::int64_t at_ms = std::max(latest_ms_, now_ms);
  if (next_ns_ != long_ago) at_ms = std::max(at_ms, ceil_ms(next_ns_));
  const auto before_ms = starts_ms_[(oldest_ + starts_ms_.size() - starts_per_window_) % starts_ms_.size()];
  if (before_ms != long_ago) at_ms = std::max(at_ms, before_ms + window_ms_);
  return at_ms;
}

} // namespace chainring::dialer
