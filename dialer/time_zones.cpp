// time_zones.cpp: see time_zones.hpp. The only translation unit that includes date/tz.h.
#include "dialer/time_zones.hpp"

#include <algorithm>
#include <cassert>
#include <date/tz.h>
#include <limits>

#include "dialer/calling_list.hpp"
#include "dialer/limits.hpp"
#include "dialer/text.hpp"

namespace chainring::dialer {

namespace {

constexpr std::int32_t shipped_tz_dbid = 122; // the object "PST" of OCS
constexpr std::string_view shipped_zone = "America/Los_Angeles";
constexpr std::int64_t first_instant = 0;               // 1970-01-01
constexpr std::int64_t last_instant = 2'145'916'800;    // 2038-01-01
constexpr std::int64_t offset_seconds_max = 26 * 3'600; // more than any zone is away from UTC
constexpr std::int64_t day_seconds = limits::day_seconds;

std::int64_t floor_day(std::int64_t local) {
  return local >= 0 ? local / day_seconds : -((-local + day_seconds - 1) / day_seconds);
}

error unknown_zone(std::string_view what) {
  return {"unknown time zone " + std::string(what), "", "give an IANA name such as Europe/Berlin"};
}

} // namespace

std::size_t time_zones::transitions::segment_at(std::int64_t at) const {
  const auto after = std::upper_bound(starts.begin() + 1, starts.end(), at);
  return static_cast<std::size_t>(after - starts.begin()) - 1;
}

std::int64_t time_zones::transitions::end_of(std::size_t segment) const {
  return segment + 1 < starts.size() ? starts[segment + 1]
                                     : std::numeric_limits<std::int64_t>::max();
}

time_zones::time_zones(time_zones&&) noexcept = default;

time_zones& time_zones::operator=(time_zones&& other) noexcept {
  std::swap(names_,
            other.names_); // the tables are freed by whoever holds the names that count them
  std::swap(tables_, other.tables_);
  std::swap(by_dbid_, other.by_dbid_);
  return *this;
}

time_zones::~time_zones() {
  if (tables_)
    for (std::size_t i = 0; i < names_.size(); ++i) delete tables_[i].load();
}

result<time_zones> time_zones::open() {
  time_zones zones;
  try {
    for (const auto& zone : date::get_tzdb().zones) zones.names_.push_back(zone.name());
  } catch (const std::exception& problem) {
    return error{"the time zones cannot be read: " + std::string(problem.what()),
                 "/usr/share/zoneinfo", "install the package tzdata"};
  }
  std::sort(zones.names_.begin(), zones.names_.end());
  zones.tables_ = std::make_unique<std::atomic<const transitions*>[]>(zones.names_.size());
  if (auto mapped = zones.map(shipped_tz_dbid, shipped_zone); !mapped)
    return std::move(mapped).error();
  return zones;
}

result<void> time_zones::map(std::int32_t tz_dbid, std::string_view iana_name) {
  const auto zone = find(iana_name);
  if (!zone) return unknown_zone(quoted(iana_name));
  const auto at =
      std::lower_bound(by_dbid_.begin(), by_dbid_.end(), std::pair(tz_dbid, zone_index{0}));
  if (at != by_dbid_.end() && at->first == tz_dbid)
    at->second = *zone;
  else
    by_dbid_.insert(at, {tz_dbid, *zone});
  return {};
}

// -- which zone -----------------------------------------------------------------------------------------------------

std::unique_ptr<const time_zones::transitions> time_zones::unroll(const std::string& iana_name) {
  try {
    const date::time_zone* zone = date::locate_zone(iana_name);
    auto made = std::make_unique<transitions>();
    for (std::int64_t at = first_instant; at < last_instant;) {
      const auto info = zone->get_info(date::sys_seconds(std::chrono::seconds(at)));
      const auto offset = static_cast<std::int32_t>(info.offset.count());
      const bool first = made->starts.empty();
      if (first || made->offsets.back() != offset) { // a change of abbreviation alone is none
        made->starts.push_back(first ? std::numeric_limits<std::int64_t>::min() : at);
        made->offsets.push_back(offset);
      }
      at = std::max<std::int64_t>(at + 1, info.end.time_since_epoch().count());
    }
    return made;
  } catch (const std::exception&) { // a file that is no zone
    return nullptr;
  }
}

std::optional<zone_index> time_zones::find(std::string_view iana_name) const {
  const auto at = std::lower_bound(names_.begin(), names_.end(), iana_name);
  if (at == names_.end() || *at != iana_name) return std::nullopt;
  const auto zone = static_cast<zone_index>(at - names_.begin());
  if (tables_[zone].load(std::memory_order_acquire)) return zone;
  auto made = unroll(*at);
  if (!made) return std::nullopt;
  const transitions* none = nullptr;
  if (tables_[zone].compare_exchange_strong(none, made.get(), std::memory_order_acq_rel))
    made.release();
  return zone;
}

std::optional<zone_index> time_zones::find(std::int32_t tz_dbid) const {
  const auto at =
      std::lower_bound(by_dbid_.begin(), by_dbid_.end(), std::pair(tz_dbid, zone_index{0}));
  if (at == by_dbid_.end() || at->first != tz_dbid) return std::nullopt;
  return at->second;
}

result<zone_index> time_zones::zone_of(const record& row, const calling_list& form) const {
  for (std::size_t i = 0; i < form.user_columns.size() && i < row.user.size(); ++i) {
    if (!row.user[i] || row.user[i]->empty() || !same_word(form.user_columns[i], time_zone_column))
      continue;
    if (const auto zone = find(*row.user[i])) return *zone;
    return unknown_zone(std::string(time_zone_column) + " = " + quoted(*row.user[i]));
  }
  if (const auto zone = find(row.tz_dbid)) return *zone;
  return error{"unknown time zone tz_dbid = " + std::to_string(row.tz_dbid), "",
               "name its zone under [time-zones] of the configuration, or fill the column tz_name"};
}

// -- what time it is there ------------------------------------------------------------------------------------------

const time_zones::transitions& time_zones::table(zone_index zone) const {
  assert(zone < names_.size());
  const transitions* made = tables_[zone].load(std::memory_order_acquire);
  assert(made); // find() has made it
  return *made;
}

std::int32_t time_zones::offset_seconds(zone_index zone, std::int64_t at) const {
  const transitions& t = table(zone);
  return t.offsets[t.segment_at(at)];
}

local_time time_zones::local(zone_index zone, std::int64_t at) const {
  const std::int64_t clock = at + offset_seconds(zone, at);
  const std::int64_t day = floor_day(clock);
  return {day, static_cast<std::int32_t>(clock - day * day_seconds)};
}

std::int64_t time_zones::next_local(zone_index zone, std::int64_t from, std::int32_t second) const {
  const transitions& t = table(zone);
  const auto until_shown =
      [&](std::int64_t clock) { // seconds from this clock reading to the next `second`
        const std::int64_t shown = clock - floor_day(clock) * day_seconds;
        return (second - shown + day_seconds) % day_seconds;
      };
  for (std::size_t i = t.segment_at(from);; ++i) {
    const std::int64_t found = from + until_shown(from + t.offsets[i]);
    const std::int64_t end = t.end_of(i);
    if (found < end) return found;
    const std::int64_t jump = t.offsets[i + 1] - t.offsets[i];
    if (jump > until_shown(end + t.offsets[i])) return end;
    from = end;
  }
}

std::int64_t time_zones::instant_of(zone_index zone, local_time when) const {
  const transitions& t = table(zone);
  const std::int64_t clock = when.day * day_seconds + when.second;
  for (std::size_t i = t.segment_at(clock - offset_seconds_max);; ++i) {
    const std::int64_t found = std::max(t.starts[i], clock - t.offsets[i]);
    if (found < t.end_of(i)) return found;
  }
}

std::optional<std::int64_t> time_zones::first_shown(zone_index zone, std::int64_t from, std::int64_t day,
                                                    std::int32_t second_from, std::int32_t second_till) const {
  const transitions& t = table(zone);
  const std::int64_t first = day * day_seconds + second_from, end = day * day_seconds + second_till;
  std::size_t i = t.segment_at(std::max(from, first - offset_seconds_max));
  for (; i < t.starts.size() && t.starts[i] < end + offset_seconds_max; ++i) {
    const std::int64_t found = std::max({from, t.starts[i], first - t.offsets[i]});
    if (found < std::min(t.end_of(i), end - t.offsets[i])) return found;
  }
  return std::nullopt;
}

std::int64_t time_zones::next_offset_change(zone_index zone, std::int64_t at) const {
  const transitions& t = table(zone);
  return t.end_of(t.segment_at(at));
}

} // namespace chainring::dialer
