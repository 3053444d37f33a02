// ocs_lint_test.cpp: attributes out of the guide's ranges, events that OCS does not send; and the guide's own examples,
// about which nothing is said.
#include "dialer/ocs_lint.hpp"

#include "dialer/ocs_vocabulary.hpp"
#include "scxml/compile.hpp"
#include "tests/catch.hpp"

using namespace chainring;
using namespace chainring::dialer;
using Catch::Matchers::Contains;

namespace {

/// A treatment with `content` in the <onentry> of its state, which begins in line 3, and `rest` behind it.
std::string treatment(const std::string& content, const std::string& rest = "") {
  return "<scxml xmlns='http://www.w3.org/2005/07/scxml' xmlns:ocs='http://genesyslabs.com/schemas/ocs/treatments' "
         "version='1.0' "
         "datamodel='ecmascript'><datamodel><data id='record_id'/><data id='seconds' "
         "expr='5'/></datamodel>\n<state><onentry>\n" +
         content + "</onentry>" + rest + "</state></scxml>";
}

/// "E line:column what: mend", "w …" for warnings.
std::string found_in(const std::string& text) {
  scxml::compile_options options;
  options.actions = &ocs_vocabulary();
  const auto made = scxml::compile(text, options);
  const auto& tables = made.document ? made.document : made.draft;
  REQUIRE(tables);
  std::string all;
  for (const auto& d : lint_ocs(*tables))
    all += (d.severity == scxml::severity::error ? "E " : "w ") + std::to_string(d.where.line) + ":" +
           std::to_string(d.where.column) + " " + d.what + ": " + d.mend + "\n";
  return all;
}

struct sample {
  const char* content;
  const char* complaint;
};

template <std::size_t n> void check_all(const sample (&samples)[n]) {
  for (const auto& s : samples) {
    INFO(s.content);
    CHECK_THAT(found_in(treatment(s.content)), Catch::StartsWith(s.complaint));
  }
}

} // namespace

TEST_CASE("where a treatment first needs the tables of daytimes", "[ocs_lint]") {
  const auto line = [](const std::string& text) {
    scxml::compile_options options;
    options.actions = &ocs_vocabulary();
    const auto made = scxml::compile(text, options);
    REQUIRE(made.document);
    const auto where = asks_for_daytime(*made.document);
    return where ? where->line : 0;
  };
  CHECK(line(treatment("<ocs:timeout delay='5'/>", "\n<transition event='ocs.timeout ocs *'/>")) == 0);
  CHECK(line(treatment("<ocs:get_daytime/>")) == 3);
  CHECK(line(treatment("<ocs:timeout delay='5'/>", "\n<transition event='ocs.timeout ocs.daytime_change'/>")) == 4);
  CHECK(line(treatment("", "\n\n<invoke type='scxml'><content>\n" + treatment("<ocs:get_daytime/>") + "</content></invoke>")) == 8);
}

TEST_CASE("literal attributes out of range", "[ocs_lint]") {
  const sample wrong[] = {
      {"<ocs:timeout delay='-5'/>", "E 3:14 delay is -5: write seconds, 0 or more, or BBH"},
      {"<ocs:timeout delay=\"'soon'\"/>", "E 3:14 delay is 'soon': write seconds"},
      {"<ocs:timeout delay='HDAI'/>", "E 3:14 delay is 'HDAI': write seconds"},
      {"<ocs:timeout delay='null'/>", "E 3:14 delay is null: write seconds"},
      {"<ocs:timeout delay='1e12'/>", "E 3:14 delay is 1000000000000 seconds: write at most 316224000"},
      {"<ocs:next_record repeat_chain=\"'maybe'\"/>", "E 3:18 repeat_chain is 'maybe': write 'yes' or 'no'"},
      {"<ocs:next_record><ocs:contact_info_type type_id='11'/></ocs:next_record>",
       "E 3:41 type_id is 11: write a number from 0 to 10"},
      {"<ocs:next_record><ocs:contact_info_type type_id='1.5'/></ocs:next_record>", "E 3:41 type_id is 1.5"},
      {"<ocs:next_record><ocs:contact_info_type type_name='HOUSE'/></ocs:next_record>", "E 3:41 type_name is 'HOUSE'"},
      {"<ocs:next_record><ocs:contact_info_type exclude='yes'/></ocs:next_record>",
       "E 3:18 contact_info_type has neither type_id nor type_name"},
      {"<ocs:next_record><ocs:contact_info_type type_id='1' exclude='2'/></ocs:next_record>", "E 3:53 exclude is 2"},
      {"<ocs:next_record><ocs:contact_info_type type_id='1' type_name='MOBILE'/></ocs:next_record>",
       "w 3:53 type_id 1 is HOME, type_name says 'MOBILE': type_id counts"},
      {"<ocs:get_info what=\"'DATE'\" param='BH'/>", "E 3:15 what is 'DATE': write 'TIMERANGE'"},
      {"<ocs:get_info what='TIMERANGE' param='NIGHT'/>", "E 3:32 param is 'NIGHT': write BBH, BH, ABH, WEND or HDAY"},
      {"<ocs:get_info what='TIMERANGE'/>", "E 3:1 get_info has no param"},
      {"<ocs:make_call record_id='-1'/>", "E 3:16 record_id is -1, no record handle"},
      {"<ocs:make_call record_id=\"'first'\"/>", "E 3:16 record_id is 'first', no record handle"},
      {"<ocs:make_call record_id='7'/>", "w 3:16 record_id is the literal 7: record handles are given out at run time"},
      {"<ocs:make_call record_id='recrod_id'/>", "w 3:16 the name 'recrod_id' is declared nowhere"},
      {"<ocs:set_exec_flag flag='PreProcessing' value='Switch'/>",
       "E 3:20 flag is 'PreProcessing': write 'PostProcessing'"},
      {"<ocs:set_exec_flag flag='PostProcessing' value=\"'Stop'\"/>",
       "E 3:42 value is 'Stop': write 'Finalize' or 'Switch'"},
  };
  check_all(wrong);
}

TEST_CASE("flexible attributes out of range", "[ocs_lint]") {
  const auto flex = [](const std::string& attributes) {
    return found_in(
        treatment("<ocs:set_flex_attr record_id='0'>\n<ocs:flex_attr " + attributes + "/></ocs:set_flex_attr>"));
  };
  CHECK_THAT(flex("attr='OPTION' type='string' key=\"'k'\" value='1'"),
             Catch::StartsWith("E 4:16 attr is 'OPTION': write 'OPTIONS'"));
  CHECK_THAT(flex("attr='USERDATA' type='text' key=\"'k'\" value='1'"), Catch::StartsWith("E 4:32 type is 'text'"));
  CHECK_THAT(flex("attr='USERDATA' type='int' key=\"'k'\" value='1.5'"),
             Catch::StartsWith("E 4:53 value is 1.5, and type is int"));
  CHECK_THAT(flex("attr='USERDATA' type='int' key=\"''\" value='1'"), Catch::StartsWith("E 4:43 key is ''"));
  CHECK_THAT(flex("attr='USERDATA' type='int' key='note' value='1'"),
             Catch::StartsWith("E 4:43 the name 'note' is declared nowhere: put text into quotes: \"'note'\""));
  CHECK_THAT(flex("attr='USERDATA' type='int' key=\"'chain_id'\" value='1'"),
             Contains("names the row and cannot be changed"));
  CHECK_THAT(flex("attr='OPTIONS' type='string' key=\"'CPNDigit'\" value=\"'1'\""),
             Catch::StartsWith("w 4:45 option 'CPNDigit'"));
  CHECK_THAT(flex("attr='OPTIONS' type='string' key=\"'pre-dial-validation'\" value=\"'perhaps'\""),
             Contains("E 4:73 pre-dial-validation is 'perhaps'"));
  CHECK_THAT(found_in(treatment(
                 "<ocs:set_flex_attr record_id='x'><ocs:flex_attr attr='OPTIONS' type='string' key=\"'CPNDigits'\" "
                 "value='seconds'/></ocs:set_flex_attr>")),
             Catch::StartsWith("w 3:20 the name 'x' is declared nowhere"));
}

TEST_CASE("nothing is said of what the guide writes, nor of what cannot be known", "[ocs_lint]") {
  const char* const right[] = {
      "<ocs:timeout delay='300'/><ocs:timeout delay='HDAY'/><ocs:timeout delay=\"'300'\"/><ocs:timeout delay='0.5'/>",
      "<ocs:timeout delay='seconds'/><ocs:timeout delay='-seconds'/><ocs:timeout delay='_event.data.x'/>",
      "<ocs:next_record><ocs:contact_info_type type_id='1'/></ocs:next_record>",
      "<ocs:next_record><ocs:contact_info_type type_name='HOME' exclude=\"'yes'\"/>"
      "<ocs:contact_info_type type_name='E-MAIL' type_id='10'/></ocs:next_record>",
      "<ocs:next_record/><ocs:next_record repeat_chain=\"'yes'\"/><ocs:next_record repeat_chain='true'/>",
      "<ocs:get_daytime/><ocs:get_info what=\"'TIMERANGE'\" param=\"'HDAY'\"/>",
      "<ocs:make_call record_id='record_id'/><ocs:make_call record_id='_event.data.record_id'/>",
      "<ocs:set_flex_attr record_id=\"'0'\"><ocs:flex_attr attr=\"'OPTIONS'\" type=\"'string'\" "
      "key=\"'pre-dial-validation'\" "
      "value=\"'true'\"/><ocs:flex_attr attr=\"'USERDATA'\" type=\"'string'\" key=\"'UserField'\" "
      "value=\"'UserValue'\"/>"
      "<ocs:flex_attr attr=\"'EXTENSIONS'\" type=\"'int'\" key=\"'DialAttr'\" value=\"'12'\"/></ocs:set_flex_attr>",
      "<ocs:set_exec_flag flag=\"'PostProcessing'\" value=\"'Switch'\"/><ocs:set_exec_flag flag='postprocessing' "
      "value='FINALIZE'/>",
      // declared by a script or a loop
      "<script>var chosen = 3;</script><ocs:make_call record_id='chosen'/>",
      "<foreach array='seconds' item='one'><ocs:make_call record_id='one'/></foreach>",
  };
  for (const char* content : right) {
    INFO(content);
    CHECK(found_in(treatment(content)) == "");
  }
}

TEST_CASE("a mnemonic that is the name of data is an expression", "[ocs_lint]") {
  CHECK_THAT(found_in(treatment("<ocs:timeout delay='later'/>")), Contains("delay is 'later'"));
  CHECK(found_in(treatment("<script>later = 5</script><ocs:timeout delay='later'/>")) == "");
}

TEST_CASE("events that OCS does not send", "[ocs_lint]") {
  const std::string ask = "<ocs:next_record/><ocs:make_call record_id='record_id'/><ocs:timeout delay='1'/>"
                          "<ocs:get_info what='TIMERANGE' param='BH'/>";
  const auto on = [&](const std::string& events, const std::string& content) {
    return found_in(treatment(content, "<transition event='" + events + "'/>"));
  };
  CHECK(on("ocs.next_record ocs.callresult ocs.timeout ocs.info ocs.daytime_change Error.Attribute Error.Configuration",
           ask) == "");
  CHECK(on("ocs Error ocs.* error error.execution e *", ask) == "");
  CHECK_THAT(on("ocs.callresul", ask),
             Contains("OCS sends no event 'ocs.callresul': did you mean \"ocs.callresult\"?"));
  CHECK_THAT(on("ocs.timeout.over", ask), Contains("OCS sends no event"));
  CHECK_THAT(on("error.attribute", ask), Contains("names are told apart by case: write Error.Attribute"));
  CHECK_THAT(on("OCS.timeout", ask), Contains("write ocs.timeout"));
  CHECK_THAT(on("ocs.timeout", "<ocs:next_record/>"),
             Contains("w ") && Contains("nothing here asks for 'ocs.timeout': add <ocs:timeout>"));
  CHECK_THAT(on("ocs.callresult", "<ocs:set_exec_flag flag='PostProcessing' value='Switch'/>"),
             Contains("add <ocs:make_call>"));
  CHECK(on("ocs.daytime_change", "<ocs:next_record/>") == "");
  // made here, or no treatment at all
  CHECK(on("ocs.mine", "<ocs:next_record/><raise event='ocs.mine'/>") == "");
  CHECK(on("ocs.callresult ocs.mine", "<log/>") == "");
}

TEST_CASE("call results that there are not", "[ocs_lint]") {
  const auto when = [](const std::string& cond) {
    return found_in(treatment("<ocs:make_call record_id='record_id'/>",
                              "<transition event='ocs.callresult' cond=\"" + cond + "\"/>"));
  };
  CHECK(when("_event.data.callresult == 'Busy' || _event.data.callresult === 'SIT_Invalid_Num'") == "");
  CHECK(when("_event.data.callresult == other || _event.data.callresult != '' || callresults == 'x'") == "");
  CHECK(when("_event.data.callresult == 'Nobody'") ==
        "w 3:90 there is no call result 'Nobody': write a result of the guide, such as Answer, Busy or NoAnswer\n");
  CHECK_THAT(when("_event.data.callresult == 'busy'"),
             Contains("there is no call result 'busy': did you mean \"Busy\"?"));
  CHECK_THAT(when("_event.data.callresult!='NoAnwser'"), Contains("did you mean \"NoAnswer\"?"));
}

TEST_CASE("a document with other errors is looked at all the same", "[ocs_lint]") {
  CHECK_THAT(found_in(treatment("<ocs:timeout delay='-5'/>", "<transition event='e' target='nowhere'/>")),
             Contains("delay is -5"));
}
