// compliance.hpp: may this record be dialed now? Asked when a record is chosen and again right
// before the call leaves: do-not-call list, daily window in the record's own zone, gap after an
// attempt whose end nobody knows.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "dialer/do_not_call.hpp"
#include "dialer/record.hpp"
#include "dialer/time_zones.hpp"

namespace chainring::dialer {

/// daily_from ≤ second of the local day < daily_till. daily_from > daily_till is a window across
/// midnight. Equal ones are such a window too: the whole day.
struct window {
  bool open = false;
  std::int64_t opens_ms = 0; // closed: when it opens, epoch ms; open: now
};
window daily_window(const record& row, const time_zones& zones, zone_index zone,
                    std::int64_t now_ms);

enum class verdict : std::uint8_t {
  dial,
  do_not_call_phone,
  do_not_call_customer,
  outside_window, // held until `until_ms`
  redial_gap,     // held until `until_ms`
};
struct compliance_verdict {
  verdict what = verdict::dial;
  std::int64_t until_ms = 0;
};
std::string_view name_of(verdict what);

/// What besides the record decides.
struct compliance_rules {
  const do_not_call_list* do_not_call = nullptr; // null: there is no list
  std::optional<std::string_view>
      customer_id; // of the record, from the column that the configuration names
  std::int64_t redial_gap_ms = 15 * 60 * 1'000;
  std::optional<std::int64_t>
      unknown_since_ms; // when the last attempt at this record became unknown
};

/// The list first, which forbids for ever; then whichever of window and gap holds the record
/// longer: it may be dialed at until_ms if nothing else has changed by then.
compliance_verdict may_dial(const record& row, const compliance_rules& rules,
                            const time_zones& zones, zone_index zone, std::int64_t now_ms);

} // namespace chainring::dialer
