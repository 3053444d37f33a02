// naive_interpreter.cpp: each function follows its namesake in SCXML Appendix D line by line.
#include "tests/scxml/naive_interpreter.hpp"

#include <algorithm>

namespace chainring::scxml::testing {

namespace {

bool name_match(const std::string& descriptor, const std::string& event) {
  if (descriptor == "*") return true;
  return event == descriptor || event.rfind(descriptor + ".", 0) == 0;
}

} // namespace

void naive_interpreter::interpret() {
  chart_transition initial;
  initial.source = "root";
  initial.targets = initial_targets("root");
  enter_states({&initial});
  main_event_loop();
}

void naive_interpreter::external(const std::string& event) {
  microsteps_ = 0;
  const auto enabled = select_transitions(event);
  if (!enabled.empty()) microstep(enabled);
  main_event_loop();
}

void naive_interpreter::main_event_loop() {
  bool macrostep_done = false;
  while (running_ && !macrostep_done && !exhausted_) {
    auto enabled = select_eventless_transitions();
    if (enabled.empty()) {
      if (internal_queue_.empty()) {
        macrostep_done = true;
      } else {
        const std::string event = internal_queue_.front();
        internal_queue_.pop_front();
        enabled = select_transitions(event);
      }
    }
    if (!enabled.empty()) microstep(enabled);
  }
  if (!running_ && !exhausted_) exit_interpreter();
}

void naive_interpreter::exit_interpreter() {
  names to_exit = in_document_order(configuration_);
  std::reverse(to_exit.begin(), to_exit.end());
  for (const auto& s : to_exit) {
    trace.push_back("-" + s);
    configuration_.erase(s);
  }
}

naive_interpreter::transitions naive_interpreter::select_eventless_transitions() {
  return select(nullptr);
}

naive_interpreter::transitions naive_interpreter::select_transitions(const std::string& event) {
  return select(&event);
}

naive_interpreter::transitions naive_interpreter::select(const std::string* event) {
  transitions enabled;
  for (const auto& state : in_document_order(configuration_)) {
    if (!is_atomic(state)) continue;
    names line = get_proper_ancestors(state, "");
    line.insert(line.begin(), state);
    bool found = false;
    for (const auto& s : line) {
      for (const auto& t : at(s).transitions) {
        const bool for_event =
            event ? !t.event.empty() && name_match(t.event, *event) : t.event.empty();
        if (!for_event || !(t.cond.empty() || configuration_.count(t.cond))) continue;
        if (std::find(enabled.begin(), enabled.end(), &t) == enabled.end()) enabled.push_back(&t);
        found = true;
        break;
      }
      if (found) break;
    }
  }
  return remove_conflicting_transitions(enabled);
}

naive_interpreter::transitions
naive_interpreter::remove_conflicting_transitions(const transitions& enabled) {
  transitions filtered;
  for (const auto* t1 : enabled) {
    bool t1_preempted = false;
    transitions to_remove;
    for (const auto* t2 : filtered) {
      const auto exit1 = compute_exit_set({t1}), exit2 = compute_exit_set({t2});
      const bool intersect = std::any_of(exit1.begin(), exit1.end(),
                                         [&](const auto& s) { return exit2.count(s) > 0; });
      if (!intersect) continue;
      if (is_descendant(t1->source, t2->source)) {
        to_remove.push_back(t2);
      } else {
        t1_preempted = true;
        break;
      }
    }
    if (t1_preempted) continue;
    for (const auto* t3 : to_remove)
      filtered.erase(std::find(filtered.begin(), filtered.end(), t3));
    filtered.push_back(t1);
  }
  return filtered;
}

void naive_interpreter::microstep(const transitions& enabled) {
  if (++microsteps_ > microsteps_max) {
    exhausted_ = true;
    return;
  }
  exit_states(enabled);
  for (const auto* t : enabled)
    if (!t->raises.empty()) enqueue(t->raises);
  enter_states(enabled);
}

void naive_interpreter::exit_states(const transitions& enabled) {
  names to_exit = in_document_order(compute_exit_set(enabled));
  std::reverse(to_exit.begin(), to_exit.end());
  for (const auto& s : to_exit) {
    for (const auto& h : at(s).children) {
      if (!is_history(h)) continue;
      std::set<std::string> value;
      for (const auto& s0 : configuration_)
        if (at(h).kind == "deep" ? is_atomic(s0) && is_descendant(s0, s) : at(s0).parent == s)
          value.insert(s0);
      history_value_[h] = value;
    }
  }
  for (const auto& s : to_exit) {
    if (!at(s).raises_on_exit.empty()) enqueue(at(s).raises_on_exit);
    configuration_.erase(s);
    trace.push_back("-" + s);
  }
}

std::set<std::string> naive_interpreter::compute_exit_set(const transitions& ts) {
  std::set<std::string> to_exit;
  for (const auto* t : ts) {
    if (t->targets.empty()) continue;
    const std::string domain = get_transition_domain(*t);
    for (const auto& s : configuration_)
      if (is_descendant(s, domain)) to_exit.insert(s);
  }
  return to_exit;
}

void naive_interpreter::enter_states(const transitions& enabled) {
  compute_entry_set(enabled);
  for (const auto& s : in_document_order(states_to_enter_)) {
    configuration_.insert(s);
    trace.push_back("+" + s);
    if (!at(s).raises_on_entry.empty()) enqueue(at(s).raises_on_entry);
    if (at(s).kind != "final") continue;
    const std::string parent = at(s).parent;
    if (parent == "root") {
      running_ = false;
      continue;
    }
    const std::string grandparent = at(parent).parent;
    enqueue("done.state." + parent);
    if (at(grandparent).kind != "parallel") continue;
    const auto regions = get_child_states(grandparent);
    if (std::all_of(regions.begin(), regions.end(),
                    [&](const auto& r) { return is_in_final_state(r); }))
      enqueue("done.state." + grandparent);
  }
}

void naive_interpreter::compute_entry_set(const transitions& ts) {
  states_to_enter_.clear();
  states_for_default_entry_.clear();
  for (const auto* t : ts) {
    for (const auto& s : t->targets) add_descendant_states_to_enter(s);
    const std::string ancestor = get_transition_domain(*t);
    for (const auto& s : get_effective_target_states(t->targets))
      add_ancestor_states_to_enter(s, ancestor);
  }
}

void naive_interpreter::add_descendant_states_to_enter(const std::string& state) {
  if (is_history(state)) {
    const auto recorded = history_value_.find(state);
    const names targets =
        recorded == history_value_.end() ? at(state).initial : in_document_order(recorded->second);
    for (const auto& s : targets) add_descendant_states_to_enter(s);
    for (const auto& s : targets) add_ancestor_states_to_enter(s, at(state).parent);
    return;
  }
  states_to_enter_.insert(state);
  if (is_compound(state)) {
    states_for_default_entry_.insert(state);
    for (const auto& s : initial_targets(state)) add_descendant_states_to_enter(s);
    for (const auto& s : initial_targets(state)) add_ancestor_states_to_enter(s, state);
  } else if (at(state).kind == "parallel") {
    for (const auto& child : get_child_states(state))
      if (!some_descendant_of(child)) add_descendant_states_to_enter(child);
  }
}

void naive_interpreter::add_ancestor_states_to_enter(const std::string& state,
                                                     const std::string& ancestor) {
  for (const auto& anc : get_proper_ancestors(state, ancestor)) {
    states_to_enter_.insert(anc);
    if (at(anc).kind != "parallel") continue;
    for (const auto& child : get_child_states(anc))
      if (!some_descendant_of(child)) add_descendant_states_to_enter(child);
  }
}

bool naive_interpreter::is_in_final_state(const std::string& s) {
  const auto children = get_child_states(s);
  if (is_compound(s))
    return std::any_of(children.begin(), children.end(), [&](const auto& c) {
      return at(c).kind == "final" && configuration_.count(c) > 0;
    });
  if (at(s).kind == "parallel")
    return std::all_of(children.begin(), children.end(),
                       [&](const auto& c) { return is_in_final_state(c); });
  return false;
}

std::string naive_interpreter::get_transition_domain(const chart_transition& t) {
  if (t.source == "root") return "root";
  const auto effective = get_effective_target_states(t.targets);
  const bool inside = std::all_of(effective.begin(), effective.end(),
                                  [&](const auto& s) { return is_descendant(s, t.source); });
  if (t.internal && is_compound(t.source) && inside) return t.source;
  names states{t.source};
  states.insert(states.end(), effective.begin(), effective.end());
  return find_lcca(states);
}

std::string naive_interpreter::find_lcca(const names& states) {
  for (const auto& anc : get_proper_ancestors(states.front(), "")) {
    if (!is_compound(anc) && anc != "root") continue;
    if (std::all_of(states.begin() + 1, states.end(),
                    [&](const auto& s) { return is_descendant(s, anc); }))
      return anc;
  }
  return "root";
}

std::set<std::string> naive_interpreter::get_effective_target_states(const names& targets) {
  std::set<std::string> effective;
  for (const auto& s : targets) {
    if (!is_history(s)) {
      effective.insert(s);
      continue;
    }
    const auto recorded = history_value_.find(s);
    const auto more = recorded == history_value_.end() ? get_effective_target_states(at(s).initial)
                                                       : recorded->second;
    effective.insert(more.begin(), more.end());
  }
  return effective;
}

naive_interpreter::names naive_interpreter::get_proper_ancestors(const std::string& s1,
                                                                 const std::string& s2) {
  names ancestors;
  for (std::string a = at(s1).parent; !a.empty() && a != s2; a = at(a).parent)
    ancestors.push_back(a);
  return ancestors;
}

bool naive_interpreter::is_descendant(const std::string& s1, const std::string& s2) {
  const auto ancestors = get_proper_ancestors(s1, "");
  return std::find(ancestors.begin(), ancestors.end(), s2) != ancestors.end();
}

naive_interpreter::names naive_interpreter::get_child_states(const std::string& s) {
  names children;
  for (const auto& c : at(s).children)
    if (!is_history(c)) children.push_back(c);
  return children;
}

naive_interpreter::names naive_interpreter::in_document_order(const std::set<std::string>& s) {
  names ordered;
  for (const auto& id : chart_.order)
    if (s.count(id)) ordered.push_back(id);
  return ordered;
}

naive_interpreter::names naive_interpreter::initial_targets(const std::string& s) {
  return at(s).initial.empty() ? names{get_child_states(s).front()} : at(s).initial;
}

bool naive_interpreter::some_descendant_of(const std::string& child) {
  return std::any_of(states_to_enter_.begin(), states_to_enter_.end(),
                     [&](const auto& s) { return is_descendant(s, child); });
}

void naive_interpreter::enqueue(const std::string& event) {
  internal_queue_.push_back(event);
  if (internal_queue_.size() > 200) exhausted_ = true;
}

} // namespace chainring::scxml::testing
