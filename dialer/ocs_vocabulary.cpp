// ocs_vocabulary.cpp: the table of OCS actions (OCS guide, Custom Actions). Order here is what
// ocs_vocabulary.hpp numbers.
#include "dialer/ocs_vocabulary.hpp"

#include "dialer/calling_list.hpp"

namespace chainring::dialer {

namespace {

using scxml::action_specification;
using scxml::attribute_specification;

std::vector<std::string> contact_types() {
  return {contact_info_type_names().begin(), contact_info_type_names().end()};
}

scxml::vocabulary make() {
  const std::vector<std::string> intervals = {"BBH", "BH", "ABH", "WEND", "HDAY"};
  const std::vector<std::string> yes_no = {"yes", "no"};
  const auto required = [](const char* name, std::vector<std::string> words = {}) {
    return attribute_specification{name, true, std::move(words)};
  };
  const auto optional = [](const char* name, std::vector<std::string> words = {}) {
    return attribute_specification{name, false, std::move(words)};
  };
  const action_specification contact_info_type{"contact_info_type",
                                               {optional("type_id", contact_types()),
                                                optional("type_name", contact_types()),
                                                optional("exclude", yes_no)},
                                               {}};
  const action_specification flex_attr{"flex_attr",
                                       {required("attr", {"OPTIONS", "USERDATA", "EXTENSIONS"}),
                                        required("type", {"string", "int"}), required("key"),
                                        required("value")},
                                       {}};
  scxml::vocabulary v;
  v.namespace_uri = ocs::namespace_uri;
  v.aliases = {"http://genesyslabs.com/schemas/ocs/treatments/",
               "http://www.genesyslabs.com/schemas/ocs/treatments",
               "http://www.genesyslab.com/modules/ocs", "www.genesyslab.com/modules/ocs", "ocs:"};
  v.actions = {
      {"timeout", {required("delay", intervals)}, {}},
      {"next_record", {optional("repeat_chain", yes_no)}, {contact_info_type}},
      {"get_daytime", {}, {}},
      {"get_info", {required("what", {"TIMERANGE"}), optional("param", intervals)}, {}},
      {"make_call", {required("record_id")}, {}},
      {"set_flex_attr", {required("record_id")}, {flex_attr}, true},
      {"set_exec_flag",
       {required("flag", {"PostProcessing"}), required("value", {"Finalize", "Switch"})},
       {}},
  };
  return v;
}

} // namespace

const scxml::vocabulary& ocs_vocabulary() {
  static const scxml::vocabulary v = make();
  return v;
}

} // namespace chainring::dialer
