// interpret_one_by_one.cpp: Appendix D for charts in which one atomic state is active at a time and every transition has at
// most one target: no sets of transitions or states are needed, and what a transition amounts to is laid out beforehand
// (ways.hpp). What it does, and in what order, is what the procedures of interpret.cpp would do.
#include "scxml/interpret_run.hpp"

namespace chainring::scxml {

/// selectTransitions: the first that is enabled; null: none is.
[[gnu::always_inline]] inline const candidate* interpreter::run::select_among(std::span<const candidate> candidates) {
  if (!step_.charge(1 + candidates.size()) || candidates.empty()) return nullptr;
  step_.in("transition");
  return candidates.front().cond == none ? &candidates.front() : step_.first_that_holds(candidates);
}

/// False: faulted. The steps are counted before, so that none has to; those that run nothing take no time.
[[gnu::always_inline]] inline bool interpreter::run::go(std::span<const way_step> way) {
  using deed = way_step::deed;
  for (const way_step *at = way.data(), *const end = at + way.size(); at != end;) {
    const way_step& now = *at++;
    switch (now.what) {
    case deed::leave:
      left(now.subject);
      continue;
    case deed::enter:
      entered(now.subject);
      continue;
    case deed::assign:
      if (!execute_assign(step_, doc().instructions[now.subject])) at += now.more;
      break;
    case deed::assign_all:
      if (!execute_assigns(step_, std::span(doc().instructions).subspan(now.subject, now.count))) at += now.more;
      break;
    case deed::execute:
      if (!execute_one(step_, doc().instructions[now.subject])) at += now.more;
      break;
    case deed::leave_whole:
      states_to_invoke_.erase(now.subject);
      leave_state(now.subject);
      break;
    case deed::enter_whole:
      enter_state(now.subject, now.more, none);
      break;
    }
    if (!step_.in_time()) return false;
  }
  return true;
}

/// enterStates for the transition that starts the session.
void interpreter::run::enter_one_by_one(index initial) {
  const auto way = doc().ways.onward(initial);
  if (step_.count_instructions(way.size())) go(way);
}

/// exitStates, executeTransitionContent, enterStates.
[[gnu::always_inline]] inline void interpreter::run::take(const candidate& chosen) {
  if (!step_.count_microstep()) return;
  const auto leaving = doc().ways.leaving(self().configuration.last()).first(chosen.leave_steps);
  const auto onward = doc().ways.onward(chosen.transition);
  if (!step_.count_instructions(leaving.size() + onward.size()) || !go(leaving)) return;
  if (step_.watch()) step_.watch()->taken(self(), chosen.transition);
  go(onward);
}

/// One round of mainEventLoop, with the macrostep that follows.
void interpreter::run::round_one_by_one(const event& external) {
  const candidate* const chosen = select_among(doc().candidates.for_event(self().configuration.last(), external.name));
  if (chosen) take(*chosen);
  const bool is_stable = !doc().candidates.has_eventless() && step_.queue_empty() && states_to_invoke_.empty() && running();
  if (!is_stable) run_to_stable();
}

/// The macrostep's eventless transitions and internal events, until there are neither.
void interpreter::run::settle_one_by_one() {
  while (running()) {
    const candidate* chosen = nullptr;
    if (step_.charge(1) && doc().candidates.has_eventless())
      chosen = select_among(doc().candidates.eventless(self().configuration.last()));
    if (!chosen && !step_.faulted()) {
      if (step_.queue_empty()) return;
      chosen = select_among(doc().candidates.for_event(self().configuration.last(), step_.next_event().name));
    }
    if (chosen) take(*chosen);
  }
}

} // namespace chainring::scxml
