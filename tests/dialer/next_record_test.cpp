// next_record_test.cpp: the rows next_record, contact_info_type and ocs.next_record of the OCS
// guide.
#include "tests/catch.hpp"
#include "tests/dialer/actions.hpp"

using namespace chainring;
using namespace chainring::dialer;
using namespace chainring::dialer::testing;

namespace {

using children = std::vector<std::pair<std::string, attributes>>;

scxml::action_effect next_of(const children& criteria, const attributes& given = {}) {
  return act("next_record", given, criteria);
}

} // namespace

TEST_CASE("without criteria records come in database order, then null for ever") {
  campaign t;
  CHECK(t.next(act("next_record")) == "0");
  CHECK(t.next(act("next_record")) == "1");
  CHECK(t.next(act("next_record")) == "2");
  CHECK(t.next(act("next_record")) == "null");
  CHECK(t.next(act("next_record")) == "null");
  CHECK(t.c.current == 2);
}

TEST_CASE("when no record is left, record_id is null and there is nothing else") {
  campaign t;
  const auto* e = t.event(next_of({{"contact_info_type", {{"type_name", "PAGER"}}}}));
  REQUIRE(e);
  CHECK(e->name == "ocs.next_record");
  CHECK(e->type == scxml::event_type::external);
  CHECK(e->data == scxml::value(scxml::object{{{"record_id", scxml::null{}}}}));
}

TEST_CASE("guide example 1: the home phone, by id") {
  campaign t;
  CHECK(t.next(next_of({{"contact_info_type", {{"type_id", 1}}}})) == "0");
  CHECK(t.next(next_of({{"contact_info_type", {{"type_id", 1}}}})) == "null");
}

TEST_CASE("guide example 2: neither home nor mobile; its words stand without quotes too") {
  for (const char* yes : {"yes", "YES", " yes "}) {
    campaign t;
    const children criteria = {{"contact_info_type", {{"type_name", "HOME"}, {"exclude", yes}}},
                               {"contact_info_type", {{"type_name", "mobile"}, {"exclude", yes}}}};
    CHECK(t.next(next_of(criteria)) == "2");
  }
}

TEST_CASE("guide example 4: repeat_chain begins again at the first record") {
  campaign t;
  t.next(act("next_record"));
  t.next(act("next_record"));
  CHECK(t.next(act("next_record", {{"repeat_chain", "no"}})) == "2");
  CHECK(t.next(act("next_record", {{"repeat_chain", "yes"}})) == "0");
  CHECK(t.next(act("next_record")) == "1");
  CHECK(t.next(act("next_record", {{"repeat_chain", true}})) == "0");
  CHECK(t.next(act("next_record", {{"repeat_chain", scxml::null{}}})) == "1");
}

TEST_CASE("includes are any of, excludes take away") {
  campaign t;
  const children both = {{"contact_info_type", {{"type_name", "MOBILE"}}},
                         {"contact_info_type", {{"type_id", "2"}, {"exclude", "no"}}}};
  CHECK(t.next(next_of(both)) == "1");
  CHECK(t.next(next_of(both)) == "2");
  CHECK(t.next(next_of(both)) == "null");
  campaign other;
  CHECK(other.next(next_of(
            {{"contact_info_type", {{"type_name", "MOBILE"}}},
             {"contact_info_type", {{"type_name", "MOBILE"}, {"exclude", "yes"}}}})) == "null");
}

TEST_CASE("a search that finds nothing leaves the cursor") {
  campaign t;
  CHECK(t.next(act("next_record")) == "0");
  CHECK(t.next(next_of({{"contact_info_type", {{"type_name", "VACATION"}}}})) == "null");
  CHECK(t.next(act("next_record")) == "1");
}

TEST_CASE("every type has its name and number") {
  const std::pair<const char*, int> types[] = {
      {"NO_TYPE", 0},    {"HOME", 1},      {"DIRECT_BUSINESS", 2}, {"BUSINESS_WITH_EXTENSION", 3},
      {"MOBILE", 4},     {"VACATION", 5},  {"PAGER", 6},           {"MODEM", 7},
      {"VOICE_MAIL", 8}, {"PIN_PAGER", 9}, {"E-MAIL", 10}};
  for (const auto& [name, type] : types) {
    INFO(name);
    auto records = campaign::records();
    records.records[1].contact_info_type = static_cast<std::uint8_t>(type);
    records.records[0].contact_info_type = records.records[2].contact_info_type = type == 1 ? 2 : 1;
    campaign t;
    t.c = *chain::make(records, handle_base);
    CHECK(t.next(next_of({{"contact_info_type", {{"type_name", name}}}})) == "1");
    CHECK(t.next(next_of({{"contact_info_type", {{"type_id", type}}}},
                         {{"repeat_chain", "yes"}})) == "1");
    CHECK(t.out.warnings.empty());
  }
}

TEST_CASE("type_id counts before type_name, and a warning says when they differ") {
  campaign t;
  CHECK(t.next(next_of({{"contact_info_type", {{"type_id", 4}, {"type_name", "HOME"}}}})) == "1");
  REQUIRE(t.out.warnings.size() == 1);
  CHECK(t.out.warnings[0] == "type_id 4 is MOBILE, type_name says 'HOME': type_id counts");
  CHECK(t.next(next_of(
            {{"contact_info_type", {{"type_id", 2}, {"type_name", "DIRECT_BUSINESS"}}}})) == "2");
  CHECK(t.out.warnings.empty());
}

TEST_CASE("wrong criteria are Error.Attribute and move nothing") {
  campaign t;
  CHECK(t.refused(next_of({{"contact_info_type", {}}})) == "Error.Attribute 6");
  CHECK(t.refused(next_of({{"contact_info_type", {{"type_id", 11}}}})) == "Error.Attribute 6");
  CHECK(t.refused(next_of({{"contact_info_type", {{"type_id", -1}}}})) == "Error.Attribute 6");
  CHECK(t.refused(next_of({{"contact_info_type", {{"type_id", 1.5}}}})) == "Error.Attribute 6");
  CHECK(t.refused(next_of({{"contact_info_type", {{"type_name", "FAX"}}}})) == "Error.Attribute 6");
  CHECK(t.refused(next_of({{"contact_info_type", {{"type_id", 1}, {"exclude", "maybe"}}}})) ==
        "Error.Attribute 7");
  CHECK(t.refused(act("next_record", {{"repeat_chain", "perhaps"}})) == "Error.Attribute 7");
  CHECK(t.c.cursor == 0);
}

TEST_CASE("ocs.next_record brings the handle, the pseudo-fields and every column") {
  campaign t;
  t.next(act("next_record"));
  const auto* e = t.event(act("next_record"));
  REQUIRE(e);
  const auto property = [&](const char* name) { return scxml::to_text(*e->data.find(name)); };
  CHECK(*e->data.find("record_id") == scxml::value(handle_base + 1));
  CHECK(property("contact_info") == "5552");
  CHECK(*e->data.find("gsw_chain_attempts") == scxml::value(0 + 1 + 2));
  CHECK(property("gsw_preferred_flag") == "no");
  CHECK(*e->data.find("tz_offset") == scxml::value(-8 * 3'600));
  CHECK(property("gsw_list_name") == "spring");
  CHECK(*e->data.find("db_record_id") == scxml::value(101));
  CHECK(*e->data.find("attempt") == scxml::value(1));
  CHECK(*e->data.find("chain_id") == scxml::value(7));
  CHECK(property("UserField") == "u1");
  CHECK(e->data.find("agent_id")->is<scxml::null>());
  CHECK(e->data.as<scxml::object>()->members.size() == 23 + 3 + 5);
  for (const auto& column : mandatory_columns()) CHECK(e->data.find(column.name));
}

TEST_CASE("tz_offset follows daylight-saving time and the record's zone") {
  campaign t;
  t.now_ms = 1'772'964'000'000 - 1; // a millisecond before the clocks of Los Angeles go forward
  CHECK(t.property(act("next_record"), "tz_offset") == scxml::value(-8 * 3'600));
  t.now_ms += 1;
  CHECK(t.property(act("next_record"), "tz_offset") == scxml::value(-7 * 3'600));
  record row = t.c.at(2);
  row.user[2] = "Asia/Kolkata";
  t.c.put(2, row);
  CHECK(t.property(act("next_record"), "tz_offset") == scxml::value(19'800));
}

TEST_CASE("the preferred contact type comes first and is flagged") {
  campaign t;
  t.preferred_field = "preferred";
  for (const char* preferred : {"4", "MOBILE"}) {
    auto records = campaign::records();
    records.records[1].user[1] = preferred;
    t.c = *chain::make(records, handle_base);
    CHECK(t.next(act("next_record")) == "1");
    CHECK(t.property(act("next_record", {{"repeat_chain", "yes"}}), "gsw_preferred_flag") ==
          scxml::value("yes"));
    CHECK(t.next(act("next_record")) == "0"); // then the others, none twice
    CHECK(*std::get<events_due>(t.out.answer)[0].data.find("gsw_preferred_flag") ==
          scxml::value("no"));
    CHECK(t.next(act("next_record")) == "2");
    CHECK(t.next(act("next_record")) == "null");
  }
}

TEST_CASE("a preferred field that says nothing changes nothing") {
  for (const char* preferred : {"", "11", "somebody"}) {
    campaign t;
    t.preferred_field = "preferred";
    auto records = campaign::records();
    records.records[0].user[1] = preferred;
    t.c = *chain::make(records, handle_base);
    CHECK(t.property(act("next_record"), "gsw_preferred_flag") == scxml::value("no"));
    CHECK(t.c.current == 0);
  }
  campaign t;
  t.preferred_field = "no_such_column";
  CHECK(t.next(act("next_record")) == "0");
}

TEST_CASE("next_record: the list's order, the preferred contact before it") {
  const auto next_record = act("next_record");
  campaign t;
  t.order = *record_order::make("UserField DESC", t.form);
  for (const char* want : {"2", "1", "0", "null"}) CHECK(t.next(next_record) == want);
  CHECK(t.next(act("next_record", {{"repeat_chain", "yes"}})) == "2");
  campaign preferred;
  preferred.order = t.order;
  preferred.preferred_field = "preferred";
  auto records = campaign::records();
  records.records[2].user[1] = "HOME";
  preferred.c = *chain::make(records, handle_base);
  for (const char* want : {"0", "2", "1", "null"}) CHECK(preferred.next(next_record) == want);
}

TEST_CASE("next_record passes over rows that are not Ready: cancelled ones, and those that have been dealt with") {
  campaign t;
  auto records = campaign::records();
  records.records[0].record_status = record_status::cancelled;
  records.records[1].record_status = record_status::retrieved;
  records.records[2].record_status = record_status::chain_updated;
  t.c = *chain::make(records, handle_base);
  for (const char* want : {"1", "null"}) CHECK(t.next(act("next_record")) == want);
}
