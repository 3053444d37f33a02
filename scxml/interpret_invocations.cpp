// interpret_invocations.cpp: <invoke> and <finalize> (SCXML 6.4, 6.5).
#include <utility>

#include "scxml/interpret_run.hpp"

namespace chainring::scxml {

void interpreter::run::start_invocations() {
  states_to_invoke_.for_each([&](index s) {
    const range own = doc().states[s].invokes;
    for (index i = own.first; i < own.first + own.count && running(); ++i) invoke(i);
  });
  states_to_invoke_.clear();
}

/// A failure is reported and nothing is started (SCXML 6.4.2).
void interpreter::run::invoke(index i) {
  const scxml::invoke& what = doc().invokes[i];
  step_.in("invoke");
  invoke_effect start;
  start.invoke = i;
  if (!invocation_id(what, start.id)) return;
  if (!step_.text_of(what.type, start.type) || !step_.text_of(what.src, start.src)) return;
  if (!evaluate_parameters(step_, what.parameters, start.parameters)) return;
  if (what.content != none && !step_.evaluate(what.content, start.content)) return;
  self().invocations.push_back({i, start.id});
  step_.emit(std::move(start));
}

/// As given, or "stateid.platformid" (SCXML 6.4.1), stored where idlocation says.
bool interpreter::run::invocation_id(const scxml::invoke& what, std::string& id) {
  id = what.id;
  if (!id.empty()) return true;
  id = doc().states[what.state].id + ".s" + std::to_string(self().id) + "-" +
       std::to_string(++self().ids_given);
  if (what.id_location == none) return true;
  auto v = step_.model().assign_value(step_.around(), what.id_location, id);
  if (!v.ok()) step_.report(v, what.where);
  return v.ok();
}

void interpreter::run::cancel_invocations(index state) {
  if (doc().states[state].invokes.empty()) return;
  self().invocations.erase_if([&](const invocation& one) {
    if (doc().invokes[one.invoke].state != state) return false;
    step_.emit(uninvoke_effect{one.id});
    return true;
  });
}

void interpreter::run::cancel_all_invocations() {
  for (const invocation& one : self().invocations) step_.emit(uninvoke_effect{one.id});
  self().invocations.clear();
}

void interpreter::run::forward_to_invocations(const event& e) {
  for (const invocation& one : self().invocations) {
    if (one.id == e.invokeid) apply_finalize(one, e);
    if (doc().invokes[one.invoke].autoforward) step_.emit(forward_effect{one.id, e});
  }
}

/// An empty <finalize> takes what the event says for the locations that the invocation was given
/// (SCXML 6.5).
void interpreter::run::apply_finalize(const invocation& one, const event& e) {
  const scxml::invoke& what = doc().invokes[one.invoke];
  if (what.finalize == none) return;
  if (!doc().blocks[what.finalize].instructions.empty()) {
    execute(step_, what.finalize);
    return;
  }
  step_.in("finalize");
  for (const parameter& p : doc().view(doc().parameters, what.parameters)) {
    const value* answer = e.data.find(p.name);
    if (!answer || doc().expressions[p.value].kind != expression_kind::location) continue;
    auto v = step_.model().assign_value(step_.around(), p.value, *answer);
    if (!v.ok()) return step_.report(v, what.where);
  }
}

} // namespace chainring::scxml
