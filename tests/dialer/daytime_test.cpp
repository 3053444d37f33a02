// daytime_test.cpp: the five daytime intervals, when they start and when they change; instants
// computed by hand.
#include "dialer/daytime.hpp"

#include "tests/catch.hpp"

using namespace chainring;
using namespace chainring::dialer;

namespace {

constexpr std::int64_t hour = 3'600;
constexpr std::int64_t day = 24 * hour;
constexpr std::int64_t monday = 1'767'600'000; // 2026-01-05T00:00 in Los Angeles (08:00 UTC)

const time_zones& zones() {
  static const time_zones made = time_zones::open().operator*();
  return made;
}
zone_index la() { return zones().find("America/Los_Angeles").value(); }

/// Monday to Friday 09:00 to 17:00.
weekday_table office() {
  weekday_table table;
  for (std::size_t i = 1; i <= 5; ++i) table.days[i] = business_hours{9 * 3'600, 17 * 3'600};
  return table;
}
daytime_tables tables(std::optional<weekday_table> weekdays,
                      std::optional<std::vector<holiday>> holidays) {
  return daytime_tables::make(std::move(weekdays), std::move(holidays)).operator*();
}
/// With Martin Luther King Day 2026 (Monday, January 19) and every Christmas.
daytime_tables usual() { return tables(office(), {{{2026, 1, 19}, {0, 12, 25}}}); }

} // namespace

TEST_CASE("names of intervals are read without case") {
  for (const char* name : {"BBH", "BH", "ABH", "WEND", "HDAY"})
    CHECK(name_of(daytime_code_from_name(name).value()) == name);
  CHECK(daytime_code_from_name("hday") == daytime_code::hday);
  CHECK_FALSE(daytime_code_from_name("HOLIDAY"));
  CHECK_FALSE(daytime_code_from_name(""));
}

TEST_CASE("a weekday is before, in and after business hours") {
  const auto t = usual();
  const auto code = [&](std::int64_t at) { return name_of(t.code_at(zones(), la(), at)); };
  CHECK(code(monday - 1) == "WEND");
  CHECK(code(monday) == "BBH");
  CHECK(code(monday + 9 * hour - 1) == "BBH");
  CHECK(code(monday + 9 * hour) == "BH");
  CHECK(code(monday + 17 * hour - 1) == "BH");
  CHECK(code(monday + 17 * hour) == "ABH");
  CHECK(code(monday + day - 1) == "ABH");
  CHECK(code(monday + 5 * day) == "WEND");
  CHECK(code(monday + 14 * day) == "HDAY"); // January 19
  CHECK(code(monday + 15 * day) == "BBH");
  CHECK(code(monday - 11 * day + 10 * hour) == "HDAY"); // 2025-12-25
}

TEST_CASE("the zone of the contact decides") {
  const auto t = usual();
  const std::int64_t noon = monday + 12 * hour; // 20:00 UTC
  CHECK(t.code_at(zones(), la(), noon) == daytime_code::bh);
  CHECK(t.code_at(zones(), zones().find("Europe/Berlin").value(), noon) == daytime_code::abh);
  CHECK(t.code_at(zones(), zones().find("Asia/Tokyo").value(), noon) ==
        daytime_code::bbh); // Tuesday 05:00
}

TEST_CASE("without tables a day is HDAY, with one of them WEND") {
  CHECK(daytime_tables().code_at(zones(), la(), monday) == daytime_code::hday);
  const auto holidays_only = tables(std::nullopt, {{{2026, 1, 19}}});
  CHECK(holidays_only.code_at(zones(), la(), monday) == daytime_code::wend);
  CHECK(holidays_only.code_at(zones(), la(), monday + 14 * day) == daytime_code::hday);
  const auto weekdays_only = tables(office(), std::nullopt);
  CHECK(weekdays_only.code_at(zones(), la(), monday + 5 * day) == daytime_code::wend);
  CHECK(weekdays_only.code_at(zones(), la(), monday + 14 * day) == daytime_code::bbh);
  CHECK(tables(std::nullopt, std::vector<holiday>{}).code_at(zones(), la(), monday) ==
        daytime_code::wend);
}

TEST_CASE("the next start of an interval") {
  const auto t = usual();
  const std::int64_t noon = monday + 12 * hour;
  const auto start = [&](daytime_code code, std::int64_t at) {
    return t.next_start(zones(), la(), code, at).at;
  };
  CHECK(start(daytime_code::bh, noon) == noon); // inside: now
  CHECK(start(daytime_code::abh, noon) == monday + 17 * hour);
  CHECK(start(daytime_code::bbh, noon) == monday + day);
  CHECK(start(daytime_code::wend, noon) == monday + 5 * day);
  CHECK(start(daytime_code::hday, noon) == monday + 14 * day);
  CHECK(start(daytime_code::bh, monday + 18 * hour) == monday + day + 9 * hour);
  // Friday evening, and the Monday after the weekend is a holiday
  CHECK(start(daytime_code::bh, monday + 11 * day + 18 * hour) == monday + 15 * day + 9 * hour);
}

TEST_CASE("starts across changes of daylight-saving time") {
  const auto t = usual();
  // Friday 2026-03-06 18:00 PST = 02:00 UTC of March 7; Monday 09:00 PDT is 16:00 UTC of March 9
  CHECK(t.next_start(zones(), la(), daytime_code::bh, 1'772'848'800).at == 1'773'072'000);
  // Friday 2026-10-30 18:00 PDT = 01:00 UTC of October 31; Monday 09:00 PST is 17:00 UTC of
  // November 2
  CHECK(t.next_start(zones(), la(), daytime_code::bh, 1'793'408'400).at == 1'793'638'800);
}

TEST_CASE("intervals that need a missing table have no start, and say which") {
  using no_start = daytime_tables::no_start;
  const auto holidays_only = tables(std::nullopt, {{{2026, 1, 19}}});
  for (auto code : {daytime_code::bbh, daytime_code::bh, daytime_code::abh, daytime_code::wend}) {
    const auto start = holidays_only.next_start(zones(), la(), code, monday);
    CHECK_FALSE(start.at);
    CHECK(start.why == no_start::no_weekday_table);
  }
  const auto start =
      tables(office(), std::nullopt).next_start(zones(), la(), daytime_code::hday, monday);
  CHECK_FALSE(start.at);
  CHECK(start.why == no_start::no_holiday_table);
}

TEST_CASE("an interval that never comes has no start") {
  auto every_day = office();
  every_day.days[0] = every_day.days[6] = business_hours{0, 86'400};
  const auto t = tables(every_day, {{{2020, 1, 1}}});
  CHECK_FALSE(t.next_start(zones(), la(), daytime_code::wend, monday).at);
  CHECK(t.next_start(zones(), la(), daytime_code::wend, monday).why ==
        daytime_tables::no_start::never);
  CHECK_FALSE(t.next_start(zones(), la(), daytime_code::hday, monday).at);
  // Saturday is open all day: neither before nor after hours
  CHECK(t.next_start(zones(), la(), daytime_code::bbh, monday + 4 * day + 20 * hour).at ==
        monday + 7 * day);
  CHECK(t.next_start(zones(), la(), daytime_code::abh, monday + 4 * day + 18 * hour).at ==
        monday + 4 * day + 18 * hour);
}

TEST_CASE("February 29 may be a holiday of every year") {
  const auto t = tables(office(), {{{0, 2, 29}}});
  CHECK(t.next_start(zones(), la(), daytime_code::hday, monday).at ==
        1'835'424'000); // 2028-02-29T00:00-08:00
}

TEST_CASE("the code changes at the next boundary that shows another one") {
  const auto t = usual();
  const auto change = [&](std::int64_t at) { return t.next_change(zones(), la(), at).value(); };
  CHECK(change(monday) == monday + 9 * hour);
  CHECK(change(monday + 9 * hour) == monday + 17 * hour);
  CHECK(change(monday + 17 * hour) == monday + day);
  CHECK(change(monday + 5 * day) == monday + 7 * day); // Saturday and Sunday are one weekend
  CHECK(change(monday + 14 * day) == monday + 15 * day);
  CHECK_FALSE(daytime_tables().next_change(zones(), la(), monday));
}

TEST_CASE("a clock that is set back brings an interval a second time") {
  weekday_table table;
  for (auto& hours : table.days) hours = business_hours{hour + 1'800, 5'400 + 1'200}; // 01:30 to 01:50
  const auto t = tables(table, std::nullopt);
  constexpr std::int64_t back = 1'793'523'600; // 2026-11-01T09:00Z: 02:00 becomes 01:00
  CHECK(t.code_at(zones(), la(), back - 1) == daytime_code::abh);
  CHECK(t.next_change(zones(), la(), back - 300) == back);
  CHECK(t.next_start(zones(), la(), daytime_code::bbh, back - 300).at == back);
  CHECK(t.next_start(zones(), la(), daytime_code::bh, back - 300).at == back + 1'800);
  CHECK(t.next_change(zones(), la(), back) == back + 1'800);
  // Over midnight: in Havana 01:00 becomes 00:00, and in Sao Paulo midnight became 23:00 of the day before.
  const auto sao_paulo = zones().find("America/Sao_Paulo").value();
  constexpr std::int64_t back_over_midnight = 1'550'368'800; // 2019-02-17T02:00Z
  const auto weekends = tables(office(), {{{2019, 2, 17}}});
  CHECK(weekends.code_at(zones(), sao_paulo, back_over_midnight) == daytime_code::wend);
  CHECK(weekends.next_start(zones(), sao_paulo, daytime_code::hday, back_over_midnight).at == back_over_midnight + hour);
}

TEST_CASE("hours and dates that cannot be are refused") {
  const auto with = [](std::int32_t from, std::int32_t till) {
    weekday_table table;
    table.days[1] = business_hours{from, till};
    return daytime_tables::make(table, std::nullopt).ok();
  };
  CHECK(with(0, 86'400));
  CHECK_FALSE(with(-1, 100));
  CHECK_FALSE(with(0, 86'401));
  CHECK_FALSE(with(100, 100));
  const auto date = [](holiday h) { return daytime_tables::make(std::nullopt, {{h}}).ok(); };
  CHECK(date({2028, 2, 29}));
  CHECK_FALSE(date({2026, 2, 29}));
  CHECK_FALSE(date({2026, 13, 1}));
  CHECK_FALSE(date({2026, 0, 1}));
  CHECK_FALSE(date({0, 4, 31}));
}
