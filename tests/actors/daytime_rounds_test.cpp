// daytime_rounds_test.cpp: who hears of a daytime change: everybody who listens in the zone, once, and nobody else.
#include "actors/daytime_rounds.hpp"

#include <algorithm>

#include "dialer/ocs_vocabulary.hpp"
#include "scxml/compile.hpp"
#include "tests/catch.hpp"

using namespace chainring;
using namespace chainring::actors;

namespace {

constexpr std::int64_t hour_ms = 3'600'000;
constexpr std::int64_t monday_ms = 1'767'600'000'000; // 2026-01-05T00:00 in Los Angeles, 09:00 in Berlin

struct fixture {
  dialer::time_zones zones = *dialer::time_zones::open();
  dialer::daytime_tables tables = office();
  dialer::calling_list form;
  dialer::chain_environment environment{form, 1, zones, tables};
  dialer::zone_index la = *zones.find("America/Los_Angeles"), berlin = *zones.find("Europe/Berlin");
  daytime_rounds rounds;

  static dialer::daytime_tables office() {
    dialer::weekday_table week;
    for (std::size_t day = 1; day <= 5; ++day) week.days[day] = dialer::business_hours{9 * 3'600, 17 * 3'600};
    return *dialer::daytime_tables::make(week, std::nullopt);
  }
  void join(daytime_listener& who, dialer::zone_index zone, std::int64_t now_ms) {
    rounds.set_zone(who, environment, zone);
    REQUIRE(rounds.join(who, now_ms));
  }
  /// Who hears now, and what.
  std::vector<std::pair<daytime_listener*, std::string>> hearing(std::int64_t now_ms) {
    std::vector<std::pair<daytime_listener*, std::string>> all;
    rounds.begin(now_ms);
    while (const auto next = rounds.next(now_ms)) all.emplace_back(next->who, dialer::name_of(next->code));
    return all;
  }
};

} // namespace

TEST_CASE_METHOD(fixture, "each change is heard once by who listens in its zone", "[daytime_rounds]") {
  std::vector<daytime_listener> there(5);
  daytime_listener elsewhere;
  CHECK(rounds.next_due_ms(monday_ms) == never);
  for (auto& one : there) join(one, la, monday_ms);
  CHECK(rounds.next_due_ms(monday_ms) == monday_ms + 9 * hour_ms);
  join(elsewhere, berlin, monday_ms); // it is nine there: what it could hear has just happened
  CHECK(rounds.next_due_ms(monday_ms) == monday_ms + 8 * hour_ms);
  CHECK(rounds.listeners() == 6);
  CHECK(hearing(monday_ms + 8 * hour_ms - 1).empty());

  auto heard = hearing(monday_ms + 8 * hour_ms);
  REQUIRE(heard.size() == 1);
  CHECK(heard[0].first == &elsewhere);
  CHECK(heard[0].second == "ABH");
  CHECK_FALSE(elsewhere.listens());

  heard = hearing(monday_ms + 9 * hour_ms);
  CHECK(heard.size() == 5);
  for (auto& one : there) CHECK(std::count(heard.begin(), heard.end(), std::pair(&one, std::string("BH"))) == 1);
  CHECK(rounds.listeners() == 0);
  CHECK(rounds.next_due_ms(monday_ms + 9 * hour_ms) == never);
  join(there[3], la, monday_ms + 9 * hour_ms);
  CHECK(hearing(monday_ms + 9 * hour_ms).empty());
  CHECK(rounds.next_due_ms(monday_ms + 9 * hour_ms) == monday_ms + 17 * hour_ms);
}

TEST_CASE_METHOD(fixture, "during a round one may leave, join again, or hear out of turn", "[daytime_rounds]") {
  std::vector<daytime_listener> all(6);
  for (auto& one : all) join(one, la, monday_ms);
  const auto nine = monday_ms + 9 * hour_ms;
  rounds.begin(nine);
  CHECK(rounds.next_due_ms(nine) == nine);
  auto* first = rounds.next(nine)->who;
  join(*first, la, nine); // listens again, and has heard
  auto* second = first == &all[0] ? &all[1] : &all[0];
  CHECK(rounds.take_due(*second, nine) == dialer::daytime_code::bh);
  CHECK_FALSE(rounds.take_due(*second, nine));
  CHECK_FALSE(rounds.take_due(*first, nine));
  auto* third = first == &all[2] ? &all[3] : &all[2];
  rounds.leave(*third);
  std::size_t rest = 0;
  while (const auto next = rounds.next(nine)) {
    CHECK((next->who != first && next->who != second && next->who != third));
    ++rest;
  }
  CHECK(rest == 3);
  CHECK(rounds.listeners() == 1);
  CHECK(hearing(monday_ms + 17 * hour_ms).size() == 1);
}

TEST_CASE_METHOD(fixture, "who has not heard when the next change comes hears of that one alone", "[daytime_rounds]") {
  std::vector<daytime_listener> all(4);
  for (auto& one : all) join(one, la, monday_ms);
  rounds.begin(monday_ms + 9 * hour_ms);
  auto* first = rounds.next(monday_ms + 9 * hour_ms)->who;
  join(*first, la, monday_ms + 9 * hour_ms);
  const auto heard = hearing(monday_ms + 17 * hour_ms);
  CHECK(heard.size() == 4);
  for (auto& one : all) CHECK(std::count(heard.begin(), heard.end(), std::pair(&one, std::string("ABH"))) == 1);
}

TEST_CASE_METHOD(fixture, "a zone without changes has no listeners; another zone means leaving the first", "[daytime_rounds]") {
  const dialer::daytime_tables none;
  const dialer::chain_environment without{form, 1, zones, none};
  daytime_listener who;
  rounds.set_zone(who, without, la);
  CHECK_FALSE(rounds.join(who, monday_ms));
  CHECK_FALSE(who.listens());
  join(who, la, monday_ms);
  join(who, berlin, monday_ms);
  CHECK(rounds.listeners() == 1);
  CHECK(hearing(monday_ms + 9 * hour_ms).size() == 1); // eight hours in Berlin, none in Los Angeles
  rounds.forget_zone(who);
  CHECK_FALSE(who.knows_zone());
}

TEST_CASE("sessions await a daytime change in states that name it", "[daytime_rounds]") {
  const auto awaits = [](const std::string& descriptor, const std::string& active) {
    const auto made = scxml::compile("<scxml xmlns='http://www.w3.org/2005/07/scxml' version='1.0' datamodel='null'>"
                                     "<state id='outer'><transition event='" +
                                         descriptor + "' target='other'/><state id='inner'/></state><state id='other'/></scxml>",
                                     {"t", &dialer::ocs_vocabulary(), {}});
    REQUIRE(made.document);
    scxml::session s;
    s.document = made.document;
    for (std::size_t i = 0; i < made.document->states.size(); ++i) {
      const auto& id = made.document->states[i].id;
      if (id == active || (active == "inner" && id == "outer")) s.configuration.insert(static_cast<std::uint16_t>(i));
    }
    daytime_transitions known;
    return known.awaited_by(s) && known.awaited_by(s);
  };
  for (const char* descriptor : {"*", "ocs", "ocs.*", "ocs.daytime_change", "ocs.timeout ocs.daytime_change"}) {
    CHECK(awaits(descriptor, "inner"));
    CHECK_FALSE(awaits(descriptor, "other"));
  }
  for (const char* descriptor : {"ocs.timeout", "oc", "ocs.daytime", "ocs.daytime_change.more", "error"})
    CHECK_FALSE(awaits(descriptor, "inner"));
}
