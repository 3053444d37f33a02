// daytime.hpp: daytime intervals of OCS: business hours, weekends and holidays, each in the
// contact's own zone. Two statistical tables of the configuration say which days are what.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "dialer/time_zones.hpp"
#include "scxml/result.hpp"

namespace chainring::dialer {

/// Before, in and after the business hours of a weekday; weekend; holiday (OCS guide,
/// ocs.daytime_change).
enum class daytime_code : std::uint8_t { bbh, bh, abh, wend, hday };

/// "BBH", "BH", "ABH", "WEND", "HDAY".
std::string_view name_of(daytime_code code);
/// By name, case ignored.
std::optional<daytime_code> daytime_code_from_name(std::string_view name);

/// Seconds of the day, from ≤ second < till.
struct business_hours {
  std::int32_t from = 0;
  std::int32_t till = 0;
};

/// The table of weekdays: business hours by weekday, 0 is Sunday. A day without hours is a weekend
/// day.
struct weekday_table {
  std::array<std::optional<business_hours>, 7> days;
};

/// A date; year 0 is every year.
struct holiday {
  std::int32_t year = 0;
  std::int32_t month = 1;
  std::int32_t day = 1;
  friend auto operator<=>(const holiday&, const holiday&) = default;
};

/// Both tables, either of which may be missing. Which interval a moment belongs to (OCS): the table
/// of holidays is asked first, then that of weekdays; a day in neither is WEND if at least one
/// table is there, HDAY if none is.
class daytime_tables {
 public:
  /// No table at all.
  daytime_tables() = default;
  /// Refuses hours outside the day or of no length, dates that no calendar has, and too many
  /// holidays.
  static result<daytime_tables> make(std::optional<weekday_table> weekdays,
                                     std::optional<std::vector<holiday>> holidays);

  /// Which interval `at` (epoch seconds) belongs to in that zone.
  daytime_code code_at(const time_zones& zones, zone_index zone, std::int64_t at) const;

  enum class no_start : std::uint8_t { no_weekday_table, no_holiday_table, never };
  struct start {
    std::optional<std::int64_t> at; // epoch seconds
    no_start why = no_start::never; // when `at` is missing
  };
  /// The first instant, `at` or later, in an interval of that kind: a clock set back may bring one a second time. It has
  /// none when the table that the code needs is missing (HDAY: holidays, the others: weekdays), or when no day of the next
  /// ten years brings it.
  start next_start(const time_zones& zones, zone_index zone, daytime_code code,
                   std::int64_t at) const;

  /// The first instant after `at` with another code than at `at`; none within
  /// limits::daytime_horizon_days.
  std::optional<std::int64_t> next_change(const time_zones& zones, zone_index zone,
                                          std::int64_t at) const;

 private:
  bool is_holiday(std::int64_t day) const;
  /// The first holiday on that local day or later, none past `last`.
  std::optional<std::int64_t> next_holiday(std::int64_t day, std::int64_t last) const;
  /// Of a local day, if it is one of the weekday table and no holiday.
  const business_hours* hours_of(std::int64_t day) const;
  daytime_code code_of(local_time when) const;
  /// Does a day of that weekday have the code when it is no holiday? 0 is Sunday.
  bool may_have(std::size_t weekday, daytime_code code) const;
  /// The first instant, `from` or later, at which the clock shows that day and the code.
  std::optional<std::int64_t> first_on(const time_zones& zones, zone_index zone, daytime_code code, std::int64_t day,
                                       std::int64_t from) const;

  std::optional<weekday_table> weekdays_;
  std::optional<std::vector<holiday>> holidays_; // sorted; those of every year first
};

} // namespace chainring::dialer
