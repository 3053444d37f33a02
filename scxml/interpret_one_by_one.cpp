// interpret_one_by_one.cpp: Appendix D for charts in which one atomic state is active at a time and every transition has at
// most one target: no sets of transitions or states are needed, only ways up and down the tree. What it does, and in what
// order, is what the procedures of interpret.cpp would do.
#include <array>

#include "scxml/interpret_run.hpp"
#include "scxml/limits.hpp"

namespace chainring::scxml {

/// selectTransitions: the first that is enabled.
bool interpreter::run::select_among(std::span<const index> candidates) {
  enabled_.clear();
  if (!step_.charge(1) || candidates.empty()) return false;
  step_.in("transition");
  for (const index t : candidates) {
    if (!step_.charge(1)) return false;
    const index cond = doc().transitions[t].cond;
    if (cond != none && !step_.condition(cond)) continue;
    if (step_.faulted()) return false;
    enabled_.push_back(t);
    return true;
  }
  return false;
}

void interpreter::run::microstep_of(index t) {
  const transition& taken = doc().transitions[t];
  const bool initial = t == doc().states[0].initial;
  if (!initial) {
    if (!taken.targets.empty() && !leave_up_to(taken.domain)) return;
    if (step_.watch()) step_.watch()->taken(self(), t);
    if (taken.block != none) execute(step_, taken.block);
  }
  if (taken.targets.empty() || step_.faulted()) return;
  enter_down(initial ? index{0} : taken.domain, doc().target_states[taken.targets.first]);
}

/// exitStates: the atomic state and its ancestors below the domain. False: faulted.
bool interpreter::run::leave_up_to(index domain) {
  for (index s = self().configuration.last(); s != domain; s = doc().states[s].parent) {
    if (!step_.charge(1)) return false;
    states_to_invoke_.erase(s);
    leave_state(s);
  }
  return !step_.faulted();
}

/// enterStates: from the domain to the target, and from there by default to an atomic state.
void interpreter::run::enter_down(index domain, index target) {
  for (;;) {
    std::array<index, limits::document_depth_max> way; // innermost first
    std::size_t length = 0;
    for (index s = target; s != domain && length < way.size(); s = doc().states[s].parent) way[length++] = s;
    const state& last = doc().states[target];
    const bool is_compound = last.kind == state_kind::compound;
    while (length > 0) {
      const index s = way[--length];
      if (!step_.charge(1)) return;
      enter_state(s, s == target && is_compound ? last.initial : none, none);
    }
    if (!is_compound) return;
    domain = target;
    target = doc().target_states[doc().transitions[last.initial].targets.first];
  }
}

} // namespace chainring::scxml
