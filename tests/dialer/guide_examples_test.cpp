// guide_examples_test.cpp: treatments with the OCS guide's own examples, as it writes them, from
// text to outcome: the compiler, the ECMAScript data model and the OCS actions together.
#include "tests/dialer/treatment.hpp"

using namespace chainring;
using namespace chainring::dialer;
using namespace chainring::dialer::testing;

TEST_CASE("the guide's examples run as it writes them") {
  treatment_run r;
  r.t.daytime = with_holiday();
  const std::string code = "_event.data.Error_code";
  r.run(document(
      state(1, "<ocs:timeout delay=\"300\"/>", "ocs.timeout", "'a'") +
      state(2, "<ocs:timeout delay=\"HDAY\"/>", "ocs.timeout", "'b'") +
      state(3, R"(<ocs:next_record><ocs:contact_info_type type_name="HOME" exclude="'yes'"/>
                  <ocs:contact_info_type type_name="MOBILE" exclude="'yes'"/></ocs:next_record>)",
            "ocs.next_record", "_event.data.contact_info") +
      state(4, "<ocs:next_record/>", "ocs.next_record", "(_event.data.record_id === null)") +
      state(5, "<ocs:next_record repeat_chain=\"'yes'\"/>", "ocs.next_record",
            "_event.data.contact_info") +
      state(6,
            R"(<ocs:set_flex_attr record_id="_event.data.record_id">
                 <ocs:flex_attr attr="'OPTIONS'" type="'string'" key="'CPNDigits'" value="'8884554040'"/>
                 <ocs:flex_attr attr="'OPTIONS'" type="'string'" key="'pre-dial-validation'" value="'false'"/>
               </ocs:set_flex_attr>
               <assign location="record_id" expr="_event.data.record_id"/><ocs:make_call record_id="record_id"/>)",
            "ocs.callresult", "_event.data.callresult") +
      state(7,
            R"(<ocs:set_flex_attr record_id="'0'">
                 <ocs:flex_attr attr="'USERDATA'" type="'string'" key="'UserField'" value="'UserValue'"/>
                 <ocs:flex_attr attr="'EXTENSIONS'" type="'string'" key="'DialAttr'" value="'AttrValue'"/>
               </ocs:set_flex_attr><ocs:get_daytime/>)",
            "ocs.daytime_change", "_event.data.daytime_code") +
      state(8, R"(<ocs:get_info what= "'TIMERANGE'" param = "'HDAY'"/>)", "ocs.info",
            "_event.data.result") +
      state(
          9,
          R"(<ocs:set_exec_flag flag="'PostProcessing'" value="'Switch'"/><ocs:timeout delay="-1"/>)",
          "Error.Attribute", code) +
      state(10, "<ocs:make_call record_id=\"nobody\"/>", "Error.Attribute", code) +
      state(11, "<ocs:make_call record_id=\"12345\"/>", "Error.Attribute", code) + last(12)));
  CHECK(r.done);
  CHECK(r.heard == "a b 5553 true 5551 Busy BH 1166400 3 2 5 ");
  CHECK(r.trace == std::vector<std::string>{"wait 300", "wait 1166400", "call 5551",
                                            "UserField = UserValue", "UserField = UserValue",
                                            "UserField = UserValue"});
  CHECK(r.t.c.after == post_processing::switch_to_traditional);
  CHECK(r.t.c.flex.find(flex_kind::options, 0, "CPNDigits") == "8884554040");
  CHECK(r.t.c.flex.find(flex_kind::extensions, 2, "DialAttr") == "AttrValue");
}

TEST_CASE("words without quotes are taken for what they name") {
  treatment_run r;
  r.t.daytime = with_holiday();
  r.run(document(
      state(
          1,
          R"(<ocs:next_record repeat_chain="yes"><ocs:contact_info_type type_name="E-MAIL" exclude="yes"/>
                              <ocs:contact_info_type type_id="1" exclude="yes"/></ocs:next_record>)",
          "ocs.next_record", "_event.data.contact_info") +
      state(2,
            R"(<ocs:set_flex_attr record_id="0">
                            <ocs:flex_attr attr="EXTENSIONS" type="int" key="'x'" value="5"/></ocs:set_flex_attr>
                          <ocs:set_exec_flag flag="PostProcessing" value="Switch"/>
                          <ocs:get_info what="TIMERANGE" param="BH"/>)",
            "ocs.info", "_event.data.result") +
      last(3)));
  CHECK(r.done);
  CHECK(r.heard == "5552 0 ");
  CHECK(r.t.c.flex.find(flex_kind::extensions, 1, "x") == "5");
  CHECK(r.t.c.after == post_processing::switch_to_traditional);
}

TEST_CASE(
    "a missing table reaches the treatment as Error.Configuration, which error.* does not match") {
  treatment_run r;
  r.run(document(R"(<state id="s1"><onentry><ocs:timeout delay="WEND"/></onentry>
    <transition event="error.*" target="s2"/>
    <transition event="Error.Configuration" target="end">
      <assign location="heard" expr="_event.data.error_code"/></transition></state>)" +
                 last(2)));
  CHECK(r.done);
  CHECK(r.heard == "100");
}

TEST_CASE("other namespaces that Genesys authors write are taken for it, with a warning") {
  for (const char* uri : {"http://genesyslabs.com/schemas/ocs/treatments/",
                          "http://www.genesyslab.com/modules/ocs", "urn:anything"}) {
    INFO(uri);
    treatment_run r;
    r.run(document(state(1, "<ocs:next_record/>", "ocs.next_record", "_event.data.gsw_list_name") +
                       last(2),
                   uri));
    CHECK(r.heard == "spring ");
    CHECK_FALSE(r.warnings.empty());
  }
}

TEST_CASE("parameters in the URI override the document's data") {
  treatment_run r;
  r.run(document(last(1)), "http://h/t.scxml?_data.heard=hello%20there&unknown=1");
  CHECK(r.heard == "hello there");
}
