// pacing.hpp: when a trunk may start its next call: at most so many calls at once, at most so many starts a second,
// evenly spaced. Pure arithmetic on the instants it is given.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "scxml/result.hpp"

namespace chainring::dialer {

/// Channels and calls per second of one trunk. Three rules hold at once:
/// - never more than `channels` calls live;
/// - never more than floor(calls_per_second), at least one, starts in any 1000 ms window, where a window is 1000
///   consecutive whole milliseconds: a start at t and one at t + 1000 lie in no common window. So the fraction of a
///   rate above one is not used: with it a window would carry more than the rate allows;
/// - starts are 1/calls_per_second apart; a caller that comes late makes up for limits::start_catch_up_ms_max of it,
///   for nothing at rates below one, where the spacing alone keeps the rate.
/// Instants are whole milliseconds and must not go backwards: an earlier one counts as the latest seen.
class pacing {
 public:
  static constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();

  /// channels: 1 … limits::channels_max; calls_per_second: 0.001 … limits::calls_per_second_max.
  static result<pacing> make(std::int32_t channels, double calls_per_second);
  /// The same over a minute, with any number of calls at once: never more than `calls` starts in any 60,000 ms.
  /// calls: 1 … limits::calls_per_minute_max.
  static result<pacing> per_minute(std::int32_t calls);

  /// From now on at most these, of what it was made with, starts in a window (a second, or a minute of per_minute); 0 of either:
  /// no starts. Calls that are more go on. A window that reaches back over a change carries no more starts than the larger of
  /// the two rates allows, nor does one that ends with a start behind it more than the rate of that start.
  void limit(std::int32_t channels, double starts);
  /// Takes a channel and a start if both are free at now_ms.
  bool try_start(std::int64_t now_ms);
  /// Gives a channel back: one call of those started has ended.
  void ended();
  /// The earliest instant, now_ms or later, at which try_start would succeed; never while every channel is taken, or none
  /// may start.
  std::int64_t next_start_ms(std::int64_t now_ms) const;

  std::int32_t live() const { return live_; }
  std::int32_t channels() const { return channels_; }

 private:
  pacing(std::int32_t channels, double starts, std::int64_t window_ms);

  std::int32_t channels_;
  std::int64_t window_ms_;
  std::int32_t live_ = 0;
  std::int64_t spacing_ns_ = 0;
  std::int64_t catch_up_ns_ = 0;
  std::int64_t next_ns_ = std::numeric_limits<std::int64_t>::min(); // when the spacing allows the next start
  std::int64_t latest_ms_ = std::numeric_limits<std::int64_t>::min();
  std::vector<std::int64_t> starts_ms_; // ring of the last starts, as many as one window may hold at most
  std::size_t oldest_ = 0;
  std::size_t starts_per_window_ = 0; // at present
};

} // namespace chainring::dialer
