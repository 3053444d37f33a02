// content.hpp: executable content (SCXML 4), <send> and <cancel> (SCXML 6), and the host's own
// actions. Internal to the engine.
#pragma once

#include <span>

#include "scxml/macrostep.hpp"

namespace chainring::scxml {

/// Runs a block. An error has been queued as an event and ends the rest of the block (SCXML 4.9):
/// then false.
bool execute(macrostep& step, index block);
/// Runs one instruction, which has been counted; false: as above.
bool execute_one(macrostep& step, const instruction& i);
/// One that is an <assign>.
inline bool execute_assign(macrostep& step, const instruction& i) {
  const auto& assign = step.document().assigns[i.operand];
  step.in("assign");
  return step.checked(assign.location, step.model().assign(step.around(), assign.location, assign.value), i.where);
}
/// So many of them were done before that verdict: to whom that concerns.
void tell_of_assigns(macrostep& step, std::span<const instruction> all, index done, const verdict& v);
/// How many <assign> these begin with that stand beside each other in document::assigns too.
std::size_t assigns_ahead(std::span<const instruction> all);
/// That many, one at least, which is one question to the data model; the rest as above.
inline bool execute_assigns(macrostep& step, std::span<const instruction> all) {
  step.in("assign");
  index done = 0;
  const auto v = step.model().assign_all(step.around(), {all.front().operand, static_cast<index>(all.size())}, done);
  if (!v.ok() || step.watch()) [[unlikely]] tell_of_assigns(step, all, done, v);
  return v.ok();
}

/// Runs blocks one after the other: an error in one does not touch the next (SCXML 3.8, 3.9).
void execute_all(macrostep& step, range blocks);

/// What <param> children, namelist and <content> amount to. All or nothing: an error is reported
/// and gives false.
bool evaluate_message(macrostep& step, range parameters, index content, value& out,
                      std::string_view sendid = {});

/// The parameters alone, each name once; a name given several times has an array of its values.
bool evaluate_parameters(macrostep& step, range parameters, object& out,
                         std::string_view sendid = {});

/// The data of a done event. A <param> that cannot be evaluated is left out (SCXML 5.5, 5.7).
value evaluate_donedata(macrostep& step, index donedata);

/// Runs one <send> (send.cpp).
bool execute_send(macrostep& step, const send_operands& send, position where);
/// Runs one element of the host's vocabulary (action.cpp).
bool execute_action(macrostep& step, index action);

} // namespace chainring::scxml
