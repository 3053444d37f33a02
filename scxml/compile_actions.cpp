// compile_actions.cpp: the elements of the host's vocabulary, checked against their specification
// (SCXML 4.10).
#include <algorithm>

#include "scxml/compiler.hpp"

namespace chainring::scxml {
namespace {

const action_specification* find_in(const std::vector<action_specification>& list,
                                    std::string_view name, index& place) {
  auto i = std::find_if(list.begin(), list.end(), [&](const auto& a) { return a.name == name; });
  place = static_cast<index>(i - list.begin());
  return i == list.end() ? nullptr : &*i;
}

auto names_of(const std::vector<action_specification>& list) {
  return [&list](auto visit) {
    for (const action_specification& a : list) visit(a.name);
  };
}

} // namespace

index compiler::compile_action(element_index e) {
  const auto& known = c_.options.actions->actions;
  index place = none;
  const action_specification* spec = find_in(known, at(e).name, place);
  if (!spec) {
    error(at(e).where, tag(e) + " is no action of " + quoted(c_.options.actions->namespace_uri),
          c_.out.suggestion(at(e).name, names_of(known), "remove it"));
    return none;
  }
  if (d_.datamodel == datamodel_kind::null)
    warning(at(e).where, "the null data model cannot evaluate the attributes of " + tag(e),
            "write datamodel=\"ecmascript\" in <scxml>");
  action_operands made = action_of(e, *spec, place);
  return append(d_.actions, std::move(made), at(e).where);
}

action_operands compiler::action_of(element_index e, const action_specification& spec,
                                    index position_of_spec) {
  action_operands made;
  made.spec = position_of_spec;
  made.where = at(e).where;
  made.attributes = action_attributes_of(e, spec);
  if (c_.xml.has_text(e))
    error(at(e).inner_where, "text inside " + tag(e), "remove it, or put it into a comment");
  std::vector<action_operands> children;
  for_each_child(e, [&](element_index child) {
    index place = none;
    const action_specification* inner =
        in_vocabulary(c_, child) ? find_in(spec.children, at(child).name, place) : nullptr;
    if (inner) return children.push_back(action_of(child, *inner, place));
    error(at(child).where, tag(child) + " is not allowed in " + tag(e),
          c_.out.suggestion(at(child).name, names_of(spec.children), "remove it"));
  });
  if (spec.child_required && children.empty())
    error(made.where, tag(e) + " is empty",
          "add at least one <" + spec.children.front().name + ">");
  made.children = append_all(d_.actions, std::move(children), made.where);
  return made;
}

range compiler::action_attributes_of(element_index e, const action_specification& spec) {
  std::vector<action_attribute> made;
  std::vector<bool> given(spec.attributes.size());
  for (const attribute& a : c_.xml.attributes_of(e)) {
    if (!a.prefix.empty() && a.prefix != at(e).prefix) continue; // of other namespaces
    auto known = std::find_if(spec.attributes.begin(), spec.attributes.end(),
                              [&](auto& s) { return s.name == a.name; });
    if (known == spec.attributes.end()) {
      error(a.where, tag(e) + " has no attribute " + quoted(a.name),
            c_.out.suggestion(
                a.name,
                [&](auto visit) {
                  for (const auto& s : spec.attributes) visit(s.name);
                },
                "remove it"));
      continue;
    }
    const auto place = static_cast<std::size_t>(known - spec.attributes.begin());
    if (given[place])
      error(a.where, tag(e) + " has the attribute " + quoted(a.name) + " twice", "remove one");
    if (is_blank(a.value)) continue;
    given[place] = true;
    const index expr = add_expression(std::string(a.value), expression_kind::value, a.value_where);
    made.push_back({static_cast<index>(place), expr, std::string(a.value), a.where});
  }
  for (std::size_t i = 0; i < given.size(); ++i)
    if (spec.attributes[i].required && !given[i])
      error(at(e).where, tag(e) + " lacks the attribute " + quoted(spec.attributes[i].name),
            "write " + spec.attributes[i].name + "=\"…\"");
  return append_all(d_.action_attributes, std::move(made), at(e).where);
}

} // namespace chainring::scxml
