// instant_test.cpp: dates and times as people write them.
#include "actors/node/instant.hpp"

#include "actors/node/configuration.hpp"
#include "tests/catch.hpp"

using namespace chainring::actors;

TEST_CASE("instants are RFC 3339", "[instant]") {
  CHECK(parse_instant_ms("1970-01-01T00:00:00Z") == 0);
  CHECK(parse_instant_ms("2026-01-05T15:00:00Z") == virtual_time_start_ms_default);
  CHECK(parse_instant_ms("2026-01-05 16:00:00+01:00") == virtual_time_start_ms_default);
  CHECK(parse_instant_ms("2026-01-05T09:30:00.0259-05:30") == virtual_time_start_ms_default + 25);
  CHECK(parse_instant_ms("2024-02-29T23:59:59z") == 1'709'251'199'000);
  for (const char* bad : {"", "2026", "2026-01-05", "2026-01-05T15:00:00", "2026-02-29T00:00:00Z",
                          "2026-01-05T24:00:00Z", "2026-01-05T15:60:00Z", "2026-01-05T15:00Z", "1969-12-31T00:00:00Z",
                          "2026-01-05T15:00:00.Z", "2026-01-05T15:00:00Z ", "2026-01-05T15:00:00+1:00",
                          "+026-01-05T15:00:00Z", "9999-01-05T15:00:00Z"}) {
    INFO(bad);
    CHECK_FALSE(parse_instant_ms(bad));
  }
}

TEST_CASE("times of day and dates", "[instant]") {
  CHECK(parse_time_of_day_s("00:00") == 0);
  CHECK(parse_time_of_day_s("09:30:15") == 34'215);
  CHECK(parse_time_of_day_s("24:00") == 86'400);
  for (const char* bad : {"", "9:30", "24:00:01", "12:60", "12:30:", "12:30:61", "12-30", "12:30 "})
    CHECK_FALSE(parse_time_of_day_s(bad));
  CHECK(parse_date_days("1970-01-02") == 1);
  CHECK(parse_date_days("2026-12-25") == 20'812);
  CHECK_FALSE(parse_date_days("2026-02-30"));
  CHECK_FALSE(parse_date_days("2026-12-25 "));
}

TEST_CASE("an instant is written as it is read, in whole seconds") {
  for (const std::string_view text : {"1970-01-01T00:00:00Z", "2026-01-05T15:00:01Z", "2024-02-29T23:59:59Z"})
    CHECK(instant_text(*parse_instant_ms(text)) == text);
  CHECK(instant_text(1'999) == "1970-01-01T00:00:01Z");
}
