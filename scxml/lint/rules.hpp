// rules.hpp: the single rules of lint, each over one document. Internal to lint.
#pragma once

#include "scxml/complaints.hpp"

namespace chainring::scxml {

/// States and histories that no way leads into from the start.
void find_unreachable_states(const document& d, complaints& out);
/// Transitions that another one always takes the event from.
void find_shadowed_transitions(const document& d, complaints& out);
/// Event descriptors that no event has: wrong wildcards, done and error events that cannot happen here.
void find_impossible_events(const document& d, complaints& out);
/// In() of no state, <cancel> of no <send>, <send> to no <invoke>.
void find_dangling_names(const document& d, complaints& out);

} // namespace chainring::scxml
