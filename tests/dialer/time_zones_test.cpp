// time_zones_test.cpp: zones of records and their clocks across changes of daylight-saving time;
// instants computed by hand.
#include "dialer/time_zones.hpp"

#include "tests/catch.hpp"

using namespace chainring;
using namespace chainring::dialer;

namespace {

constexpr std::int64_t hour = 3'600;
// Los Angeles: to daylight-saving time on 2026-03-08 at 10:00 UTC, back on 2026-11-01 at 09:00 UTC.
constexpr std::int64_t spring_2026 = 1'772'964'000;
constexpr std::int64_t autumn_2026 = 1'793'523'600;
constexpr std::int64_t day_of_spring = 20'520; // 2026-03-08
constexpr std::int64_t day_of_autumn = 20'758; // 2026-11-01

const time_zones& zones() {
  static const time_zones made = time_zones::open().operator*();
  return made;
}
zone_index zone(std::string_view name) { return zones().find(name).value(); }

} // namespace

TEST_CASE("tz_dbid 122 is shipped, others come from the configuration, tz_name wins") {
  time_zones own = *time_zones::open();
  const calling_list form{"l", {"x", "TZ_Name"}};
  record row;
  CHECK(own.name(own.zone_of(row, form).operator*()) == "America/Los_Angeles");
  row.tz_dbid = 130;
  const auto unknown = own.zone_of(row, form);
  REQUIRE_FALSE(unknown);
  CHECK(unknown.error().what == "unknown time zone tz_dbid = 130");
  REQUIRE(own.map(130, "Europe/Berlin"));
  CHECK(own.name(*own.zone_of(row, form)) == "Europe/Berlin");
  REQUIRE(own.map(130, "Europe/Paris"));
  CHECK(own.name(*own.zone_of(row, form)) == "Europe/Paris");
  row.user = {"y", "Asia/Kolkata"};
  CHECK(own.name(*own.zone_of(row, form)) == "Asia/Kolkata");
  row.user[1] = "Mars/Olympus";
  CHECK_FALSE(own.zone_of(row, form));
  row.user[1] = "";
  CHECK(own.name(*own.zone_of(row, form)) == "Europe/Paris");
}

TEST_CASE("names that are no zones are refused") {
  time_zones own = *time_zones::open();
  for (const char* name : {"", "PST8", "america/los_angeles", "../../etc/passwd", "Europe"}) {
    INFO(name);
    CHECK_FALSE(own.find(name));
    CHECK_FALSE(own.map(5, name));
  }
}

TEST_CASE("offsets follow daylight-saving time to the second") {
  const auto la = zone("America/Los_Angeles");
  CHECK(zones().offset_seconds(la, spring_2026 - 1) == -8 * hour);
  CHECK(zones().offset_seconds(la, spring_2026) == -7 * hour);
  CHECK(zones().offset_seconds(la, autumn_2026 - 1) == -7 * hour);
  CHECK(zones().offset_seconds(la, autumn_2026) == -8 * hour);
  CHECK(zones().offset_seconds(zone("Asia/Kolkata"), spring_2026) == 5 * hour + 1'800);
  CHECK(zones().offset_seconds(zone("UTC"), spring_2026) == 0);
  // 2037-07-01: the last summer that compiled zone files spell out
  CHECK(zones().offset_seconds(la, 2'130'105'600) == -7 * hour);
}

TEST_CASE("the local clock has a day, a second and a weekday") {
  const auto la = zone("America/Los_Angeles");
  // 2026-01-05T15:00:00Z is Monday 07:00 in Los Angeles
  const auto monday = zones().local(la, 1'767'625'200);
  CHECK(monday == local_time{20'458, 7 * 3'600});
  CHECK(monday.weekday() == 1);
  CHECK(zones().local(la, spring_2026 - 1) == local_time{day_of_spring, 2 * 3'600 - 1});
  CHECK(zones().local(la, spring_2026) == local_time{day_of_spring, 3 * 3'600});
  CHECK(zones().local(la, autumn_2026) == local_time{day_of_autumn, 3'600});
  CHECK(zones().local(la, spring_2026).weekday() == 0);
  CHECK(zones().local(la, 0) == local_time{-1, 16 * 3'600});
  CHECK(zones().local(la, 0).weekday() == 3); // 1969-12-31 was a Wednesday
}

TEST_CASE("the next local time is today's or tomorrow's") {
  const auto la = zone("America/Los_Angeles");
  const std::int64_t seven = 1'767'625'200; // 07:00
  CHECK(zones().next_local(la, seven, 7 * 3'600) == seven);
  CHECK(zones().next_local(la, seven, 8 * 3'600) == seven + hour);
  CHECK(zones().next_local(la, seven, 6 * 3'600) == seven + 23 * hour);
  CHECK(zones().next_local(la, seven, 0) == seven + 17 * hour);
}

TEST_CASE("a day of daylight-saving change is an hour shorter or longer") {
  const auto la = zone("America/Los_Angeles");
  const std::int64_t before = spring_2026 - 9 * hour; // 17:00 on the day before
  CHECK(zones().next_local(la, before, 8 * 3'600) == before + 14 * hour);
  const std::int64_t before_autumn = autumn_2026 - 8 * hour; // 18:00
  CHECK(zones().next_local(la, before_autumn, 8 * 3'600) == before_autumn + 15 * hour);
}

TEST_CASE("a time that the clock jumps over begins with the jump, one shown twice is found twice") {
  const auto la = zone("America/Los_Angeles");
  CHECK(zones().next_local(la, spring_2026 - hour, 2 * 3'600 + 1'800) == spring_2026);
  CHECK(zones().instant_of(la, {day_of_spring, 2 * 3'600 + 1'800}) == spring_2026);
  const std::int32_t half_past_one = 3'600 + 1'800;
  CHECK(zones().next_local(la, autumn_2026 - hour, half_past_one) == autumn_2026 - 1'800);
  CHECK(zones().next_local(la, autumn_2026 - 1'799, half_past_one) == autumn_2026 + 1'800);
  CHECK(zones().instant_of(la, {day_of_autumn, half_past_one}) == autumn_2026 - 1'800);
}

TEST_CASE("a zone may skip a whole day") {
  const auto apia = zone("Pacific/Apia");  // had no 2011-12-30
  const std::int64_t jump = 1'325'239'200; // 2011-12-30T10:00:00Z
  CHECK(zones().local(apia, jump - 1) == local_time{15'337, 86'399});
  CHECK(zones().local(apia, jump) == local_time{15'339, 0});
  CHECK(zones().instant_of(apia, {15'338, 12 * 3'600}) == jump);
}

TEST_CASE("both ways through the clock agree in every zone tried") {
  for (const char* name :
       {"America/Los_Angeles", "Europe/London", "Asia/Kathmandu", "Australia/Lord_Howe",
        "America/Havana", "Africa/Casablanca", "Pacific/Kiritimati"}) {
    const auto z = zone(name);
    INFO(name);
    int wrong = 0;
    for (std::int64_t at = 1'767'225'600; at < 1'798'761'600; at += 4'999) { // through 2026
      const auto shown = zones().local(z, at);
      const std::int64_t first = zones().instant_of(z, shown);
      const bool agree = first <= at && zones().local(z, first) == shown &&
                         zones().next_local(z, at, shown.second) == at;
      wrong += agree ? 0 : 1;
    }
    CHECK(wrong == 0);
  }
}
