// vocabulary.hpp: executable content beyond SCXML's own (SCXML 4.10): elements of other namespaces whose attributes are
// evaluated by the data model and which reach the host as an action effect. The Genesys OCS actions are one vocabulary.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace chainring::scxml {

/// An attribute is an expression of the data model. When evaluating it fails for an unknown name and its text is one of
/// the mnemonics (compared without case), the mnemonic is the value: `delay="HDAY"` for `delay="'HDAY'"`.
struct attribute_specification {
  std::string name;
  bool required = false;
  std::vector<std::string> mnemonics;
};

struct action_specification {
  std::string name; // local name of the element
  std::vector<attribute_specification> attributes;
  std::vector<action_specification> children;
  bool child_required = false;
};

struct vocabulary {
  std::string namespace_uri;
  /// Other URIs and undeclared prefixes that are taken for the namespace, with a warning. A prefix ends in ':'.
  std::vector<std::string> aliases;
  std::vector<action_specification> actions;

  const action_specification* find(std::string_view local_name) const {
    for (const auto& action : actions)
      if (action.name == local_name) return &action;
    return nullptr;
  }
};

} // namespace chainring::scxml
