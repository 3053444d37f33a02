// selection.cpp: which transitions conflict, which states are left and entered (SCXML Appendix D).
#include "scxml/selection.hpp"

#include <algorithm>

namespace chainring::scxml {

bool name_match(const document& d, const transition& t, std::string_view event_name) {
  for (const auto& descriptor : d.view(d.descriptors, t.events)) {
    const std::string& prefix = descriptor.prefix;
    if (prefix.empty()) return true;
    if (event_name.starts_with(prefix) &&
        (event_name.size() == prefix.size() || event_name[prefix.size()] == '.'))
      return true;
  }
  return false;
}

const state_set* history_value_of(const session& s, index history) {
  for (const auto& h : s.history)
    if (h.history == history) return &h.states;
  return nullptr;
}

namespace {

/// `seen`: histories looked at, for their defaults may name further ones on many ways.
void add_effective_targets(const session& s, const transition& t, state_set& targets,
                           state_set& seen) {
  const document& d = *s.document;
  for (index target : d.view(d.target_states, t.targets)) {
    if (!d.is_history(target)) {
      targets.insert(target);
    } else if (const state_set* recorded = history_value_of(s, target)) {
      recorded->for_each([&](index state) { targets.insert(state); });
    } else if (d.states[target].initial != none && !seen.contains(target)) {
      seen.insert(target);
      add_effective_targets(s, d.transitions[d.states[target].initial], targets, seen);
    }
  }
}

} // namespace

state_set get_effective_target_states(const session& s, const transition& t) {
  state_set targets, seen;
  add_effective_targets(s, t, targets, seen);
  return targets;
}

index get_transition_domain(const session& s, const transition& t) {
  if (t.targets.empty()) return none;
  if (!t.dynamic_domain) return t.domain;
  const document& d = *s.document;
  const state_set targets = get_effective_target_states(s, t);
  auto holds_all = [&](index ancestor) {
    bool all = true;
    targets.for_each([&](index target) { all = all && d.is_descendant(target, ancestor); });
    return all;
  };
  auto is_compound = [&](index state) { return d.states[state].kind == state_kind::compound; };
  if (t.internal && is_compound(t.source) && holds_all(t.source)) return t.source;
  // findLCCA; the <scxml> element is compound and holds everything
  index ancestor = d.states[t.source].parent;
  while (ancestor != none && ancestor != 0 && !(is_compound(ancestor) && holds_all(ancestor)))
    ancestor = d.states[ancestor].parent;
  return ancestor == none ? index{0} : ancestor;
}

void remove_conflicting_transitions(const session& s, std::vector<index>& enabled) {
  if (enabled.size() < 2) return;
  const document& d = *s.document;
  struct kept {
    index position, domain;
  };
  // Domains are subtrees, so two exit sets intersect exactly when one domain lies in the other. The
  // domains kept are disjoint and, like the atomic states that selected them, in document order:
  // those that conflict with the next transition stand at the end.
  std::vector<kept> filtered;
  for (std::size_t i = 0; i < enabled.size(); ++i) {
    const transition& t1 = d.transitions[enabled[i]];
    const index domain = get_transition_domain(s, t1);
    if (domain == none) continue;
    bool preempted = false;
    std::size_t remaining = filtered.size();
    while (remaining > 0 && !preempted) {
      const kept& t2 = filtered[remaining - 1];
      const bool conflict = t2.domain == domain || d.is_descendant(t2.domain, domain) ||
                            d.is_descendant(domain, t2.domain);
      if (!conflict) break;
      preempted = !d.is_descendant(t1.source, d.transitions[enabled[t2.position]].source);
      --remaining;
    }
    if (preempted) {
      enabled[i] = none;
      continue;
    }
    for (; filtered.size() > remaining; filtered.pop_back())
      enabled[filtered.back().position] = none;
    filtered.push_back({static_cast<index>(i), domain});
  }
  std::erase(enabled, none);
}

void compute_exit_set(const session& s, const std::vector<index>& transitions, state_set& exit) {
  const document& d = *s.document;
  exit.clear();
  for (index t : transitions) {
    const index domain = get_transition_domain(s, d.transitions[t]);
    if (domain == none) continue;
    exit.insert_part(s.configuration, static_cast<index>(domain + 1), d.states[domain].subtree_end);
  }
}

bool is_in_final_state(const session& s, index state) {
  const document& d = *s.document;
  const auto& whole = d.states[state];
  if (whole.kind != state_kind::compound && whole.kind != state_kind::parallel) return false;
  const bool parallel = whole.kind == state_kind::parallel;
  for (index child = static_cast<index>(state + 1); child < whole.subtree_end;
       child = d.states[child].subtree_end) {
    if (d.is_history(child)) continue;
    if (parallel && !is_in_final_state(s, child)) return false;
    if (!parallel && d.states[child].kind == state_kind::final && s.is_active(child)) return true;
  }
  return parallel;
}

// -- the entry set --------------------------------------------------------------------------------------------------

void entry_set::compute(const session& s, const std::vector<index>& transitions) {
  session_ = &s;
  document_ = s.document.get();
  states_.clear();
  default_entry_.clear();
  completed_.clear();
  histories_.clear();
  default_history_.clear();
  for (index i : transitions) {
    const transition& t = document_->transitions[i];
    for (index target : document_->view(document_->target_states, t.targets))
      add_descendant_states_to_enter(target);
    const index ancestor =
        i == document_->states[0].initial ? index{0} : get_transition_domain(s, t);
    get_effective_target_states(s, t).for_each(
        [&](index target) { add_ancestor_states_to_enter(target, ancestor); });
  }
}

index entry_set::default_history_of(index s) const {
  for (const auto& [parent, transition] : default_history_)
    if (parent == s) return transition;
  return none;
}

void entry_set::add_targets(range targets, index ancestor) {
  for (index target : document_->view(document_->target_states, targets))
    add_descendant_states_to_enter(target);
  for (index target : document_->view(document_->target_states, targets))
    add_ancestor_states_to_enter(target, ancestor);
}

void entry_set::add_history(index s) {
  if (histories_.contains(s)) return;
  histories_.insert(s);
  const index parent = document_->states[s].parent;
  if (const state_set* recorded = history_value_of(*session_, s)) {
    recorded->for_each([&](index state) { add_descendant_states_to_enter(state); });
    recorded->for_each([&](index state) { add_ancestor_states_to_enter(state, parent); });
    return;
  }
  const index transition = document_->states[s].initial;
  if (transition == none) return;
  std::erase_if(default_history_, [&](const auto& entry) { return entry.first == parent; });
  default_history_.emplace_back(parent, transition);
  add_targets(document_->transitions[transition].targets, parent);
}

void entry_set::add_descendant_states_to_enter(index s) {
  if (document_->is_history(s)) return add_history(s);
  states_.insert(s);
  const auto& state = document_->states[s];
  if (state.kind == state_kind::compound) {
    default_entry_.insert(s);
    if (state.initial != none) add_targets(document_->transitions[state.initial].targets, s);
  } else if (state.kind == state_kind::parallel) {
    add_children_of_parallel(s);
  }
}

void entry_set::add_ancestor_states_to_enter(index s, index ancestor) {
  for (index a = document_->states[s].parent; a != none && a != ancestor;
       a = document_->states[a].parent) {
    states_.insert(a);
    if (document_->states[a].kind == state_kind::parallel) add_children_of_parallel(a);
  }
}

void entry_set::add_children_of_parallel(index s) {
  if (completed_.contains(s)) return;
  completed_.insert(s);
  const auto& whole = document_->states[s];
  index next = none;
  for (index child = static_cast<index>(s + 1); child < whole.subtree_end; child = next) {
    next = document_->states[child].subtree_end;
    const bool entered = states_.intersects(static_cast<index>(child + 1), next);
    if (!document_->is_history(child) && !entered) add_descendant_states_to_enter(child);
  }
}

} // namespace chainring::scxml
