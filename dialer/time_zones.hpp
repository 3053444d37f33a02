// time_zones.hpp: which zone a record lives in, and what its clock says there. Rules come from the
// system's tz database through Howard Hinnant's date; each zone's transitions are unrolled once, so
// that a question costs one binary search.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dialer/record.hpp"
#include "scxml/result.hpp"

namespace chainring::dialer {

/// A zone of this process's tz database; not to be stored, since another database numbers
/// otherwise.
using zone_index = std::uint16_t;

/// What a clock on the wall shows.
struct local_time {
  std::int64_t day = 0;    // days since 1970-01-01
  std::int32_t second = 0; // of the day, 0 … 86,399
  /// 0 is Sunday.
  int weekday() const { return static_cast<int>(((day + 4) % 7 + 7) % 7); }
  friend bool operator==(const local_time&, const local_time&) = default;
};

/// Instants are epoch seconds (UTC). Right from 1970 to 2037, where the system's compiled zone
/// files end; outside, the nearest known offset. After open() and map(), const calls may come from
/// any thread.
class time_zones {
 public:
  /// All zones of the system, and tz_dbid 122 = America/Los_Angeles as OCS ships it.
  static result<time_zones> open();
  time_zones(time_zones&&) noexcept;
  time_zones& operator=(time_zones&&) noexcept;
  ~time_zones();

  /// `[time-zones]` of the configuration: tz_dbid → IANA name.
  result<void> map(std::int32_t tz_dbid, std::string_view iana_name);

  // -- which zone ---------------------------------------------------------------------------------------------------
  std::optional<zone_index> find(std::string_view iana_name) const;
  std::optional<zone_index> find(std::int32_t tz_dbid) const;
  /// The column tz_name wins where it is filled; else tz_dbid.
  result<zone_index> zone_of(const record& row, const calling_list& form) const;
  const std::string& name(zone_index zone) const { return names_[zone]; }

  // -- what time it is there: only for indexes that find() or zone_of() gave ----------------------------------------
  /// Seconds east of UTC.
  std::int32_t offset_seconds(zone_index zone, std::int64_t at) const;
  local_time local(zone_index zone, std::int64_t at) const;
  /// The first instant, `from` or later, at which the local clock shows `second` of the day; where
  /// the clock jumps over it, the instant of the jump.
  std::int64_t next_local(zone_index zone, std::int64_t from, std::int32_t second) const;
  /// The first instant at which the local clock shows this or later.
  std::int64_t instant_of(zone_index zone, local_time when) const;
  /// The first instant, `from` or later, at which the local clock shows that day and a second of [second_from, second_till).
  /// None when the clock jumps over all of it, or when it has passed.
  std::optional<std::int64_t> first_shown(zone_index zone, std::int64_t from, std::int64_t day, std::int32_t second_from,
                                          std::int32_t second_till) const;
  /// The first instant after `at` with another offset than before it; the end of time when there is none.
  std::int64_t next_offset_change(zone_index zone, std::int64_t at) const;

 private:
  /// offsets[i] holds from starts[i] to starts[i + 1]; starts[0] is the beginning of time.
  struct transitions {
    std::vector<std::int64_t> starts;
    std::vector<std::int32_t> offsets;
    std::size_t segment_at(std::int64_t at) const;
    std::int64_t end_of(std::size_t segment) const;
  };
  static std::unique_ptr<const transitions> unroll(const std::string& iana_name);

  time_zones() = default;
  const transitions& table(zone_index zone) const;

  std::vector<std::string> names_; // sorted
  /// Filled on first use. Atomic, because two lanes may be first at once: one table wins, the other
  /// is dropped.
  std::unique_ptr<std::atomic<const transitions*>[]> tables_;
  std::vector<std::pair<std::int32_t, zone_index>> by_dbid_; // sorted
};

} // namespace chainring::dialer
