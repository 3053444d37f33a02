// daytime.cpp: see daytime.hpp.
#include "dialer/daytime.hpp"

#include <algorithm>
#include <date/date.h>
#include <string>

#include "dialer/limits.hpp"
#include "dialer/text.hpp"

namespace chainring::dialer {

namespace {

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

std::optional<std::int32_t> daytime_tables::second_of(std::int64_t day, daytime_code code) const {
  const business_hours* hours = hours_of(day);
  std::int32_t second = 0;
  if (hours && code == daytime_code::bh) second = hours->from;
  if (hours && code == daytime_code::abh) second = hours->till;
  // Code 'after hours' of a day that is open to its end would start on the next day: it has none.
  if (second >= limits::day_seconds || code_of({day, second}) != code) return std::nullopt;
  return second;
}

daytime_tables::start daytime_tables::next_start(const time_zones& zones, zone_index zone,
                                                 daytime_code code, std::int64_t at) const {
  if (code == daytime_code::hday ? !holidays_ : !weekdays_)
    return {std::nullopt,
            code == daytime_code::hday ? no_start::no_holiday_table : no_start::no_weekday_table};
  const local_time now = zones.local(zone, at);
  if (code_of(now) == code) return {at};
  for (std::int64_t day = now.day; day <= now.day + limits::daytime_horizon_days; ++day) {
    const auto second = second_of(day, code);
    if (!second) continue;
    const std::int64_t starts = zones.instant_of(zone, {day, *second});
    // A clock set forward can jump over a short interval: what counts is what it shows then.
    if (starts > at && code_at(zones, zone, starts) == code) return {starts};
  }
  return {};
}

std::optional<std::int64_t> daytime_tables::next_change(const time_zones& zones, zone_index zone,
                                                        std::int64_t at) const {
  const daytime_code current = code_at(zones, zone, at);
  const std::int64_t horizon =
      at + std::int64_t{limits::daytime_horizon_days} * limits::day_seconds;
  while (at < horizon) {
    const business_hours* hours = hours_of(zones.local(zone, at).day);
    std::int64_t next = zones.next_local(zone, at + 1, 0);
    if (hours)
      for (const std::int32_t second : {hours->from, hours->till % limits::day_seconds})
        next = std::min(next, zones.next_local(zone, at + 1, second));
    if (code_at(zones, zone, next) != current) return next;
    at = next;
  }
  return std::nullopt;
}

} // namespace chainring::dialer
