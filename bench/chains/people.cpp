// people.cpp: see people.hpp.
#include "bench/chains/people.hpp"

#include <string>

namespace chainring::bench {

dialer::calling_list form_of_list() { return {"bench", {"customer"}}; }

dialer::chain_of_records person(std::int64_t n) {
  dialer::record row;
  row.record_id = n;
  row.contact_info = std::to_string(155'000'000'000 + n);
  row.contact_info_type = 4;
  row.record_status = dialer::record_status::retrieved;
  row.call_result = dialer::call_result::busy;
  row.attempt = 1;
  row.dial_sched_time = 1'700'000'000;
  row.call_time = 1'700'000'000 + n % 86'400;
  row.daily_from = 0;
  row.daily_till = 86'400;
  row.tz_dbid = 122;
  row.campaign_id = 101;
  row.agent_id = "agent7";
  row.chain_id = n;
  row.chain_n = 1;
  row.group_id = 12;
  row.app_id = 1;
  row.treatments = "none";
  row.media_ref = 3;
  row.email_subject = "Hello";
  row.email_template_id = 4;
  row.switch_id = 101;
  auto customer = std::to_string(n);
  customer.insert(0, 16 - customer.size(), 'c');
  row.user = {std::move(customer)};
  return {n, {std::move(row)}};
}

} // namespace chainring::bench
