// forms.cpp: see forms.hpp.
#include "scxml/models/compiled/forms.hpp"

#include <utility>

#include "scxml/models/compiled/slot.hpp"

namespace chainring::scxml::compiled_model {
namespace {

/// With a false value on the stack, the jumps from here lead to the end.
bool ends_if_false(const step* first, const step* at) {
  while (at->what == op::keep_if_false) at = first + at->number; // forward only
  return at->what == op::end;
}

guard guard_of(const program& p, const entry& e) {
  const step* const first = p.steps.data() + e.first;
  if (first->what != op::of_leaves || (first->joined != op::equal && first->joined != op::same)) return {};
  auto member = std::pair{first->left, first->number}, text = std::pair{first->right, first->right_number};
  if (member.first == op::constant) std::swap(member, text);
  if (member.first != op::event_member || text.first != op::constant || p.constants[text.second].kind != kind::text) return {};
  if (!ends_if_false(first, first + 1)) return {};
  return {member.second, text.second};
}

assignment assignment_of(const program& p, const assign_operands& a) {
  using form = assignment::form;
  const entry& value = p.entries[a.value];
  const step& first = p.steps[value.first];
  assignment made{form::general, 0, p.entries[a.location].slot};
  if (made.slot == none || value.length > UINT8_MAX || p.steps[value.first + 1].what != op::end) return made;
  made.length = static_cast<std::uint8_t>(value.length);
  if (first.what == op::constant && slot::has_room_for(p.constants[first.number])) {
    made.what = form::constant;
    made.constant = first.number;
  } else if (first.what == op::of_leaves && first.joined == op::add && first.left == op::slot && first.right == op::constant &&
             p.constants[first.right_number].kind == kind::number) {
    made.what = form::sum;
    made.from = first.number;
    made.constant = first.right_number;
  }
  return made;
}

} // namespace

void find_forms(program& of, const document& d) {
  for (entry& e : of.entries)
    if (e.length > 0) e.guard = guard_of(of, e);
  for (const assign_operands& a : d.assigns) of.assignments.push_back(assignment_of(of, a));
}

} // namespace chainring::scxml::compiled_model
