// compliance_test.cpp: daily windows in the record's zone, the do-not-call list, the gap after an
// unknown attempt.
#include "dialer/compliance.hpp"

#include "tests/catch.hpp"

using namespace chainring;
using namespace chainring::dialer;

namespace {

constexpr std::int64_t hour_ms = 3'600'000;
constexpr std::int64_t monday_ms = 1'767'600'000'000; // 2026-01-05T00:00 in Los Angeles
constexpr std::int32_t hour = 3'600;

const time_zones& zones() {
  static const time_zones made = time_zones::open().operator*();
  return made;
}
zone_index la() { return zones().find("America/Los_Angeles").value(); }

window at(std::int32_t from, std::int32_t till, std::int64_t now_ms) {
  return daily_window({from, till, la()}, zones(), now_ms);
}

} // namespace

TEST_CASE("a window is open from its start up to its end, to the millisecond") {
  const std::int64_t opens = monday_ms + 8 * hour_ms, closes = monday_ms + 18 * hour_ms;
  CHECK(at(8 * hour, 18 * hour, opens).open);
  CHECK(at(8 * hour, 18 * hour, closes - 1).open);
  const auto early = at(8 * hour, 18 * hour, opens - 1);
  CHECK_FALSE(early.open);
  CHECK(early.opens_ms == opens);
  const auto late = at(8 * hour, 18 * hour, closes);
  CHECK_FALSE(late.open);
  CHECK(late.opens_ms == opens + 24 * hour_ms);
}

TEST_CASE("a window may lie across midnight") {
  CHECK(at(20 * hour, 2 * hour, monday_ms + 21 * hour_ms).open);
  CHECK(at(20 * hour, 2 * hour, monday_ms + hour_ms).open);
  const auto noon = at(20 * hour, 2 * hour, monday_ms + 12 * hour_ms);
  CHECK_FALSE(noon.open);
  CHECK(noon.opens_ms == monday_ms + 20 * hour_ms);
}

TEST_CASE("equal ends are the whole day, and so are its ends") {
  for (std::int64_t ms = monday_ms; ms < monday_ms + 24 * hour_ms; ms += hour_ms / 2) {
    CHECK(at(8 * hour, 8 * hour, ms).open);
    CHECK(at(0, 0, ms).open);
    CHECK(at(0, 86'400, ms).open);
  }
}

TEST_CASE("a window that starts at 24:00 starts with the next day") {
  const auto late = at(86'400, hour, monday_ms + 2 * hour_ms);
  CHECK_FALSE(late.open);
  CHECK(late.opens_ms == monday_ms + 24 * hour_ms);
  CHECK(at(86'400, hour, monday_ms + hour_ms / 2).open);
}

TEST_CASE("a window that no day has never opens") {
  for (const auto& [from, till] :
       {std::pair(-1, 18 * hour), std::pair(90'000, 95'000), std::pair(0, 86'401)}) {
    const auto now = at(from, till, monday_ms + 12 * hour_ms);
    CHECK_FALSE(now.open);
    CHECK(now.opens_ms == monday_ms + 24 * hour_ms);
  }
}

TEST_CASE("windows open by the local clock across daylight-saving changes") {
  // 2026-03-07 19:00 PST = 03:00 UTC of March 8; next 08:00 PDT is 15:00 UTC
  CHECK(at(8 * hour, 18 * hour, 1'772'938'800'000).opens_ms == 1'772'982'000'000);
  // 2026-10-31 19:00 PDT = 02:00 UTC of November 1; next 08:00 PST is 16:00 UTC
  CHECK(at(8 * hour, 18 * hour, 1'793'498'400'000).opens_ms == 1'793'548'800'000);
  // 02:30 does not exist on March 8: the window opens with the jump, at 10:00 UTC
  CHECK(at(2 * hour + 1'800, 18 * hour, 1'772'938'800'000).opens_ms == 1'772'964'000'000);
  CHECK(at(2 * hour + 1'800, 18 * hour, 1'772'964'000'000).open);
}

TEST_CASE("a window opens when it says it will") {
  for (std::int64_t ms = 1'772'841'600'000; ms < 1'773'187'200'000;
       ms += 1'234'567) // around March 8
    for (const auto& [from, till] :
         {std::pair(8 * hour, 18 * hour), std::pair(22 * hour, 3 * hour),
          std::pair(2 * hour, 3 * hour + 60), std::pair(2 * hour, 3 * hour), std::pair(0, 60)}) {
      const auto now = at(from, till, ms);
      if (now.open) continue;
      REQUIRE(now.opens_ms > ms);
      REQUIRE(at(from, till, now.opens_ms).open);
      REQUIRE_FALSE(at(from, till, now.opens_ms - 1).open);
    }
}

TEST_CASE("the do-not-call list comes first, then window and gap") {
  do_not_call_list list;
  list.add(store::dnc_kind::phone, "5551");
  list.add(store::dnc_kind::customer, "C1");
  intended_call call{.contact_info = "5551", .hours = {.zone = la()}};
  const auto ask = [&](std::int64_t now_ms) { return may_dial(call, list, zones(), now_ms); };
  CHECK(ask(monday_ms).what == verdict::do_not_call_phone);
  call.contact_info = "5552";
  CHECK(ask(monday_ms).what == verdict::outside_window);
  CHECK(ask(monday_ms).until_ms == monday_ms + 8 * hour_ms);
  CHECK(ask(monday_ms + 9 * hour_ms).what == verdict::dial);
  call.customer_id = "C1";
  CHECK(ask(monday_ms + 9 * hour_ms).what == verdict::do_not_call_customer);
}

TEST_CASE("an attempt that ended unknown holds the record for the gap") {
  const do_not_call_list nobody;
  const std::int64_t now_ms = monday_ms + 9 * hour_ms;
  intended_call call{.contact_info = "5551", .hours = {.zone = la()}, .not_before_ms = now_ms + 10 * 60'000};
  const auto held = may_dial(call, nobody, zones(), now_ms);
  CHECK(held.what == verdict::redial_gap);
  CHECK(held.until_ms == now_ms + 10 * 60'000);
  CHECK(may_dial(call, nobody, zones(), held.until_ms).what == verdict::dial);
  call.not_before_ms = 0;
  CHECK(may_dial(call, nobody, zones(), now_ms).what == verdict::dial);
  call.not_before_ms = now_ms + 10 * hour_ms; // ends after the window has closed: the next morning
  const auto over_night = may_dial(call, nobody, zones(), now_ms);
  CHECK(over_night.what == verdict::outside_window);
  CHECK(over_night.until_ms == monday_ms + 32 * hour_ms);
}
