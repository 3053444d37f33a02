// daytime.cpp: see daytime.hpp.
#include "dialer/daytime.hpp"

#include <algorithm>
#include <date/date.h>
#include <string>

#include "dialer/limits.hpp"
#include "dialer/text.hpp"

namespace chainring::dialer {

namespace {

constexpr std::size_t weekdays_per_week = 7;
constexpr std::array<std::string_view, 5> code_names = {"BBH", "BH", "ABH", "WEND", "HDAY"};

date::year_month_day date_of(std::int64_t day) {
  return date::year_month_day(date::sys_days(date::days(static_cast<int>(day))));
}

bool is_date(const holiday& h) {
  constexpr int leap_year = 2024; // February 29 may be a holiday of every year
  if (h.year != 0 && (h.year < 1970 || h.year > 9999)) return false;
  if (h.month < 1 || h.month > 12 || h.day < 1 || h.day > 31) return false;
  return (date::year(h.year == 0 ? leap_year : h.year) / h.month / h.day).ok();
}

} // namespace

std::string_view name_of(daytime_code code) { return code_names[static_cast<std::size_t>(code)]; }

std::optional<daytime_code> daytime_code_from_name(std::string_view name) {
  for (std::size_t i = 0; i < code_names.size(); ++i)
    if (same_word(code_names[i], trimmed(name))) return static_cast<daytime_code>(i);
  return std::nullopt;
}

result<daytime_tables> daytime_tables::make(std::optional<weekday_table> weekdays,
                                            std::optional<std::vector<holiday>> holidays) {
  if (weekdays)
    for (const auto& hours : weekdays->days)
      if (hours &&
          (hours->from < 0 || hours->till > limits::day_seconds || hours->from >= hours->till))
        return error{"business hours from second " + std::to_string(hours->from) + " to " +
                         std::to_string(hours->till),
                     "", "let them start and end on one day, the end after the start"};
  if (holidays) {
    if (holidays->size() > limits::holidays_max)
      return error{"more than " + std::to_string(limits::holidays_max) + " holidays", "",
                   "list fewer"};
    for (const auto& h : *holidays)
      if (!is_date(h))
        return error{"holiday " + std::to_string(h.year) + "-" + std::to_string(h.month) + "-" +
                         std::to_string(h.day) + " is no date",
                     "", "give a date of the calendar, year 0 for every year"};
    std::sort(holidays->begin(), holidays->end());
  }
  daytime_tables made;
  made.weekdays_ = weekdays;
  made.holidays_ = std::move(holidays);
  return made;
}

bool daytime_tables::is_holiday(std::int64_t day) const {
  if (!holidays_) return false;
  const auto when = date_of(day);
  const holiday wanted{static_cast<int>(when.year()),
                       static_cast<std::int32_t>(static_cast<unsigned>(when.month())),
                       static_cast<std::int32_t>(static_cast<unsigned>(when.day()))};
  return std::binary_search(holidays_->begin(), holidays_->end(), wanted) ||
         std::binary_search(holidays_->begin(), holidays_->end(),
                            holiday{0, wanted.month, wanted.day});
}

const business_hours* daytime_tables::hours_of(std::int64_t day) const {
  if (!weekdays_ || is_holiday(day)) return nullptr;
  const auto& hours = weekdays_->days[static_cast<std::size_t>(local_time{day, 0}.weekday())];
  return hours ? &*hours : nullptr;
}

daytime_code daytime_tables::code_of(local_time when) const {
  if (!weekdays_ && !holidays_) return daytime_code::hday;
  if (is_holiday(when.day)) return daytime_code::hday;
  const business_hours* hours = hours_of(when.day);
  if (!hours) return daytime_code::wend;
  if (when.second < hours->from) return daytime_code::bbh;
  return when.second < hours->till ? daytime_code::bh : daytime_code::abh;
}

daytime_code daytime_tables::code_at(const time_zones& zones, zone_index zone,
                                     std::int64_t at) const {
  return code_of(zones.local(zone, at));
}

// -- when it comes --------------------------------------------------------------------------------------------------

std::optional<std::int64_t> daytime_tables::next_holiday(std::int64_t day, std::int64_t last) const {
  const auto date = date_of(day);
  const holiday from{static_cast<int>(date.year()), static_cast<std::int32_t>(static_cast<unsigned>(date.month())),
                     static_cast<std::int32_t>(static_cast<unsigned>(date.day()))};
  std::optional<std::int64_t> found;
  const auto take = [&](date::year_month_day when) {
    const std::int64_t that_day = date::sys_days(when).time_since_epoch().count();
    if (that_day >= day && that_day <= last && (!found || that_day < *found)) found = that_day;
  };
  const auto dated = std::lower_bound(holidays_->begin(), holidays_->end(), from);
  if (dated != holidays_->end()) take(date::year(dated->year) / dated->month / dated->day);
  const auto year_of = [](std::int64_t that_day) { return static_cast<int>(date_of(that_day).year()); };
  for (int year = from.year; year <= year_of(found.value_or(last)); ++year) {
    for (const holiday& h : *holidays_) {
      if (h.year != 0) break;
      const date::year_month_day when = date::year(year) / h.month / h.day;
      if (when.ok()) take(when);
    }
  }
  return found;
}

bool daytime_tables::may_have(std::size_t weekday, daytime_code code) const {
  const auto& hours = weekdays_->days[weekday];
  switch (code) {
  case daytime_code::bbh: return hours && hours->from > 0;
  case daytime_code::bh: return hours.has_value();
  case daytime_code::abh: return hours && hours->till < limits::day_seconds;
  case daytime_code::wend: return !hours;
  case daytime_code::hday: break;
  }
  return false;
}

std::optional<std::int64_t> daytime_tables::first_on(const time_zones& zones, zone_index zone, daytime_code code,
                                                     std::int64_t day, std::int64_t from) const {
  if (code == daytime_code::hday)
    return is_holiday(day) ? zones.first_shown(zone, from, day, 0, limits::day_seconds) : std::nullopt;
  const auto weekday = static_cast<std::size_t>(local_time{day, 0}.weekday());
  if (!may_have(weekday, code) || is_holiday(day)) return std::nullopt;
  const business_hours hours = weekdays_->days[weekday].value_or(business_hours{0, limits::day_seconds});
  switch (code) {
  case daytime_code::bbh: return zones.first_shown(zone, from, day, 0, hours.from);
  case daytime_code::abh: return zones.first_shown(zone, from, day, hours.till, limits::day_seconds);
  default: return zones.first_shown(zone, from, day, hours.from, hours.till);
  }
}

daytime_tables::start daytime_tables::next_start(const time_zones& zones, zone_index zone,
                                                 daytime_code code, std::int64_t at) const {
  const bool wants_holidays = code == daytime_code::hday;
  if (wants_holidays ? !holidays_ : !weekdays_)
    return {std::nullopt, wants_holidays ? no_start::no_holiday_table : no_start::no_weekday_table};
  const local_time now = zones.local(zone, at);
  if (code_of(now) == code) return {at};
  bool any = wants_holidays;
  for (std::size_t weekday = 0; weekday < weekdays_per_week && !any; ++weekday) any = may_have(weekday, code);
  if (!any) return {};
  const std::int64_t last = now.day + limits::daytime_horizon_days;
  // A clock set back over midnight shows the day before once more.
  for (std::int64_t day = now.day - 1; day <= last; ++day) {
    if (wants_holidays) {
      const auto next = next_holiday(day, last);
      if (!next) break;
      day = *next;
    }
    const auto found = first_on(zones, zone, code, day, at);
    if (!found) continue;
    const auto other = first_on(zones, zone, code, day + 1, at);
    return {std::min(*found, other.value_or(*found))};
  }
  return {};
}

std::optional<std::int64_t> daytime_tables::next_change(const time_zones& zones, zone_index zone,
                                                        std::int64_t at) const {
  if (!weekdays_ && !holidays_) return std::nullopt;
  const daytime_code current = code_at(zones, zone, at);
  const std::int64_t horizon =
      at + std::int64_t{limits::daytime_horizon_days} * limits::day_seconds;
  while (at < horizon) {
    const local_time now = zones.local(zone, at);
    // Until the clock is set it goes evenly.
    std::int64_t next = std::min(zones.next_offset_change(zone, at), at + limits::day_seconds - now.second);
    if (const business_hours* hours = hours_of(now.day))
      for (const std::int32_t second : {hours->from, hours->till})
        if (second > now.second) next = std::min(next, at + second - now.second);
    if (code_at(zones, zone, next) != current) return next;
    at = next;
  }
  return std::nullopt;
}

} // namespace chainring::dialer
