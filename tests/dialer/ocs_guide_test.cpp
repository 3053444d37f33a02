// ocs_guide_test.cpp: the rows of the OCS guide's tables, each shown by a whole treatment: text, compiler, session, events.
// dialer/ocs_guide.md says which test shows which row.
#include <array>

#include "tests/dialer/treatment.hpp"

using namespace chainring;
using namespace chainring::dialer;
using namespace chainring::dialer::testing;

namespace {

constexpr std::array<const char*, 5> daytime_codes = {"BBH", "BH", "ABH", "WEND", "HDAY"};
const std::string both_codes = "_event.data.Error_code + '=' + _event.data.error_code";

std::string spaceless(std::string text) {
  while (!text.empty() && text.back() == ' ') text.pop_back();
  return text;
}
/// What `expr` gives upon the event that follows the actions; "" when no such event comes.
std::string heard_in(treatment_run& r, const std::string& actions, const std::string& event, const std::string& expr) {
  r.run(document(state(1, actions, event, expr) + last(2)));
  return spaceless(r.heard);
}
/// The same with the three records and office hours.
std::string heard(const std::string& actions, const std::string& event, const std::string& expr) {
  treatment_run r;
  r.t.daytime = with_holiday();
  return heard_in(r, actions, event, expr);
}
/// Name and number, by both spellings, of the error that the actions are answered with. get_daytime comes after them, so that
/// its answer shows when nothing else came.
std::string error_of(const std::string& actions) {
  return heard(actions + "<ocs:get_daytime/>", "*",
               "(_event.name == 'ocs.daytime_change' ? 'nothing' : _event.name + ' ' + " + both_codes + ")");
}
std::string type(const std::string& attributes) { return "<ocs:contact_info_type " + attributes + "/>"; }
std::string next(const std::string& criteria, const std::string& attributes = "") {
  return "<ocs:next_record " + attributes + ">" + criteria + "</ocs:next_record>";
}
std::string flex(const std::string& attr, const std::string& type, const std::string& key, const std::string& to) {
  return "<ocs:flex_attr attr=\"'" + attr + "'\" type=\"'" + type + "'\" key=\"'" + key + "'\" value=\"" + to + "\"/>";
}
std::string set_flex(const std::string& record_id, const std::string& children) {
  return "<ocs:set_flex_attr record_id=\"" + record_id + "\">" + children + "</ocs:set_flex_attr>";
}
/// The first complaint about a document with these actions.
std::string complaint(const std::string& actions) {
  const auto compiled = scxml::compile(document(state(1, actions, "e", "''") + last(2)), {"t.scxml", &ocs_vocabulary(), {}});
  CHECK_FALSE(compiled.document);
  return compiled.complaints.empty() ? "" : compiled.complaints[0].what + ": " + compiled.complaints[0].mend;
}

} // namespace

// -- timeout ------------------------------------------------------------------------------------------------------------------

TEST_CASE("guide, timeout: ocs.timeout comes after delay seconds and has no properties") {
  treatment_run r;
  r.clock_moves = true;
  const auto before_ms = r.t.now_ms;
  CHECK(heard_in(r, "<ocs:timeout delay=\"300\"/>", "ocs.timeout", "typeof _event.data") == "undefined");
  CHECK(r.t.now_ms == before_ms + 300'000);
  CHECK(r.trace == std::vector<std::string>{"wait 300"});
  treatment_run computed;
  heard_in(computed, "<assign location=\"record_id\" expr=\"2\"/><ocs:timeout delay=\"60 * record_id\"/>", "ocs.timeout", "1");
  CHECK(computed.trace == std::vector<std::string>{"wait 120"});
}

TEST_CASE("guide, timeout: a delay to each daytime interval ends where get_daytime names it, with and without quotes") {
  for (const std::string code : daytime_codes)
    for (const std::string& delay : {code, "'" + code + "'"}) {
      INFO(delay);
      treatment_run r;
      r.t.daytime = with_holiday();
      r.clock_moves = true;
      r.run(document(state(1, "<ocs:timeout delay=\"" + delay + "\"/>", "ocs.timeout", "_event.name") +
                     state(2, "<ocs:get_daytime/>", "ocs.daytime_change", "_event.data.daytime_code") + last(3)));
      CHECK(spaceless(r.heard) == "ocs.timeout " + code);
      CHECK((r.trace == std::vector<std::string>{"wait 0"}) == (code == "BH")); // it is Monday noon
    }
}

// -- next_record, contact_info_type -------------------------------------------------------------------------------------------

TEST_CASE("guide, next_record: database order; repeat_chain yes begins again, no and nothing do not") {
  treatment_run r;
  const std::string contact = "_event.data.contact_info", heard_of = "ocs.next_record";
  r.run(document(state(1, "<ocs:next_record/>", heard_of, contact) + state(2, "<ocs:next_record/>", heard_of, contact) +
                 state(3, "<ocs:next_record repeat_chain=\"'no'\"/>", heard_of, contact) +
                 state(4, "<ocs:next_record repeat_chain=\"'yes'\"/>", heard_of, contact) +
                 state(5, "<ocs:next_record repeat_chain=\"yes\"/>", heard_of, contact) +
                 state(6, "<ocs:next_record repeat_chain=\"no\"/>", heard_of, contact) + last(7)));
  CHECK(r.heard == "5551 5552 5553 5551 5551 5552 ");
}

TEST_CASE("guide, next_record: at the end of the chain record_id is null and nothing else is there") {
  const std::string what = "(_event.data.record_id === null) + ' ' + Object.keys(_event.data).join()";
  CHECK(heard(next(type("type_name=\"PAGER\"")), "ocs.next_record", what) == "true record_id");
  treatment_run r;
  r.run(document(state(1, "<ocs:next_record/>", "ocs.next_record", "''") +
                 state(2, "<ocs:next_record/>", "ocs.next_record", "''") +
                 state(3, "<ocs:next_record/>", "ocs.next_record", "''") +
                 state(4, "<ocs:next_record/>", "ocs.next_record", what) + last(5)));
  CHECK(spaceless(r.heard).ends_with("true record_id"));
}

TEST_CASE("guide, contact_info_type: each id and each name finds the record of that type, with and without quotes") {
  const char* names[] = {"NO_TYPE", "HOME",  "DIRECT_BUSINESS", "BUSINESS_WITH_EXTENSION", "MOBILE", "VACATION",
                         "PAGER",   "MODEM", "VOICE_MAIL",      "PIN_PAGER",               "E-MAIL"};
  for (int id = 0; id <= 10; ++id) {
    auto records = campaign::records();
    for (auto& row : records.records) row.contact_info_type = id == 1 ? 2 : 1;
    records.records[1].contact_info_type = static_cast<std::uint8_t>(id);
    const std::string name = names[id], number = std::to_string(id);
    for (const auto& by : {"type_id=\"" + number + "\"", "type_id=\"'" + number + "'\"", "type_name=\"" + name + "\"",
                           "type_name=\"'" + name + "'\""}) {
      INFO(by);
      treatment_run r;
      r.t.c = *chain::make(records, handle_base);
      CHECK(heard_in(r, next(type(by)), "ocs.next_record", "_event.data.contact_info") == "5552");
      CHECK(r.warnings.empty());
    }
  }
}

TEST_CASE("guide, contact_info_type: several are any of; exclude is no unless it says yes") {
  const auto contact = [](const std::string& criteria) {
    return heard(next(criteria), "ocs.next_record", "_event.data.contact_info");
  };
  CHECK(contact(type("type_name=\"MOBILE\"") + type("type_name=\"DIRECT_BUSINESS\"")) == "5552");
  CHECK(contact(type("type_name=\"MOBILE\" exclude=\"'no'\"")) == "5552");
  CHECK(contact(type("type_name=\"HOME\" exclude=\"'yes'\"") + type("type_name=\"MOBILE\" exclude=\"'yes'\"")) == "5553");
  CHECK(contact(type("type_name=\"HOME\" exclude=\"yes\"")) == "5552");
  CHECK(contact(type("type_id=\"1\"")) == "5551");
}

TEST_CASE("guide, contact_info_type: type_id has priority over type_name, and a mismatch is a warning") {
  treatment_run r;
  CHECK(heard_in(r, next(type("type_id=\"4\" type_name=\"HOME\"")), "ocs.next_record", "_event.data.contact_info") == "5552");
  CHECK(r.warnings == std::vector<std::string>{"type_id 4 is MOBILE, type_name says 'HOME': type_id counts"});
  treatment_run matching;
  heard_in(matching, next(type("type_id=\"4\" type_name=\"MOBILE\"")), "ocs.next_record", "1");
  CHECK(matching.warnings.empty());
}

TEST_CASE("guide, contact_info_type: without type_id and type_name it is Error.Attribute") {
  CHECK(error_of(next(type(""))) == "Error.Attribute 6=6");
  CHECK(error_of(next(type("exclude=\"'yes'\""))) == "Error.Attribute 6=6");
}

// -- get_daytime, get_info ----------------------------------------------------------------------------------------------------

TEST_CASE("guide, get_daytime: ocs.daytime_change with the code of the interval, all five") {
  const std::int64_t day_ms = 24 * hour_ms;
  const std::array<std::int64_t, 5> instants = {monday_ms, monday_ms + 9 * hour_ms, monday_ms + 17 * hour_ms,
                                                monday_ms + 5 * day_ms, monday_ms + 14 * day_ms};
  for (std::size_t i = 0; i < instants.size(); ++i) {
    treatment_run r;
    r.t.daytime = with_holiday();
    r.t.now_ms = instants[i];
    CHECK(heard_in(r, "<ocs:get_daytime/>", "ocs.daytime_change",
                   "_event.data.daytime_code + Object.keys(_event.data).length") == std::string(daytime_codes[i]) + "1");
  }
}

TEST_CASE("guide, get_info: TIMERANGE gives the seconds until each interval as a string, counted for the current record") {
  const std::array<int, 5> from_monday_noon = {12 * 3'600, 0, 5 * 3'600, 108 * 3'600, 324 * 3'600};
  for (std::size_t i = 0; i < daytime_codes.size(); ++i) {
    const std::string code = daytime_codes[i];
    for (const auto& attributes :
         {"what= \"'TIMERANGE'\" param = \"'" + code + "'\"", "what=\"TIMERANGE\" param=\"" + code + "\""})
      CHECK(heard("<ocs:get_info " + attributes + "/>", "ocs.info", "typeof _event.data.result + _event.data.result") ==
            "string" + std::to_string(from_monday_noon[i]));
  }
  treatment_run r; // the second record lives in Berlin, where it is nine in the evening
  r.t.daytime = with_holiday();
  auto records = campaign::records();
  records.records[1].user[2] = "Europe/Berlin";
  r.t.c = *chain::make(records, handle_base);
  r.run(document(state(1, next(type("type_id=\"4\"")), "ocs.next_record", "''") +
                 state(2, "<ocs:get_info what=\"'TIMERANGE'\" param=\"'BBH'\"/>", "ocs.info", "_event.data.result") + last(3)));
  CHECK(spaceless(r.heard) == " 10800");
}

TEST_CASE("guide, get_info: what is mandatory and TIMERANGE, param one of the five") {
  CHECK(complaint("<ocs:get_info param=\"'BH'\"/>") == "<ocs:get_info> lacks the attribute \"what\": write what=\"…\"");
  CHECK(error_of("<ocs:get_info what=\"'WEATHER'\"/>") == "Error.Attribute 8=8");
  CHECK(error_of("<ocs:get_info what=\"'TIMERANGE'\" param=\"'LUNCH'\"/>") == "Error.Attribute 9=9");
  CHECK(error_of("<ocs:get_info what=\"'TIMERANGE'\"/>") == "Error.Attribute 9=9");
}

// -- make_call, ocs.callresult ------------------------------------------------------------------------------------------------

TEST_CASE("guide, make_call: each result reaches the treatment by the guide's name, Ok and Unknown do not") {
  for (const auto& entry : all_call_results()) {
    INFO(entry.name);
    treatment_run r;
    r.results = {entry.code};
    r.run(document(state(1, "<ocs:next_record/>", "ocs.next_record", "''") +
                   state(2,
                         "<assign location=\"record_id\" expr=\"_event.data.record_id\"/>"
                         "<ocs:make_call record_id=\"record_id\"/>",
                         "ocs.callresult", "_event.data.callresult") +
                   last(3)));
    CHECK(r.trace == std::vector<std::string>{"call 5551"});
    const bool untreated = entry.code == call_result::ok || entry.code == call_result::unknown;
    CHECK(r.done == !untreated);
    CHECK(spaceless(r.heard) == (untreated ? "undefined" : " " + std::string(entry.name)));
  }
}

TEST_CASE("guide, make_call: a record_id that does not exist is Error.Attribute") {
  CHECK(error_of("<ocs:make_call record_id=\"12345\"/>") == "Error.Attribute 5=5");
  CHECK(error_of("<ocs:make_call record_id=\"'nobody'\"/>") == "Error.Attribute 5=5");
  CHECK(error_of("<ocs:make_call record_id=\"null\"/>") == "Error.Attribute 5=5");
}

// -- set_flex_attr ------------------------------------------------------------------------------------------------------------

TEST_CASE("guide, set_flex_attr: no event when it succeeds, for one record and, with 0, for all") {
  for (const std::string& record : {std::string("16288"), std::string("'16288'"), std::string("'0'"), std::string("0")}) {
    INFO(record);
    treatment_run r;
    r.t.daytime = with_holiday();
    const auto set = set_flex(record, flex("OPTIONS", "string", "CPNDigits", "'8884554040'") +
                                          flex("EXTENSIONS", "int", "DialAttr", "5"));
    CHECK(heard_in(r, set + "<ocs:get_daytime/>", "*", "_event.name") == "ocs.daytime_change");
    const bool all = record.find("16288") == std::string::npos;
    for (std::int32_t i = 0; i < 3; ++i) {
      const bool set_here = all || i == 1;
      CHECK((r.t.c.flex.find(flex_kind::options, i, "CPNDigits") == "8884554040") == set_here);
      CHECK((r.t.c.flex.find(flex_kind::extensions, i, "DialAttr") == "5") == set_here);
    }
  }
}

TEST_CASE("guide, set_flex_attr: USERDATA updates mandatory and user-defined fields of the record or of the chain") {
  treatment_run r;
  r.run(document(state(1,
                       "<ocs:next_record/>" + set_flex("16288", flex("USERDATA", "string", "contact_info", "'5559'")) +
                           set_flex("'0'", flex("USERDATA", "string", "UserField", "'UserValue'") +
                                               flex("USERDATA", "int", "daily_from", "3600")),
                       "ocs.next_record", "''") +
                 state(2, "<ocs:next_record/>", "ocs.next_record",
                       "_event.data.contact_info + _event.data.UserField + _event.data.daily_from") +
                 last(3)));
  CHECK(spaceless(r.heard) == " 5559UserValue3600");
  CHECK(r.t.c.at(0).contact_info == "5551");
  CHECK(r.t.c.at(2).user[0] == "UserValue");
  CHECK(std::count(r.trace.begin(), r.trace.end(), "daily_from = 3600") == 3); // rows for the store
}

TEST_CASE("guide, set_flex_attr: an invalid value is Error.Attribute and changes nothing") {
  const auto invalid = [](const std::string& record, const std::string& child) {
    return error_of(set_flex(record, child));
  };
  CHECK(invalid("7", flex("OPTIONS", "string", "CPNDigits", "'1'")) == "Error.Attribute 5=5");
  CHECK(invalid("0", flex("SETTINGS", "string", "CPNDigits", "'1'")) == "Error.Attribute 11=11");
  CHECK(invalid("0", flex("OPTIONS", "float", "CPNDigits", "'1'")) == "Error.Attribute 12=12");
  CHECK(invalid("0", flex("OPTIONS", "string", "", "'1'")) == "Error.Attribute 13=13");
  CHECK(invalid("0", flex("EXTENSIONS", "int", "x", "'one'")) == "Error.Attribute 14=14");
  CHECK(invalid("0", flex("USERDATA", "string", "nowhere", "'1'")) == "Error.Attribute 16=16");
  CHECK(invalid("0", flex("USERDATA", "string", "UserField", "'1'")) == "nothing");
}

TEST_CASE("guide, set_flex_attr: all children are asked for, each with all four attributes") {
  CHECK(complaint("<ocs:set_flex_attr record_id=\"0\"/>") == "<ocs:set_flex_attr> is empty: add at least one <flex_attr>");
  CHECK(complaint("<ocs:set_flex_attr><ocs:flex_attr attr=\"a\" type=\"b\" key=\"c\" value=\"d\"/></ocs:set_flex_attr>") ==
        "<ocs:set_flex_attr> lacks the attribute \"record_id\": write record_id=\"…\"");
  const std::array<const char*, 4> attributes = {"attr", "type", "key", "value"};
  for (const std::string missing : attributes) {
    std::string child = "<ocs:flex_attr";
    for (const std::string name : attributes)
      if (name != missing) child += " " + name + "=\"''\"";
    CHECK(complaint(set_flex("0", child + "/>")) ==
          "<ocs:flex_attr> lacks the attribute \"" + missing + "\": write " + missing + "=\"…\"");
  }
}

// -- set_exec_flag ------------------------------------------------------------------------------------------------------------

TEST_CASE("guide, set_exec_flag: PostProcessing is Finalize unless Switch is set; no event when it succeeds") {
  const auto after = [](const std::string& actions) {
    treatment_run r;
    r.t.daytime = with_holiday();
    CHECK(heard_in(r, actions + "<ocs:get_daytime/>", "*", "_event.name") == "ocs.daytime_change");
    return std::string(name_of(r.t.c.after));
  };
  const std::string to_switch = "<ocs:set_exec_flag flag=\"'PostProcessing'\" value=\"'Switch'\"/>";
  CHECK(after("") == "Finalize");
  CHECK(after(to_switch) == "Switch");
  CHECK(after("<ocs:set_exec_flag flag=\"PostProcessing\" value=\"Switch\"/>") == "Switch");
  CHECK(after(to_switch + "<ocs:set_exec_flag flag=\"'PostProcessing'\" value=\"'Finalize'\"/>") == "Finalize");
}

TEST_CASE("guide, set_exec_flag: flag and value are mandatory, invalid ones are Error.Attribute") {
  CHECK(complaint("<ocs:set_exec_flag value=\"'Switch'\"/>") ==
        "<ocs:set_exec_flag> lacks the attribute \"flag\": write flag=\"…\"");
  CHECK(complaint("<ocs:set_exec_flag flag=\"'PostProcessing'\"/>") ==
        "<ocs:set_exec_flag> lacks the attribute \"value\": write value=\"…\"");
  CHECK(error_of("<ocs:set_exec_flag flag=\"'Recording'\" value=\"'Switch'\"/>") == "Error.Attribute 19=19");
  CHECK(error_of("<ocs:set_exec_flag flag=\"'PostProcessing'\" value=\"'Stop'\"/>") == "Error.Attribute 20=20");
}

// -- elements and examples ----------------------------------------------------------------------------------------------------

TEST_CASE("guide: actions have no child elements where it names none, and no attributes that it does not name") {
  for (const std::string action : {"timeout delay=\"1\"", "get_daytime", "get_info what=\"'TIMERANGE'\"",
                                   "make_call record_id=\"1\"", "set_exec_flag flag=\"'PostProcessing'\" value=\"'Switch'\""}) {
    const auto name = action.substr(0, action.find(' '));
    CHECK(complaint("<ocs:" + action + "><ocs:flex_attr/></ocs:" + name + ">") ==
          "<ocs:flex_attr> is not allowed in <ocs:" + name + ">: remove it");
    CHECK(complaint("<ocs:" + action + " other=\"1\"/>").starts_with("<ocs:" + name + "> has no attribute \"other\""));
  }
  CHECK(complaint(next("<ocs:contact_info_type type_id=\"1\"><ocs:contact_info_type/></ocs:contact_info_type>")) ==
        "<ocs:contact_info_type> is not allowed in <ocs:contact_info_type>: remove it");
  CHECK(complaint("<ocs:timeout/>") == "<ocs:timeout> lacks the attribute \"delay\": write delay=\"…\"");
  CHECK(complaint("<ocs:make_call/>") == "<ocs:make_call> lacks the attribute \"record_id\": write record_id=\"…\"");
}

TEST_CASE("guide: its three examples that are no XML are refused with the mend") {
  CHECK(complaint("<ocs:next_record><ocs:contact_info_type type_id=1 /></ocs:next_record>") ==
        "the value of type_id is not in quotes: write type_id=\"…\"");
  CHECK(complaint("<ocs:set_flex_attr record_id=\"'0'\">" + flex("OPTIONS", "string", "pre-dial-validation", "'true'") +
                  "</ocs:set_exec_attr>") == "</ocs:set_exec_attr> closes <ocs:set_flex_attr>: write </ocs:set_flex_attr>");
  CHECK(complaint("<:set_exec_flag flag=\"'PostProcessing'\" value=\"'Switch'\"/>") ==
        "<set_exec_flag> is no element of SCXML: give it its prefix: it is an action of "
        "\"http://genesyslabs.com/schemas/ocs/treatments\"");
}

// -- ocs.next_record ----------------------------------------------------------------------------------------------------------

TEST_CASE("guide, ocs.next_record: handle, contact_info, the pseudo-fields with their types, and every column by its name") {
  const auto of = [](const std::string& expr) { return heard("<ocs:next_record/>", "ocs.next_record", expr); };
  CHECK(of("_event.data.record_id") == "16287"); // the handle, not the column
  CHECK(of("_event.data.contact_info") == "5551");
  CHECK(of("typeof _event.data.gsw_chain_attempts + _event.data.gsw_chain_attempts") == "number3"); // 0 + 1 + 2
  CHECK(of("typeof _event.data.gsw_preferred_flag + _event.data.gsw_preferred_flag") == "stringno");
  CHECK(of("typeof _event.data.tz_offset + _event.data.tz_offset") == "number-28800");
  CHECK(of("_event.data.gsw_list_name") == "spring");
  for (const auto& column : mandatory_columns()) CHECK(of("typeof _event.data." + std::string(column.name)) != "undefined");
  CHECK(of("_event.data.UserField") == "u0");
  CHECK(of("_event.data.daily_from + ' ' + _event.data.chain_id") == "28800 7");
  CHECK(of("Object.keys(_event.data).length") == "31"); // 23 columns, 3 of the user's, 4 pseudo-fields, db_record_id
}

TEST_CASE("guide, ocs.next_record: gsw_chain_attempts grows with each attempt at any record of the chain") {
  treatment_run r;
  r.t.c.note_attempt(2, 9);
  CHECK(heard_in(r, "<ocs:next_record/>", "ocs.next_record", "_event.data.gsw_chain_attempts") == "10"); // 0 + 1 + 9
}

TEST_CASE("guide, ocs.next_record: tz_offset is that of the record's zone at that instant") {
  const auto offset = [](std::int64_t now_ms, const char* zone) {
    treatment_run r;
    auto records = campaign::records();
    if (zone) records.records[0].user[2] = zone;
    r.t.c = *chain::make(records, handle_base);
    r.t.now_ms = now_ms;
    return heard_in(r, "<ocs:next_record/>", "ocs.next_record", "_event.data.tz_offset");
  };
  constexpr std::int64_t july_ms = 1'783'000'000'000;
  CHECK(offset(monday_ms, nullptr) == "-28800");
  CHECK(offset(july_ms, nullptr) == "-25200");
  CHECK(offset(monday_ms, "Europe/Berlin") == "3600");
  CHECK(offset(july_ms, "Europe/Berlin") == "7200");
  CHECK(offset(july_ms, "Asia/Kolkata") == "19800");
}

TEST_CASE("guide, ocs.next_record: gsw_preferred_flag is yes when treatment-preferred-contact-field chose the record") {
  treatment_run r;
  r.t.preferred_field = "preferred";
  auto records = campaign::records();
  records.records[0].user[1] = "DIRECT_BUSINESS";
  r.t.c = *chain::make(records, handle_base);
  const std::string what = "_event.data.contact_info + _event.data.gsw_preferred_flag";
  r.run(document(state(1, "<ocs:next_record/>", "ocs.next_record", what) +
                 state(2, "<ocs:next_record/>", "ocs.next_record", what) + last(3)));
  CHECK(r.heard == "5553yes 5551no ");
}

// -- errors -------------------------------------------------------------------------------------------------------------------

TEST_CASE("guide, Error.Attribute: every action with attributes can be answered by it, with one integer under two spellings") {
  CHECK(error_of("<ocs:timeout delay=\"-1\"/>") == "Error.Attribute 3=3");
  CHECK(error_of("<ocs:timeout delay=\"'SOON'\"/>") == "Error.Attribute 3=3");
  CHECK(heard("<ocs:timeout delay=\"nobody.knows\"/>", "Error.Attribute", both_codes) == "2=2"); // beside error.execution
  CHECK(error_of("<ocs:timeout delay=\"null\"/>") == "Error.Attribute 1=1");
  CHECK(error_of("<ocs:timeout delay=\"1e12\"/>") == "Error.Attribute 4=4");
  CHECK(error_of("<ocs:next_record repeat_chain=\"'maybe'\"/>") == "Error.Attribute 7=7");
  CHECK(error_of("<ocs:get_info what=\"'WEATHER'\"/>") == "Error.Attribute 8=8");
  CHECK(error_of("<ocs:make_call record_id=\"0\"/>") == "Error.Attribute 5=5");
  CHECK(error_of(set_flex("'x'", flex("OPTIONS", "string", "a", "1"))) == "Error.Attribute 5=5");
  CHECK(error_of("<ocs:set_exec_flag flag=\"1\" value=\"1\"/>") == "Error.Attribute 19=19");
  CHECK(heard("<ocs:timeout delay=\"-1\"/>", "Error.Attribute", "typeof _event.data.error_code") == "number");
}

TEST_CASE("guide, Error.Configuration: a daytime code whose statistical table is not configured") {
  const auto of = [](const std::string& action) {
    treatment_run r; // no table at all
    return heard_in(r, action, "Error.Configuration", both_codes);
  };
  for (const std::string code : daytime_codes) {
    const std::string number = code == "HDAY" ? "101=101" : "100=100";
    CHECK(of("<ocs:timeout delay=\"" + code + "\"/>") == number);
    CHECK(of("<ocs:get_info what=\"'TIMERANGE'\" param=\"'" + code + "'\"/>") == number);
  }
  treatment_run r;
  r.t.daytime = *daytime_tables::make(std::nullopt, {{{2020, 1, 1}}});
  CHECK(heard_in(r, "<ocs:timeout delay=\"HDAY\"/>", "Error.Configuration", both_codes) == "102=102");
  treatment_run lost;
  record row = lost.t.c.at(0);
  row.tz_dbid = 999;
  lost.t.c.put(0, row);
  CHECK(heard_in(lost, "<ocs:get_daytime/>", "Error.Configuration", both_codes) == "103=103");
}
