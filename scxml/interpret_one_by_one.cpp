// interpret_one_by_one.cpp: Appendix D for charts in which one atomic state is active at a time and every transition has at
// most one target: no sets of transitions or states are needed, and what a transition amounts to is laid out beforehand
// (ways.hpp). What it does, and in what order, is what the procedures of interpret.cpp would do.
#include "scxml/interpret_run.hpp"

namespace chainring::scxml {

/// selectTransitions: the first that is enabled.
bool interpreter::run::select_among(std::span<const candidate> candidates) {
  if (!step_.charge(1 + candidates.size()) || candidates.empty()) return false;
  step_.in("transition");
  for (const candidate& one : candidates) {
    if (one.cond != none && !step_.condition(one.cond)) {
      if (step_.faulted()) return false;
      continue;
    }
    chosen_ = &one;
    return true;
  }
  return false;
}

/// False: faulted. The steps are counted before, so that none has to.
[[gnu::always_inline]] inline bool interpreter::run::go(std::span<const way_step> way) {
  using deed = way_step::deed;
  if (!step_.count_instructions(way.size())) return false;
  for (const way_step *at = way.data(), *const end = at + way.size(); at != end;) {
    const way_step& now = *at++;
    if (!step_.in_time()) return false;
    switch (now.what) {
    case deed::assign:
      if (!execute_assign(step_, doc().instructions[now.subject])) at += now.more;
      break;
    case deed::assign_all:
      if (!execute_assigns(step_, std::span(doc().instructions).subspan(now.subject, now.count))) at += now.more;
      break;
    case deed::execute:
      if (!execute_one(step_, doc().instructions[now.subject])) at += now.more;
      break;
    case deed::leave:
      left(now.subject);
      break;
    case deed::leave_whole:
      states_to_invoke_.erase(now.subject);
      leave_state(now.subject);
      break;
    case deed::enter:
      entered(now.subject);
      break;
    case deed::enter_whole:
      enter_state(now.subject, now.more, none);
      break;
    }
  }
  return !step_.faulted();
}

/// enterStates for the transition that starts the session.
void interpreter::run::enter_one_by_one(index initial) { go(doc().ways.onward(initial)); }

/// exitStates, executeTransitionContent, enterStates.
void interpreter::run::microstep_of(const candidate& taken) {
  if (taken.leave_steps > 0 && !go(doc().ways.leaving(self().configuration.last()).first(taken.leave_steps))) return;
  if (step_.watch()) step_.watch()->taken(self(), taken.transition);
  go(doc().ways.onward(taken.transition));
}

} // namespace chainring::scxml
