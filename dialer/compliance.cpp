// compliance.cpp: see compliance.hpp.
#include "dialer/compliance.hpp"

#include <algorithm>

#include "dialer/limits.hpp"

namespace chainring::dialer {

namespace {

std::int64_t floor_second(std::int64_t ms) { return ms >= 0 ? ms / 1'000 : -((-ms + 999) / 1'000); }

bool is_second_of_day(std::int32_t second) { return second >= 0 && second <= limits::day_seconds; }

bool shows_open(const daily_hours& hours, std::int32_t second) {
  if (!is_second_of_day(hours.from) || !is_second_of_day(hours.till)) return false;
  const bool after_start = second >= hours.from, before_end = second < hours.till;
  return hours.from >= hours.till ? after_start || before_end : after_start && before_end;
}

} // namespace

window daily_window(const daily_hours& hours, const time_zones& zones, std::int64_t now_ms) {
  std::int64_t at = floor_second(now_ms);
  if (shows_open(hours, zones.local(hours.zone, at).second)) return {true, now_ms};
  if (!is_second_of_day(hours.from) || !is_second_of_day(hours.till))
    return {false, zones.next_local(hours.zone, at + 1, 0) * 1'000}; // a damaged row is never dialed
  // The clock shows no 24:00: a window that starts there starts at 0:00 of the next day.
  const std::int32_t from = hours.from % limits::day_seconds;
  do { // a clock set forward can jump over a whole window
    at = zones.next_local(hours.zone, at + 1, from);
  } while (!shows_open(hours, zones.local(hours.zone, at).second));
  return {false, at * 1'000};
}

std::string_view name_of(verdict what) {
  switch (what) {
  case verdict::dial: return "dial";
  case verdict::do_not_call_phone: return "phone on the do-not-call list";
  case verdict::do_not_call_customer: return "customer on the do-not-call list";
  case verdict::outside_window: return "outside its daily window";
  case verdict::redial_gap: return "in the gap after an attempt whose end is unknown";
  case verdict::scheduled: return "scheduled for then, dial_sched_time";
  case verdict::no_call: return "its record type is NoCall";
  }
  return "";
}

compliance_verdict may_dial(const intended_call& call, const do_not_call_list& no_calls, const time_zones& zones,
                            std::int64_t now_ms) {
  if (const auto entry = no_calls.find(call.contact_info, call.customer_id))
    return {*entry == store::dnc_kind::phone ? verdict::do_not_call_phone : verdict::do_not_call_customer, 0};
  if (call.no_call) return {verdict::no_call, 0};
  const std::int64_t gap_ends = std::max({now_ms, call.not_before_ms, call.scheduled_ms});
  // The window is asked for the moment gap and schedule end: it may have closed by then.
  const window then = daily_window(call.hours, zones, gap_ends);
  if (!then.open) return {verdict::outside_window, then.opens_ms};
  if (gap_ends > now_ms)
    return {call.scheduled_ms == gap_ends ? verdict::scheduled : verdict::redial_gap, gap_ends};
  return {};
}

} // namespace chainring::dialer
