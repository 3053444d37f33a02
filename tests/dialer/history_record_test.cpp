// history_record_test.cpp: what is told of an attempt, and under which name.
#include "dialer/history_record.hpp"

#include <set>

#include "tests/catch.hpp"

using namespace chainring;
using namespace chainring::dialer;

namespace {

const calling_list form{"people", {"crm_id", "GSW_PHONE"}};

record a_row() {
  record row;
  row.record_id = 31;
  row.contact_info = "16505550100";
  row.chain_id = 12;
  row.chain_n = 2;
  row.attempt = 3;
  row.user = {"c-1", "not the phone"};
  return row;
}

attempt now(attempt_state state, std::optional<call_result> result = {}) {
  attempt a;
  a.state = state;
  a.trunk = "sim";
  a.started_ms = 1'767'643'200'123;
  a.ended_ms = 1'767'643'204'567;
  a.result = result;
  return a;
}

scxml::value body_of(const history_wanted& wanted, const attempt& a) {
  const auto post = history_record(wanted, a);
  CHECK(post->uri == "https://crm/history");
  scxml::value body;
  REQUIRE(scxml::from_json(post->body, body));
  return body;
}

std::string member(const scxml::value& body, std::string_view name) {
  const auto* found = body.find(name);
  return found ? scxml::to_text(*found) : "absent";
}

} // namespace

TEST_CASE("an attempt is told of when it is placed, and when it has ended", "[history]") {
  const auto wanted = history_of({"https://crm/history", "spring", dialing_mode::preview}, a_row(), form, 77, 4);
  const auto placed = body_of(*wanted, now(attempt_state::intent));
  const auto ended = body_of(*wanted, now(attempt_state::done, call_result::busy));
  for (const auto* body : {&placed, &ended}) {
    CHECK(member(*body, "GSW_CALL_ATTEMPT_GUID") == attempt_guid("people", 31, 4));
    CHECK(member(*body, "GSW_CALLING_LIST") == "people");
    CHECK(member(*body, "GSW_CAMPAIGN_NAME") == "spring");
    CHECK(member(*body, "GSW_CAMPAIGN_GROUP_NAME") == "spring");
    CHECK(member(*body, "GSW_CHAIN_ID") == "12");
    CHECK(member(*body, "GSW_CHAIN_N") == "2");
    CHECK(member(*body, "GSW_RECORD_HANDLE") == "77");
    CHECK(member(*body, "GSW_PHONE") == "16505550100"); // whatever a user column of that name says
    CHECK(member(*body, "GSW_ATTEMPTS") == "4");
    CHECK(member(*body, "GSW_DIAL_MODE") == "Preview");
    CHECK(member(*body, "GSW_DIALING") == "1767643200");
    CHECK(member(*body, "chainring_started_ms") == "1767643200123");
    CHECK(member(*body, "chainring_record_id") == "31");
    CHECK(member(*body, "chainring_trunk") == "sim");
    CHECK(member(*body, "crm_id") == "c-1");
  }
  CHECK(member(placed, "GSW_HIST_SEQUENCE_NUM") == "0");
  for (const char* name : {"GSW_CALL_RESULT", "GSW_CALL_TIME", "chainring_ended_ms", "chainring_attempt_state"})
    CHECK(member(placed, name) == "absent");
  CHECK(member(ended, "GSW_HIST_SEQUENCE_NUM") == "1");
  CHECK(member(ended, "GSW_CALL_RESULT") == "6");
  CHECK(member(ended, "GSW_CALL_TIME") == "1767643204");
  CHECK(member(ended, "chainring_ended_ms") == "1767643204567");
  CHECK(member(ended, "chainring_attempt_state") == "done");
}

TEST_CASE("an attempt whose end a crash has hidden is told of as unknown, without a handle", "[history]") {
  const auto wanted = history_of({"https://crm/history", "spring"}, a_row(), form, {}, 4);
  const auto lost = body_of(*wanted, now(attempt_state::unknown));
  CHECK(member(lost, "GSW_HIST_SEQUENCE_NUM") == "1");
  CHECK(member(lost, "GSW_CALL_RESULT") == std::to_string(static_cast<int>(call_result::unknown)));
  CHECK(member(lost, "chainring_attempt_state") == "unknown");
  CHECK(member(lost, "GSW_RECORD_HANDLE") == "absent");
}

TEST_CASE("the name of an attempt is a UUID of its own, the same for ever", "[history]") {
  CHECK(attempt_guid("people", 31, 4) == attempt_guid("people", 31, 4));
  std::set<std::string> names;
  for (const char* list : {"people", "others", ""})
    for (std::int64_t record = 1; record <= 30; ++record)
      for (std::int32_t n = 1; n <= 12; ++n) names.insert(attempt_guid(list, record, n));
  CHECK(names.size() == 3 * 30 * 12);
  for (const auto& name : names) {
    REQUIRE(name.size() == 36);
    for (const std::size_t dash : {8, 13, 18, 23}) CHECK(name[dash] == '-');
    CHECK(name[14] == '8');
    CHECK(std::string{"89ab"}.find(name[19]) != std::string::npos);
    CHECK(name.find_first_not_of("0123456789abcdef-") == std::string::npos);
  }
}

TEST_CASE("columns that have changed since are told as they are now, but no name of the engine's", "[history]") {
  const auto wanted = history_of({"http://crm/", "spring"}, a_row(), form, 7, 4);
  const auto changed = with_columns(*wanted, {{"crm_id", "c-2"}, {"GSW_PHONE", "1"}});
  CHECK(*changed->known.find("crm_id") == scxml::value("c-2"));
  CHECK(*changed->known.find("GSW_PHONE") == scxml::value("16505550100"));
  CHECK(*wanted->known.find("crm_id") == scxml::value("c-1"));
}
