// compile_transitions.cpp: <transition>, <initial>, the default transition of <history>; targets
// and domains (SCXML 3.5, 3.6, 3.10, 3.11, 3.12.1, Appendix D).
#include <algorithm>

#include "scxml/compiler.hpp"

namespace chainring::scxml {

transition compiler::compile_transition(element_index e, index source) {
  transition t;
  t.source = source;
  t.where = at(e).where;
  if (const auto* event = find(e, "event"))
    t.events = compile_events(event->value, event->value_where);
  if (const auto* target = find(e, "target"))
    t.targets = compile_targets(target->value, target->value_where);
  t.cond = expression_of(e, "cond", expression_kind::condition);
  const std::string_view type = text_of(e, "type");
  t.internal = type == "internal";
  if (!type.empty() && type != "internal" && type != "external")
    error(find(e, "type")->where, "unknown type " + quoted(type) + " of <transition>",
          "write \"internal\" or \"external\"");
  if (!is_given(e, "event") && !is_given(e, "cond") && !is_given(e, "target"))
    warning(t.where, "<transition> has neither event nor cond nor target: it is taken for ever",
            "give one of them");
  if (source == 0)
    warning(t.where, "<transition> in <scxml> is no standard SCXML", "put it into a <state>");
  if (at(e).first_child != no_element) t.block = add_block(e);
  return t;
}

range compiler::compile_events(std::string_view words, position where) {
  range r{static_cast<index>(d_.descriptors.size()), 0};
  for_each_word(words, [&](std::string_view word) {
    // "a.*" and "a." match like "a" (SCXML 3.12.1).
    if (word == "*") word = {};
    if (word.ends_with(".*")) word.remove_suffix(2);
    if (word.ends_with('.')) word.remove_suffix(1);
    if (append(d_.descriptors, event_descriptor{std::string(word), where}, where) != none) ++r.count;
  });
  return r;
}

range compiler::compile_targets(std::string_view words, position where) {
  range r{static_cast<index>(d_.target_states.size()), 0};
  ++target_lists_;
  for_each_word(words, [&](std::string_view word) {
    const index s = find_target(word, where);
    if (s == none || target_stamps_[s] == target_lists_) return;
    target_stamps_[s] = target_lists_;
    if (append(d_.target_states, s, where) != none) ++r.count;
  });
  check_together(r, where);
  return r;
}

index compiler::find_target(std::string_view id, position where) {
  if (auto i = ids_.find(id); i != ids_.end()) return i->second;
  if (c_.out.full()) return c_.out.count_error(), none;
  error(where, "there is no state " + quoted(id),
        c_.out.suggestion(
            id,
            [&](auto visit) {
              for (const state& s : d_.states) visit(s.id);
            },
            "give a state this id"));
  return none;
}

/// Every two targets must be able to be active together: their nearest common ancestor is a
/// <parallel>, or one is an ancestor of the other. In document order it is enough to look at
/// neighbours.
void compiler::check_together(range targets, position where) {
  const auto view = d_.view(d_.target_states, targets);
  std::vector<index> sorted(view.begin(), view.end());
  std::sort(sorted.begin(), sorted.end());
  for (std::size_t i = 1; i < sorted.size(); ++i) {
    const index a = sorted[i - 1], b = sorted[i];
    const index meeting = common_ancestor(a, b);
    if (meeting == a || d_.states[meeting].kind == state_kind::parallel) continue;
    error(where,
          "the states " + quoted(d_.states[a].id) + " and " + quoted(d_.states[b].id) +
              " cannot be active together",
          "name states of different regions of one <parallel>");
    return;
  }
}

index compiler::common_ancestor(index a, index b) const {
  while (a != b) {
    if (d_.states[a].depth >= d_.states[b].depth)
      a = d_.states[a].parent;
    else
      b = d_.states[b].parent;
  }
  return a;
}

void compiler::compile_initial(index s) {
  const element_index e = state_elements_[s];
  std::vector<element_index> elements;
  for_each_child(e, [&](element_index child) {
    if (kind_at(child) == kind::initial) elements.push_back(child);
  });
  const auto* written = find(e, "initial");
  if (d_.states[s].kind != state_kind::compound) {
    if (written || !elements.empty())
      error(written ? written->where : at(elements[0]).where,
            tag(e) + " without child states has an initial state",
            "remove it, or add child states");
    return;
  }
  if (elements.size() + (written ? 1 : 0) > 1)
    error(at(elements.back()).where, "the initial state of " + tag(e) + " is given twice",
          "keep one");
  transition t;
  t.source = s;
  t.where = d_.states[s].where;
  if (!elements.empty()) {
    element_index inner = no_element;
    for_each_child(elements[0], [&](element_index child) {
      if (inner == no_element && kind_at(child) == kind::transition)
        inner = child;
      else if (kind_at(child) == kind::transition)
        error(at(child).where, "a second <transition> in <initial>", "keep one");
    });
    if (inner == no_element)
      return error(at(elements[0]).where, "<initial> has no <transition>", "add one with a target");
    check_default(inner, "<initial>");
    t = compile_transition(inner, s);
    check_inside(t.targets, s, false, t.where, "<initial>");
  } else if (written && !is_blank(written->value)) {
    t.where = written->value_where;
    t.targets = compile_targets(written->value, written->value_where);
    check_inside(t.targets, s, false, t.where, tag(e));
  } else if (const index first = default_initial(s); first != none) {
    t.targets = {static_cast<index>(d_.target_states.size()), 1};
    if (append(d_.target_states, first, t.where) == none) return;
  } else {
    return error(t.where, tag(e) + " has no states", "add a <state>, <parallel> or <final>");
  }
  t.domain = s;
  d_.states[s].initial = append(d_.transitions, std::move(t), d_.states[s].where);
}

/// The first child state in document order (SCXML 3.2.1, 3.3.1).
index compiler::default_initial(index s) {
  for (index child = static_cast<index>(s + 1); child < d_.states[s].subtree_end;
       child = d_.states[child].subtree_end)
    if (!d_.is_history(child)) return child;
  return none;
}

void compiler::compile_history(index s) {
  const element_index e = state_elements_[s];
  element_index inner = no_element;
  for_each_child(e, [&](element_index child) {
    if (kind_at(child) != kind::transition) return;
    if (inner != no_element)
      return error(at(child).where, "a second <transition> in <history>", "keep one");
    inner = child;
  });
  if (inner == no_element)
    return error(at(e).where, "<history> has no <transition>",
                 "add one whose target is entered without a history");
  check_default(inner, "<history>");
  transition t = compile_transition(inner, s);
  const bool shallow = d_.states[s].kind == state_kind::shallow_history;
  check_inside(t.targets, d_.states[s].parent, shallow, t.where,
               shallow ? "shallow <history>" : "deep <history>");
  for (index target : d_.view(d_.target_states, t.targets))
    if (d_.is_history(target) && d_.states[target].parent == d_.states[s].parent)
      error(t.where, "the default of <history> is a history of the same state", "name states");
  t.domain = d_.states[s].parent;
  d_.states[s].initial = append(d_.transitions, std::move(t), at(e).where);
}

void compiler::check_default(element_index e, std::string_view owner) {
  for (std::string_view name : {"event", "cond"})
    if (const auto* a = find(e, name))
      error(a->where,
            "the <transition> of " + std::string(owner) + " has the attribute " + quoted(name),
            "remove it");
  if (!is_given(e, "target"))
    error(at(e).where, "the <transition> of " + std::string(owner) + " has no target",
          "add target=\"…\"");
}

void compiler::check_inside(range targets, index outer, bool children_only, position where,
                            const std::string& owner) {
  for (index t : d_.view(d_.target_states, targets)) {
    if (!d_.is_descendant(t, outer))
      error(where,
            "the target " + quoted(d_.states[t].id) + " of " + owner + " lies outside of its state",
            "name states inside");
    else if (children_only && d_.states[t].parent != outer)
      warning(where,
              "the target " + quoted(d_.states[t].id) + " of " + owner + " is no child state",
              "name a child state, or make it type=\"deep\"");
  }
}

/// getTransitionDomain and findLCCA of Appendix D.
void compiler::find_domain(transition& t) const {
  const auto targets = d_.view(d_.target_states, t.targets);
  if (targets.empty() || t.domain != none) return; // initial and default transitions have theirs
  t.dynamic_domain =
      std::any_of(targets.begin(), targets.end(), [&](index s) { return d_.is_history(s); });
  const auto holds_all = [&](index s) {
    return std::all_of(targets.begin(), targets.end(),
                       [&](index x) { return d_.is_descendant(x, s); });
  };
  if (t.internal && d_.states[t.source].kind == state_kind::compound && holds_all(t.source)) {
    t.domain = t.source;
    return;
  }
  index s = d_.states[t.source].parent;
  while (s != none && s != 0 && !(d_.states[s].kind == state_kind::compound && holds_all(s)))
    s = d_.states[s].parent;
  // <scxml> holds every state; its own transitions, which the standard does not know, have it as
  // their domain.
  t.domain = s == none ? 0 : s;
}

} // namespace chainring::scxml
