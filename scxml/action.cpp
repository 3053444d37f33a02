// action.cpp: elements of the host's vocabulary (SCXML 4.10): attributes are evaluated, the rest is
// the host's.
#include <algorithm>
#include <span>
#include <utility>

#include "scxml/content.hpp"

namespace chainring::scxml {

namespace {

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool equal_without_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

/// The mnemonic that the text names, as the specification writes it, or null.
const std::string* mnemonic_of(const attribute_specification& spec, std::string_view text) {
  for (const auto& mnemonic : spec.mnemonics)
    if (equal_without_case(mnemonic, trimmed(text))) return &mnemonic;
  return nullptr;
}

bool evaluate_attribute(macrostep& step, const action_attribute& attribute,
                        const attribute_specification& spec, index top, action_effect& out) {
  action_argument argument{attribute.spec, {}};
  auto v = step.model().evaluate(step.around(), attribute.expr, argument.what);
  if (v.why == failure::unknown_name)
    if (const std::string* mnemonic = mnemonic_of(spec, attribute.text)) {
      argument.what = *mnemonic;
      v = {};
    }
  if (v.ok()) {
    if (step.watch()) step.watch()->evaluated(step.self(), attribute.expr, argument.what);
    out.arguments.push_back(std::move(argument));
    return true;
  }
  step.report(v, attribute.where);
  step.emit(action_failed_effect{top, spec.name, v.message});
  return false;
}

bool evaluate_action(macrostep& step, const action_operands& action,
                     const std::vector<action_specification>& specs, index top,
                     action_effect& out) {
  const document& d = step.document();
  const action_specification& spec = specs[action.spec];
  out.spec = action.spec;
  for (const action_attribute& attribute : d.view(d.action_attributes, action.attributes))
    if (!evaluate_attribute(step, attribute, spec.attributes[attribute.spec], top, out))
      return false;
  for (const action_operands& child : d.view(d.actions, action.children))
    if (!evaluate_action(step, child, spec.children, top, out.children.emplace_back()))
      return false;
  return true;
}

} // namespace

bool execute_action(macrostep& step, index action) {
  const document& d = step.document();
  const action_operands& top = d.actions[action];
  action_effect out;
  step.in(d.actions_known->actions[top.spec].name);
  if (!evaluate_action(step, top, d.actions_known->actions, top.spec, out)) return false;
  step.emit(std::move(out));
  return !step.faulted();
}

} // namespace chainring::scxml
