// schedule_test.cpp: what rows say about when and whether they are dialed.
#include "dialer/schedule.hpp"

#include "tests/catch.hpp"

using namespace chainring::dialer;

namespace {

record row(record_type type, std::optional<std::int64_t> at, record_status status = record_status::ready) {
  record made;
  made.record_type = type;
  made.record_status = status;
  made.dial_sched_time = at;
  return made;
}

} // namespace

TEST_CASE("rescheduled records and callbacks are dialed at their time, others at any") {
  using enum record_type;
  for (const auto type : {campaign_rescheduled, personal_rescheduled, personal_callback, campaign_callback}) {
    CHECK(scheduled_ms(row(type, 1'000)) == 1'000'000);
    CHECK(scheduled_ms(row(type, std::nullopt)) == 0);
  }
  for (const auto type : {no_record_type, unknown, general, no_call}) CHECK(scheduled_ms(row(type, 1'000)) == 0);
}

TEST_CASE("a chain is due as soon as its first rescheduled record is that can be dialed") {
  using enum record_type;
  CHECK(chain_scheduled_ms({row(general, 900)}) == 0);
  CHECK(chain_scheduled_ms({row(general, 900), row(personal_callback, 2'000), row(campaign_rescheduled, 1'000)}) == 1'000'000);
  CHECK(chain_scheduled_ms({row(personal_callback, 2'000), row(campaign_rescheduled, 1'000, record_status::updated)}) == 2'000'000);
  CHECK(chain_scheduled_ms({row(personal_callback, 2'000), row(campaign_callback, std::nullopt)}) == 0);
  auto refused = row(campaign_callback, 1'000);
  refused.call_result = call_result::do_not_call;
  CHECK(chain_scheduled_ms({refused, row(no_call, 500)}) == 0);
}
