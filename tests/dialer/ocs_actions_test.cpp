// ocs_actions_test.cpp: the guide's rows timeout, get_daytime, get_info, make_call and
// set_exec_flag, and the events.
#include <limits>

#include "dialer/error_codes.hpp"
#include "dialer/limits.hpp"
#include "dialer/ocs_events.hpp"
#include "tests/catch.hpp"
#include "tests/dialer/actions.hpp"

using namespace chainring;
using namespace chainring::dialer;
using namespace chainring::dialer::testing;

namespace {

/// Monday to Friday 09:00 to 17:00, holiday on Monday, 2026-01-19.
campaign with_tables() {
  weekday_table office;
  for (std::size_t i = 1; i <= 5; ++i) office.days[i] = business_hours{9 * 3'600, 17 * 3'600};
  campaign t;
  t.daytime = *daytime_tables::make(office, {{{2026, 1, 19}}});
  return t;
}

/// The delay that a timeout asks for, or -1.
std::int64_t delay_ms(campaign& t, const scxml::value& delay) {
  t.out = perform(t.c, act("timeout", {{"delay", delay}}), t.environment(), t.now_ms);
  const auto* wanted = std::get_if<timeout_wanted>(&t.out.answer);
  return wanted ? wanted->delay_ms : -1;
}

} // namespace

TEST_CASE("timeout: seconds as number or text") {
  campaign t;
  CHECK(delay_ms(t, 300) == 300'000); // the guide's five minutes
  CHECK(t.c.timeout_due_ms == t.now_ms + 300'000);
  CHECK(delay_ms(t, "300") == 300'000);
  CHECK(delay_ms(t, 0) == 0);
  CHECK(delay_ms(t, 0.25) == 250);
  CHECK(delay_ms(t, " 1.5 ") == 1'500);
}

TEST_CASE("timeout: a daytime code waits for the nearest such interval in the contact's zone") {
  campaign t = with_tables(); // Monday noon
  CHECK(delay_ms(t, "HDAY") == 14 * 24 * hour_ms - 12 * hour_ms);
  CHECK(delay_ms(t, "hday") == 14 * 24 * hour_ms - 12 * hour_ms);
  CHECK(delay_ms(t, "ABH") == 5 * hour_ms);
  CHECK(delay_ms(t, "BBH") == 12 * hour_ms);
  CHECK(delay_ms(t, "WEND") == 5 * 24 * hour_ms - 12 * hour_ms);
  CHECK(delay_ms(t, "BH") == 0); // inside
  t.now_ms += 1;
  CHECK(delay_ms(t, "ABH") == 5 * hour_ms - 1);
  CHECK(delay_ms(t, "BH") == 0);
}

TEST_CASE("timeout: the current record's zone counts") {
  campaign t = with_tables();
  record row = t.c.at(1);
  row.user[2] = "Europe/Berlin"; // 21:00 there
  t.c.put(1, row);
  CHECK(delay_ms(t, "BBH") == 12 * hour_ms);
  t.next(act("next_record"));
  t.next(act("next_record"));
  CHECK(delay_ms(t, "BBH") == 3 * hour_ms);
}

TEST_CASE("timeout: wrong delays are Error.Attribute") {
  campaign t;
  for (const scxml::value& delay :
       {scxml::value(-1), scxml::value("-0.5"), scxml::value("soon"), scxml::value(""),
        scxml::value(true), scxml::value(std::numeric_limits<double>::quiet_NaN()),
        scxml::value(std::numeric_limits<double>::infinity()), scxml::value("1s"),
        scxml::value(scxml::array{})})
    CHECK(t.refused(act("timeout", {{"delay", delay}})) == "Error.Attribute 3");
  CHECK(t.refused(act("timeout", {{"delay", static_cast<double>(limits::timeout_seconds_max) +
                                                1}})) == "Error.Attribute 4");
  CHECK(t.refused(act("timeout")) == "Error.Attribute 1");
  CHECK(t.refused(act("timeout", {{"delay", scxml::undefined{}}})) == "Error.Attribute 1");
  CHECK(t.c.timeout_due_ms == 0);
}

TEST_CASE("timeout and get_info: a missing table is Error.Configuration") {
  campaign none;
  for (const char* code : {"BBH", "BH", "ABH", "WEND"}) {
    CHECK(none.refused(act("timeout", {{"delay", code}})) == "Error.Configuration 100");
    CHECK(none.refused(act("get_info", {{"what", "TIMERANGE"}, {"param", code}})) ==
          "Error.Configuration 100");
  }
  CHECK(none.refused(act("timeout", {{"delay", "HDAY"}})) == "Error.Configuration 101");
  campaign t;
  t.daytime = *daytime_tables::make(std::nullopt, {{{2020, 1, 1}}});
  CHECK(t.refused(act("timeout", {{"delay", "HDAY"}})) == "Error.Configuration 102");
  record lost = t.c.at(0);
  lost.tz_dbid = 999;
  t.c.put(0, lost);
  CHECK(t.refused(act("timeout", {{"delay", "HDAY"}})) == "Error.Configuration 103");
  CHECK(t.refused(act("get_daytime")) == "Error.Configuration 103");
}

TEST_CASE(
    "timeout: a new one replaces the pending one, and its end is ocs.timeout without properties") {
  campaign t;
  CHECK(delay_ms(t, 300) == 300'000);
  CHECK(t.out.warnings.empty());
  CHECK(delay_ms(t, 60) == 60'000);
  CHECK(t.out.warnings ==
        std::vector<std::string>{"a timeout was pending: the new one replaces it"});
  CHECK(t.c.timeout_due_ms == t.now_ms + 60'000);
  const auto e = expire_timeout(t.c);
  CHECK(e.name == "ocs.timeout");
  CHECK(e.data.is_undefined());
  CHECK(t.c.timeout_due_ms == 0);
}

TEST_CASE("get_daytime answers with the code of the moment") {
  campaign t = with_tables();
  const auto code = [&] { return scxml::to_text(t.property(act("get_daytime"), "daytime_code")); };
  CHECK(t.event(act("get_daytime"))->name == "ocs.daytime_change");
  CHECK(code() == "BH");
  t.now_ms = monday_ms;
  CHECK(code() == "BBH");
  t.now_ms = monday_ms + 18 * hour_ms;
  CHECK(code() == "ABH");
  t.now_ms = monday_ms + 5 * 24 * hour_ms;
  CHECK(code() == "WEND");
  t.now_ms = monday_ms + 14 * 24 * hour_ms;
  CHECK(code() == "HDAY");
  t.daytime = {};
  CHECK(code() == "HDAY");
  CHECK(current_daytime_event(t.c, t.environment(), t.now_ms) ==
        daytime_change_event(daytime_code::hday));
}

TEST_CASE("get_info: seconds until an interval, as text") {
  campaign t = with_tables();
  const auto seconds = [&](const char* what, const char* param) {
    return t.property(act("get_info", {{"what", what}, {"param", param}}), "result");
  };
  CHECK(seconds("TIMERANGE", "HDAY") == scxml::value("1166400")); // 13.5 days
  CHECK(t.event(act("get_info", {{"what", "timerange"}, {"param", "abh"}}))->name == "ocs.info");
  CHECK(seconds("TIMERANGE", "ABH") == scxml::value("18000"));
  CHECK(seconds("TIMERANGE", "BH") == scxml::value("0"));
}

TEST_CASE("get_info: wrong attributes are Error.Attribute") {
  campaign t = with_tables();
  CHECK(t.refused(act("get_info", {{"param", "BH"}})) == "Error.Attribute 1");
  CHECK(t.refused(act("get_info", {{"what", "WEATHER"}, {"param", "BH"}})) == "Error.Attribute 8");
  CHECK(t.refused(act("get_info", {{"what", "TIMERANGE"}})) == "Error.Attribute 9");
  CHECK(t.refused(act("get_info", {{"what", "TIMERANGE"}, {"param", "LUNCH"}})) ==
        "Error.Attribute 9");
  CHECK(t.refused(act("get_info", {{"what", "TIMERANGE"}, {"param", 3}})) == "Error.Attribute 9");
}

TEST_CASE("make_call wants the record of the handle, number or text") {
  campaign t;
  for (const scxml::value& handle :
       {scxml::value(handle_base + 2), scxml::value(std::to_string(handle_base + 2))}) {
    t.c.note_result(2, call_result::busy, t.now_ms);
    t.out = perform(t.c, act("make_call", {{"record_id", handle}}), t.environment(), t.now_ms);
    const auto* wanted = std::get_if<call_wanted>(&t.out.answer);
    REQUIRE(wanted);
    CHECK(wanted->position == 2);
  }
}

TEST_CASE("make_call: a record that does not exist is Error.Attribute") {
  campaign t;
  for (const scxml::value& handle :
       {scxml::value(handle_base + 3), scxml::value(handle_base - 1), scxml::value(0),
        scxml::value(-1), scxml::value(101), scxml::value("abc"), scxml::value(""),
        scxml::value(scxml::null{}), scxml::value(handle_base + 0.5), scxml::value(1e300),
        scxml::value(true)})
    CHECK(t.refused(act("make_call", {{"record_id", handle}})) == "Error.Attribute 5");
  CHECK(t.refused(act("make_call")) == "Error.Attribute 5");
}

TEST_CASE("make_call: a record whose call is in progress is Error.Attribute, until the call has ended") {
  campaign t;
  const auto call = [&](int record) { return act("make_call", {{"record_id", handle_base + record}}); };
  CHECK(t.refused(call(1)).empty());
  CHECK(t.refused(call(1)) == "Error.Attribute 21");
  CHECK(t.out.warnings == std::vector<std::string>{"record_id is 16288, whose call has no result yet"});
  CHECK(t.refused(call(2)).empty()); // another record of the chain can be called meanwhile
  t.c.note_result(1, call_result::busy, t.now_ms);
  CHECK(t.refused(call(2)) == "Error.Attribute 21");
  CHECK(t.refused(call(1)).empty());
  REQUIRE(std::holds_alternative<call_wanted>(t.out.answer));
}

TEST_CASE("set_exec_flag sets PostProcessing; Finalize is the default") {
  campaign t;
  CHECK(t.c.after == post_processing::finalize);
  CHECK(t.answers_nothing(act("set_exec_flag", {{"flag", "PostProcessing"}, {"value", "Switch"}})));
  CHECK(t.c.after == post_processing::switch_to_traditional);
  CHECK(name_of(t.c.after) == "Switch");
  CHECK(
      t.answers_nothing(act("set_exec_flag", {{"flag", "postprocessing"}, {"value", "finalize"}})));
  CHECK(t.c.after == post_processing::finalize);
  CHECK(t.refused(act("set_exec_flag", {{"flag", "Recording"}, {"value", "Switch"}})) ==
        "Error.Attribute 19");
  CHECK(t.refused(act("set_exec_flag", {{"flag", "PostProcessing"}, {"value", "Stop"}})) ==
        "Error.Attribute 20");
  CHECK(t.refused(act("set_exec_flag", {{"flag", "PostProcessing"}})) == "Error.Attribute 1");
  CHECK(t.c.after == post_processing::finalize);
}

TEST_CASE("an attribute that cannot be evaluated is Error.Attribute") {
  const auto out =
      perform(scxml::action_failed_effect{ocs::make_call, "record_id", "x is not defined"});
  const auto& due = std::get<events_due>(out.answer);
  REQUIRE(due.size() == 1);
  CHECK(due[0].name == "Error.Attribute");
  CHECK(*due[0].data.find("Error_code") == scxml::value(2));
  CHECK(*due[0].data.find("error_code") == scxml::value(2));
  CHECK(out.warnings ==
        std::vector<std::string>{"record_id cannot be evaluated: x is not defined"});
}

TEST_CASE("ocs.callresult names the result; Ok and Unknown are no events") {
  for (const auto& entry : all_call_results()) {
    const auto e = call_result_event(entry.code, 16'287);
    INFO(entry.name);
    const bool untreated = entry.code == call_result::ok || entry.code == call_result::unknown;
    REQUIRE(e.has_value() == !untreated);
    if (!e) continue;
    CHECK(e->name == "ocs.callresult");
    CHECK(*e->data.find("callresult") == scxml::value(entry.name));
    CHECK(*e->data.find("record_id") == scxml::value(16'287));
    CHECK(*e->data.find("code") == scxml::value(static_cast<int>(entry.code)));
    CHECK_FALSE(e->data.find("attempt_state"));
  }
  CHECK(call_result_event(call_result::ok, 1, true));
  CHECK_FALSE(call_result_event(call_result::unknown, 1, true));
}

TEST_CASE("an attempt that a crash left unknown is SystemError and says so") {
  const auto e = unknown_attempt_event(16'288);
  CHECK(e.name == "ocs.callresult");
  CHECK(*e.data.find("callresult") == scxml::value("SystemError"));
  CHECK(*e.data.find("attempt_state") == scxml::value("unknown"));
}
