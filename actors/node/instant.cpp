// instant.cpp: parsing of dates and times; calendar arithmetic only, no clock and no locale.
#include "actors/node/instant.hpp"

#include <chrono>
#include <cstdio>

namespace chainring::actors {

namespace {

/// Takes parts off the front of a text; every part says whether it was there.
struct scanner {
  std::string_view rest;

  bool literal(char c) {
    if (rest.empty() || rest.front() != c) return false;
    rest.remove_prefix(1);
    return true;
  }
  bool digits(std::size_t count, int& out) {
    if (rest.size() < count) return false;
    out = 0;
    for (char c : rest.substr(0, count)) {
      if (c < '0' || c > '9') return false;
      out = out * 10 + (c - '0');
    }
    rest.remove_prefix(count);
    return true;
  }
  bool date(std::int64_t& days) {
    int year = 0, month = 0, day = 0;
    if (!digits(4, year) || !literal('-') || !digits(2, month) || !literal('-') || !digits(2, day)) return false;
    const std::chrono::year_month_day civil{std::chrono::year{year}, std::chrono::month(static_cast<unsigned>(month)),
                                            std::chrono::day(static_cast<unsigned>(day))};
    if (!civil.ok() || year < 1970 || year > 2262) return false;
    days = std::chrono::sys_days{civil}.time_since_epoch().count();
    return true;
  }
  /// hour ≤ 23; a leap second counts as the next minute.
  bool clock(int& seconds) {
    int hour = 0, minute = 0, second = 0;
    if (!digits(2, hour) || !literal(':') || !digits(2, minute) || !literal(':') || !digits(2, second)) return false;
    seconds = hour * 3'600 + minute * 60 + second;
    return hour < 24 && minute < 60 && second <= 60;
  }
  bool fraction(int& milliseconds) {
    milliseconds = 0;
    if (!literal('.')) return true;
    int place = 100, seen = 0;
    for (int digit = 0; digits(1, digit); ++seen, place /= 10) milliseconds += digit * place;
    return seen > 0;
  }
  bool offset(int& seconds) {
    seconds = 0;
    if (literal('Z') || literal('z')) return true;
    const int sign = literal('+') ? 1 : literal('-') ? -1 : 0;
    int hours = 0, minutes = 0;
    if (sign == 0 || !digits(2, hours) || !literal(':') || !digits(2, minutes)) return false;
    seconds = sign * (hours * 3'600 + minutes * 60);
    return hours < 24 && minutes < 60;
  }
};

} // namespace

std::optional<std::int64_t> parse_instant_ms(std::string_view text) {
  scanner in{text};
  std::int64_t days = 0;
  int seconds = 0, milliseconds = 0, offset = 0;
  if (!in.date(days)) return std::nullopt;
  if (!in.literal('T') && !in.literal('t') && !in.literal(' ')) return std::nullopt;
  if (!in.clock(seconds) || !in.fraction(milliseconds) || !in.offset(offset) || !in.rest.empty()) return std::nullopt;
  return (days * 86'400 + seconds - offset) * 1'000 + milliseconds;
}

std::string instant_text(std::int64_t ms) {
  using namespace std::chrono;
  const sys_time<milliseconds> instant{milliseconds{ms}};
  const auto day = floor<days>(instant);
  const year_month_day civil{day};
  const hh_mm_ss clock{floor<seconds>(instant - day)};
  char text[64];
  std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02dZ", static_cast<int>(civil.year()),
                static_cast<unsigned>(civil.month()), static_cast<unsigned>(civil.day()), static_cast<int>(clock.hours().count()),
                static_cast<int>(clock.minutes().count()), static_cast<int>(clock.seconds().count()));
  return text;
}

std::optional<std::int32_t> parse_time_of_day_s(std::string_view text) {
  scanner in{text};
  int hour = 0, minute = 0, second = 0;
  if (!in.digits(2, hour) || !in.literal(':') || !in.digits(2, minute)) return std::nullopt;
  if (!in.rest.empty() && (!in.literal(':') || !in.digits(2, second) || !in.rest.empty())) return std::nullopt;
  const int total = hour * 3'600 + minute * 60 + second;
  if (minute > 59 || second > 59 || total > 86'400) return std::nullopt;
  return total;
}

std::optional<std::int32_t> parse_date_days(std::string_view text) {
  scanner in{text};
  std::int64_t days = 0;
  if (!in.date(days) || !in.rest.empty()) return std::nullopt;
  return static_cast<std::int32_t>(days);
}

} // namespace chainring::actors
