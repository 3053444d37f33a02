// schedule.cpp: see schedule.hpp.
#include "dialer/schedule.hpp"

#include <algorithm>
#include <limits>

namespace chainring::dialer {

bool is_rescheduled(record_type type) {
  return type == record_type::campaign_rescheduled || type == record_type::personal_rescheduled ||
         type == record_type::personal_callback || type == record_type::campaign_callback;
}

bool is_taken(const record& row) {
  return row.record_status == record_status::retrieved || row.record_status == record_status::ready;
}

bool can_be_dialed(const record& row) {
  return is_taken(row) && row.record_type != record_type::no_call && row.call_result != call_result::do_not_call;
}

std::int64_t scheduled_ms(const record& row) {
  return is_rescheduled(row.record_type) ? row.dial_sched_time.value_or(0) * 1'000 : 0;
}

std::int64_t chain_scheduled_ms(const std::vector<record>& rows) {
  auto first_ms = std::numeric_limits<std::int64_t>::max();
  for (const auto& row : rows)
    if (can_be_dialed(row) && is_rescheduled(row.record_type)) first_ms = std::min(first_ms, scheduled_ms(row));
  return first_ms == std::numeric_limits<std::int64_t>::max() ? 0 : first_ms;
}

} // namespace chainring::dialer
