// set_flex_attr_test.cpp: the guide's rows set_flex_attr and flex_attr: OPTIONS, EXTENSIONS,
// USERDATA.
#include "dialer/limits.hpp"
#include "tests/catch.hpp"
#include "tests/dialer/actions.hpp"

using namespace chainring;
using namespace chainring::dialer;
using namespace chainring::dialer::testing;

namespace {

std::pair<std::string, attributes> flex(const char* attr, const char* type, const char* key,
                                        const scxml::value& to) {
  return {"flex_attr", {{"attr", attr}, {"type", type}, {"key", key}, {"value", to}}};
}
scxml::action_effect set(const scxml::value& record_id,
                         const std::vector<std::pair<std::string, attributes>>& all) {
  return act("set_flex_attr", {{"record_id", record_id}}, all);
}

using pairs = text_pairs;

} // namespace

TEST_CASE("guide example 1: options of one record") {
  campaign t;
  CHECK(t.answers_nothing(
      set(handle_base, {flex("OPTIONS", "string", "CPNDigits", "8884554040"),
                        flex("OPTIONS", "string", "pre-dial-validation", "false")})));
  CHECK(t.c.flex.of(flex_kind::options, 0) ==
        pairs{{"CPNDigits", "8884554040"}, {"pre-dial-validation", "false"}});
  CHECK(t.c.flex.of(flex_kind::options, 1).empty());
  CHECK(t.out.rows.empty());
  CHECK(t.out.warnings.empty());
}

TEST_CASE("guide example 2: record_id '0' means all records") {
  for (const scxml::value& all : {scxml::value("0"), scxml::value(0)}) {
    campaign t;
    CHECK(t.answers_nothing(set(all, {flex("OPTIONS", "string", "pre-dial-validation", "true"),
                                      flex("USERDATA", "string", "UserField", "UserValue"),
                                      flex("EXTENSIONS", "string", "DialAttr", "AttrValue")})));
    for (std::int32_t i = 0; i < 3; ++i) {
      CHECK(t.c.flex.of(flex_kind::options, i) == pairs{{"pre-dial-validation", "true"}});
      CHECK(t.c.flex.of(flex_kind::extensions, i) == pairs{{"DialAttr", "AttrValue"}});
      CHECK(t.c.at(static_cast<std::size_t>(i)).user[0] == "UserValue");
    }
    REQUIRE(t.out.rows.size() == 3);
    const auto& row = t.out.rows[1];
    CHECK(row.key == record_key{3, 7, 2});
    REQUIRE(row.columns.size() == 1);
    CHECK(row.columns[0].first == "UserField");
    CHECK(row.columns[0].second == "UserValue");
  }
}

TEST_CASE("a record's own attribute counts before the chain's, the later word before the earlier") {
  campaign t;
  CHECK(t.answers_nothing(set(0, {flex("OPTIONS", "string", "CPNDigits", "1")})));
  CHECK(t.answers_nothing(set(handle_base + 1, {flex("OPTIONS", "string", "cpndigits", "2")})));
  CHECK(t.c.flex.find(flex_kind::options, 0, "CPNDigits") == "1");
  CHECK(t.c.flex.find(flex_kind::options, 1, "CPNDigits") == "2");
  CHECK(t.answers_nothing(set(0, {flex("OPTIONS", "string", "CPNDigits", "3")})));
  CHECK(t.c.flex.find(flex_kind::options, 1, "CPNDigits") == "3");
}

TEST_CASE("the documented options are known, others are passed on with a warning") {
  campaign t;
  for (const char* key :
       {"assured-connect", "CPNDigits", "CPNDisplayName", "call_answer_type_recognition", "media"}) {
    CHECK(t.answers_nothing(set(0, {flex("OPTIONS", "string", key, "x")})));
    CHECK(t.out.warnings.empty());
  }
  CHECK(t.answers_nothing(set(0, {flex("OPTIONS", "string", "ring-tone", "x")})));
  CHECK(t.out.warnings ==
        std::vector<std::string>{"option 'ring-tone' is not known: it is passed on to the trunk"});
  CHECK(t.c.flex.find(flex_kind::options, 0, "ring-tone") == "x");
}

TEST_CASE("int wants an integral number, string takes scalars") {
  campaign t;
  CHECK(t.answers_nothing(
      set(0, {flex("EXTENSIONS", "int", "a", 5), flex("EXTENSIONS", "INT", "b", " 6 "),
              flex("EXTENSIONS", "string", "c", 7), flex("EXTENSIONS", "string", "d", true),
              flex("extensions", "string", "e", "")})));
  CHECK(t.c.flex.of(flex_kind::extensions, 0) ==
        pairs{{"a", "5"}, {"b", "6"}, {"c", "7"}, {"d", "true"}, {"e", ""}});
  for (const scxml::value& bad :
       {scxml::value(1.5), scxml::value("1.5"), scxml::value("x"), scxml::value(true)})
    CHECK(t.refused(set(0, {flex("EXTENSIONS", "int", "a", bad)})) == "Error.Attribute 14");
  CHECK(t.refused(set(0, {flex("EXTENSIONS", "string", "a", scxml::object{})})) ==
        "Error.Attribute 14");
}

TEST_CASE("wrong attributes are Error.Attribute") {
  campaign t;
  const auto good = flex("OPTIONS", "string", "CPNDigits", "1");
  CHECK(t.refused(set(handle_base + 3, {good})) == "Error.Attribute 5");
  CHECK(t.refused(set("zero", {good})) == "Error.Attribute 5");
  CHECK(t.refused(act("set_flex_attr", {}, {good})) == "Error.Attribute 5");
  CHECK(t.refused(set(0, {})) == "Error.Attribute 10");
  CHECK(t.refused(set(0, {flex("SETTINGS", "string", "a", "1")})) == "Error.Attribute 11");
  CHECK(t.refused(set(0, {flex("OPTIONS", "float", "a", "1")})) == "Error.Attribute 12");
  CHECK(t.refused(set(0, {flex("OPTIONS", "string", "", "1")})) == "Error.Attribute 13");
  CHECK(t.refused(set(0, {flex("EXTENSIONS", "string", "a\r\nVia", "1")})) == "Error.Attribute 13");
  CHECK(t.refused(set(0, {flex("EXTENSIONS", "string", "a", "1\r\nVia: x")})) ==
        "Error.Attribute 14");
  CHECK(t.refused(set(0, {flex("OPTIONS", "string", "pre-dial-validation", "perhaps")})) ==
        "Error.Attribute 14");
  CHECK(t.refused(set(0, {{"flex_attr", {{"attr", "OPTIONS"}}}})) == "Error.Attribute 1");
  CHECK(t.c.flex.size() == 0);
}

TEST_CASE("flexible attributes are bounded") {
  campaign t;
  for (std::size_t i = 0; i < limits::flex_attributes_per_chain_max; ++i)
    CHECK(t.answers_nothing(
        set(0, {flex("EXTENSIONS", "string", ("k" + std::to_string(i)).c_str(), "1")})));
  CHECK(t.refused(set(0, {flex("EXTENSIONS", "string", "one-more", "1")})) == "Error.Attribute 15");
  CHECK(t.answers_nothing(set(0, {flex("EXTENSIONS", "string", "k0", "2")})));
  const std::string long_value(limits::flex_value_bytes_max + 1, 'x');
  CHECK(t.refused(set(0, {flex("EXTENSIONS", "string", "k0", long_value)})) ==
        "Error.Attribute 14");
}

TEST_CASE("USERDATA updates mandatory and user columns, seen by the next event") {
  campaign t;
  CHECK(t.answers_nothing(set(handle_base, {flex("USERDATA", "string", "contact_info", "5559"),
                                            flex("USERDATA", "int", "daily_from", 30'600),
                                            flex("USERDATA", "string", "call_result", "Busy"),
                                            flex("USERDATA", "string", "userfield", "new")})));
  const auto row = t.c.at(0);
  CHECK(row.contact_info == "5559");
  CHECK(row.daily_from == 30'600);
  CHECK(row.call_result == call_result::busy);
  CHECK(row.user[0] == "new");
  REQUIRE(t.out.rows.size() == 1);
  using columns = std::vector<std::pair<std::string, std::optional<std::string>>>;
  CHECK(t.out.rows[0].columns == columns{{"contact_info", "5559"},
                                                                {"daily_from", "30600"},
                                                                {"call_result", "6"},
                                                                {"UserField", "new"}});
  CHECK(t.property(act("next_record"), "contact_info") == scxml::value("5559"));
  CHECK(t.c.at(1) == campaign::records().records[1]);
}

TEST_CASE("a column set twice is written once, with the last value") {
  campaign t;
  CHECK(t.answers_nothing(set(handle_base, {flex("USERDATA", "string", "UserField", "a"),
                                            flex("USERDATA", "string", "UserField", "b")})));
  REQUIRE(t.out.rows.size() == 1);
  const auto& row = t.out.rows[0];
  REQUIRE(row.columns.size() == 1);
  CHECK(row.columns[0].second == "b");
}

TEST_CASE("USERDATA refuses what the row cannot hold, and then nothing changes") {
  campaign t;
  const auto refused = [&](const char* key, const scxml::value& to) {
    return t.refused(set(handle_base + 2, {flex("USERDATA", "string", "UserField", "changed"),
                                           flex("OPTIONS", "string", "CPNDigits", "1"),
                                           flex("USERDATA", "string", key, to)}));
  };
  CHECK(refused("no_such_column", "x") == "Error.Attribute 16");
  CHECK(refused("daily_from", "noon") == "Error.Attribute 17");
  CHECK(refused("contact_info_type", "11") == "Error.Attribute 17");
  CHECK(refused("contact_info", "") == "Error.Attribute 17");
  CHECK(refused("tz_name", "Mars/Olympus") == "Error.Attribute 17");
  CHECK(refused("tz_dbid", "999") == "Error.Attribute 17");
  CHECK(refused("record_id", "1") == "Error.Attribute 18");
  CHECK(refused("chain_id", "1") == "Error.Attribute 18");
  CHECK(refused("chain_n", "1") == "Error.Attribute 18");
  CHECK(refused("attempt", "1") == "Error.Attribute 18"); // two were made
  for (std::size_t i = 0; i < 3; ++i) CHECK(t.c.at(i) == campaign::records().records[i]);
  CHECK(t.c.flex.size() == 0);
  CHECK(t.out.rows.empty());
}

TEST_CASE("what switches an option on and off", "[flex]") {
  for (const char* yes : {"yes", "TRUE", " on ", "1"}) CHECK(switch_value(yes) == true);
  for (const char* no : {"no", "False", "off", "0"}) CHECK(switch_value(no) == false);
  CHECK_FALSE(switch_value("maybe"));
}
