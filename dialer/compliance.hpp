// compliance.hpp: may this record be dialed now? Asked when a record is chosen and again right
// before the call leaves: do-not-call list, daily window in the record's own zone, gap after an
// attempt whose end nobody knows, the time that it is scheduled for.
#pragma once

#include <cstdint>
#include <string_view>

#include "dialer/do_not_call.hpp"
#include "dialer/time_zones.hpp"

namespace chainring::dialer {

/// When a record may be dialed, by the clock of its zone: from ≤ second of the local day < till. from > till is a window
/// across midnight. Equal ones are such a window too: the whole day.
struct daily_hours {
  std::int32_t from = 28'800, till = 64'800; // seconds of the day: the columns daily_from and daily_till
  zone_index zone = 0;
};
struct window {
  bool open = false;
  std::int64_t opens_ms = 0; // closed: when it opens, epoch ms; open: now
};
window daily_window(const daily_hours& hours, const time_zones& zones, std::int64_t now_ms);

enum class verdict : std::uint8_t {
  dial,
  do_not_call_phone,
  do_not_call_customer,
  outside_window, // held until `until_ms`
  redial_gap,     // held until `until_ms`
  scheduled,      // held until `until_ms`
  no_call,        // the record's type says so
};
struct compliance_verdict {
  verdict what = verdict::dial;
  std::int64_t until_ms = 0;
};
std::string_view name_of(verdict what);

/// A call as the rules see it.
struct intended_call {
  std::string_view contact_info;
  std::string_view customer_id;   // from the column that the configuration names; empty: none
  daily_hours hours;
  std::int64_t not_before_ms = 0; // end of the redial gap after an attempt that ended unknown
  std::int64_t scheduled_ms = 0;  // scheduled_ms() of its row
  bool no_call = false;           // record type NoCall
};

/// List and record type first, which forbid for ever; then whichever of window, gap and schedule holds the call longest: it may
/// be made at until_ms if nothing else has changed by then.
compliance_verdict may_dial(const intended_call& call, const do_not_call_list& no_calls, const time_zones& zones,
                            std::int64_t now_ms);

} // namespace chainring::dialer
