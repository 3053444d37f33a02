// ocs_vocabulary_test.cpp: the guide's elements and attributes, its sloppy spellings, and the
// numbers of the code.
#include "dialer/ocs_vocabulary.hpp"

#include <algorithm>

#include "tests/catch.hpp"

using namespace chainring;
using namespace chainring::dialer;

namespace {

const scxml::action_specification& action(scxml::index at) {
  return ocs_vocabulary().actions.at(at);
}

bool knows(const scxml::attribute_specification& attribute, std::string_view word) {
  return std::find(attribute.mnemonics.begin(), attribute.mnemonics.end(), word) !=
         attribute.mnemonics.end();
}

} // namespace

TEST_CASE("the namespace and what passes for it") {
  const auto& v = ocs_vocabulary();
  CHECK(v.namespace_uri == "http://genesyslabs.com/schemas/ocs/treatments");
  for (const char* alias :
       {"http://genesyslabs.com/schemas/ocs/treatments/", "http://www.genesyslab.com/modules/ocs",
        "www.genesyslab.com/modules/ocs", "ocs:"})
    CHECK(std::find(v.aliases.begin(), v.aliases.end(), alias) != v.aliases.end());
}

TEST_CASE("numbers name the actions and attributes of the guide") {
  CHECK(ocs_vocabulary().actions.size() == 7);
  CHECK(action(ocs::timeout).name == "timeout");
  CHECK(action(ocs::timeout).attributes.at(ocs::timeout_delay).name == "delay");
  CHECK(action(ocs::next_record).name == "next_record");
  CHECK(action(ocs::next_record).attributes.at(ocs::next_record_repeat_chain).name ==
        "repeat_chain");
  CHECK(action(ocs::get_daytime).name == "get_daytime");
  CHECK(action(ocs::get_daytime).attributes.empty());
  CHECK(action(ocs::get_info).name == "get_info");
  CHECK(action(ocs::get_info).attributes.at(ocs::get_info_what).name == "what");
  CHECK(action(ocs::get_info).attributes.at(ocs::get_info_param).name == "param");
  CHECK(action(ocs::make_call).name == "make_call");
  CHECK(action(ocs::make_call).attributes.at(ocs::make_call_record_id).name == "record_id");
  CHECK(action(ocs::set_flex_attr).name == "set_flex_attr");
  CHECK(action(ocs::set_flex_attr).attributes.at(ocs::set_flex_attr_record_id).name == "record_id");
  CHECK(action(ocs::set_exec_flag).name == "set_exec_flag");
  CHECK(action(ocs::set_exec_flag).attributes.at(ocs::set_exec_flag_flag).name == "flag");
  CHECK(action(ocs::set_exec_flag).attributes.at(ocs::set_exec_flag_value).name == "value");

  const auto& type = action(ocs::next_record).children.at(0);
  CHECK(type.name == "contact_info_type");
  CHECK(type.attributes.at(ocs::contact_info_type_type_id).name == "type_id");
  CHECK(type.attributes.at(ocs::contact_info_type_type_name).name == "type_name");
  CHECK(type.attributes.at(ocs::contact_info_type_exclude).name == "exclude");
  const auto& flex = action(ocs::set_flex_attr).children.at(0);
  CHECK(flex.name == "flex_attr");
  CHECK(flex.attributes.at(ocs::flex_attr_attr).name == "attr");
  CHECK(flex.attributes.at(ocs::flex_attr_type).name == "type");
  CHECK(flex.attributes.at(ocs::flex_attr_key).name == "key");
  CHECK(flex.attributes.at(ocs::flex_attr_value).name == "value");
}

TEST_CASE("mandatory is what the guide calls mandatory") {
  CHECK(action(ocs::get_info).attributes[ocs::get_info_what].required);
  CHECK_FALSE(action(ocs::get_info).attributes[ocs::get_info_param].required);
  CHECK_FALSE(action(ocs::next_record).attributes[ocs::next_record_repeat_chain].required);
  CHECK_FALSE(action(ocs::next_record).child_required);
  CHECK(action(ocs::set_flex_attr).child_required);
  for (const auto& attribute : action(ocs::set_flex_attr).children[0].attributes)
    CHECK(attribute.required);
  for (const auto& attribute : action(ocs::next_record).children[0].attributes)
    CHECK_FALSE(attribute.required);
}

TEST_CASE("words that the guide writes without quotes are known") {
  for (const char* code : {"BBH", "BH", "ABH", "WEND", "HDAY"}) {
    CHECK(knows(action(ocs::timeout).attributes[ocs::timeout_delay], code));
    CHECK(knows(action(ocs::get_info).attributes[ocs::get_info_param], code));
  }
  const auto& type = action(ocs::next_record).children[0];
  for (const char* name :
       {"NO_TYPE", "HOME", "DIRECT_BUSINESS", "BUSINESS_WITH_EXTENSION", "MOBILE", "VACATION",
        "PAGER", "MODEM", "VOICE_MAIL", "PIN_PAGER", "E-MAIL"})
    CHECK(knows(type.attributes[ocs::contact_info_type_type_name], name));
  CHECK(knows(type.attributes[ocs::contact_info_type_exclude], "yes"));
  CHECK(knows(action(ocs::next_record).attributes[ocs::next_record_repeat_chain], "no"));
  CHECK(knows(action(ocs::get_info).attributes[ocs::get_info_what], "TIMERANGE"));
  CHECK(knows(action(ocs::set_exec_flag).attributes[ocs::set_exec_flag_flag], "PostProcessing"));
  CHECK(knows(action(ocs::set_exec_flag).attributes[ocs::set_exec_flag_value], "Switch"));
  const auto& flex = action(ocs::set_flex_attr).children[0];
  CHECK(knows(flex.attributes[ocs::flex_attr_attr], "USERDATA"));
  CHECK(knows(flex.attributes[ocs::flex_attr_type], "int"));
}
