// selection.hpp: the procedures of SCXML Appendix D that only ask which states are concerned:
// domains, conflicts, exit and entry sets. They know the document and the session's configuration
// and history, and run nothing.
#pragma once

#include <string_view>
#include <utility>
#include <vector>

#include "scxml/session.hpp"

namespace chainring::scxml {

/// nameMatch (SCXML 3.12.1): does a descriptor of the transition match the event's name?
bool name_match(const document& d, const transition& t, std::string_view event_name);

/// The recorded value of a history state, or null.
const state_set* history_value_of(const session& s, index history);

/// getEffectiveTargetStates: the targets, history states replaced by what they stand for now.
state_set get_effective_target_states(const session& s, const transition& t);

/// getTransitionDomain: the compound state all of whose descendants the transition leaves; none
/// when targetless.
index get_transition_domain(const session& s, const transition& t);

/// removeConflictingTransitions: `enabled` is in the order of the states that selected them; what
/// remains keeps it. A transition of a descendant preempts those of its ancestors; otherwise the
/// first in document order stays.
void remove_conflicting_transitions(const session& s, std::vector<index>& enabled);

/// computeExitSet: the active descendants of the transitions' domains.
void compute_exit_set(const session& s, const std::vector<index>& transitions, state_set& exit);

/// isInFinalState
bool is_in_final_state(const session& s, index state);

/// computeEntrySet with the two procedures below it. The sets are kept between uses for their
/// capacity.
class entry_set {
 public:
  void compute(const session& s, const std::vector<index>& transitions);

  const state_set& states() const { return states_; }
  bool is_default_entry(index s) const { return default_entry_.contains(s); }
  /// The default transition of a history child of `s` that has no value yet, or none.
  index default_history_of(index s) const;

 private:
  void add_descendant_states_to_enter(index s);
  void add_ancestor_states_to_enter(index s, index ancestor);
  void add_children_of_parallel(index s);
  void add_history(index s);
  void add_targets(range targets, index ancestor);

  const session* session_ = nullptr;
  const document* document_ = nullptr;
  state_set states_;
  state_set default_entry_;
  state_set completed_; // parallel states all of whose children have been seen to
  state_set histories_; // seen to
  std::vector<std::pair<index, index>> default_history_; // parent, transition
};

} // namespace chainring::scxml
