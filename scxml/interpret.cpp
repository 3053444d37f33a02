// interpret.cpp: the procedures of SCXML Appendix D that run something. Those that only ask are in
// selection.cpp.
#include "scxml/interpret.hpp"

#include <utility>

#include "scxml/interpret_run.hpp"

namespace chainring::scxml {

// -- public ---------------------------------------------------------------------------------------------------------

interpreter::interpreter(const host& h)
    : host_(h)
    , run_(std::make_unique<run>(host_)) {}
interpreter::~interpreter() = default;

void interpreter::start(session& s, const object& parameters, effects& out) {
  if (s.phase != session_phase::created) return;
  run_->step_.begin(s, nullptr, out);
  run_->start(parameters);
  run_->step_.end();
}

void interpreter::process(session& s, const event& e, effects& out) {
  if (s.phase != session_phase::stable) return;
  run_->step_.begin(s, &e, out);
  run_->main_event_loop(e);
  run_->step_.end();
}

void interpreter::cancel(session& s, effects& out) {
  if (s.phase != session_phase::stable) return;
  run_->step_.begin(s, nullptr, out);
  run_->exit_interpreter();
  run_->step_.end();
}

void interpreter::forget_invocation(session& s, std::string_view id) {
  s.invocations.erase_if([&](const invocation& i) { return i.id == id; });
}

// -- interpret, mainEventLoop, exitInterpreter ----------------------------------------------------------------------

void interpreter::run::start(const object& parameters) {
  reached_final_ = false;
  if (auto v = step_.model().create(step_.around()); !v.ok()) {
    step_.report(v, {});
    return step_.give_up(session_fault::memory);
  }
  self().phase = session_phase::stable;
  initialize_datamodel(parameters);
  enabled_.assign(1, doc().states[0].initial);
  if (running()) one_by_one() ? enter_one_by_one(enabled_.front()) : enter_states();
  run_to_stable();
}

/// Global data first, then the global script, which may use them (SCXML 5.8).
void interpreter::run::initialize_datamodel(const object& parameters) {
  const range global = doc().states[0].data;
  const index count = doc().early_binding ? static_cast<index>(doc().data.size()) : global.count;
  const index first = doc().early_binding ? index{0} : global.first;
  for (index i = first; i < first + count && running(); ++i) {
    const bool is_global = i >= global.first && i < global.first + global.count;
    initialize_data(i, is_global ? &parameters : nullptr);
  }
  self().initialized.insert(0);
  if (doc().global_script == none || !running()) return;
  const index script = doc().global_script;
  step_.in("script");
  auto v = step_.model().run_script(step_.around(), script);
  if (!v.ok()) step_.report(v, doc().expressions[script].where);
}

/// Start parameters take the place of the value that the document gives (SCXML 6.4).
void interpreter::run::initialize_data(index item, const object* parameters) {
  const data_item& d = doc().data[item];
  step_.in("data");
  const value* given = parameters ? parameters->find(d.id) : nullptr;
  if (given && step_.model().set_item(step_.around(), d.id, *given)) return;
  if (d.failed_load)
    return step_.report("the src of <data id='" + d.id + "'> could not be loaded", d.where);
  if (d.value == none) return;
  auto v = step_.model().initialize(step_.around(), item);
  if (!v.ok()) step_.report(v, d.where);
}

void interpreter::run::main_event_loop(const event& external) {
  reached_final_ = false;
  if (!self().invocations.empty()) forward_to_invocations(external);
  if (one_by_one() && running()) return round_one_by_one(external);
  if (running() && select_transitions(external)) microstep();
  run_to_stable();
}

/// The macrostep: eventless transitions before internal events, until there are neither; then the
/// invocations of the states entered and left no more, whose errors may start it again.
void interpreter::run::run_to_stable() {
  do {
    one_by_one() ? settle_one_by_one() : settle();
    if (running() && !states_to_invoke_.empty()) start_invocations();
  } while (running() && !step_.queue_empty());
  if (reached_final_ && !step_.faulted()) exit_interpreter();
  if (step_.faulted()) cancel_all_invocations();
  states_to_invoke_.clear();
}

void interpreter::run::settle() {
  while (running()) {
    if (select_eventless_transitions()) {
      microstep();
    } else if (!step_.queue_empty()) {
      if (select_transitions(step_.next_event())) microstep();
    } else {
      break;
    }
  }
}

/// Of a session that reached a top-level final state, that state stays in the configuration to tell
/// which it was.
void interpreter::run::exit_interpreter() {
  index final_state = none;
  value data;
  const state_set to_exit = self().configuration;
  to_exit.for_each_reverse([&](index s) {
    if (step_.faulted()) return;
    leave_state(s);
    if (doc().states[s].kind != state_kind::final || doc().states[s].parent != 0) return;
    final_state = s;
    data = evaluate_donedata(step_, doc().states[s].donedata);
  });
  if (step_.faulted()) return cancel_all_invocations();
  self().phase = session_phase::done;
  if (final_state == none) return;
  self().configuration.insert(final_state);
  step_.emit(done_effect{std::move(data)});
}

// -- selectEventlessTransitions, selectTransitions ------------------------------------------------------------------

bool interpreter::run::select_eventless_transitions() {
  return select([](const transition& t) { return t.events.empty(); });
}

bool interpreter::run::select_transitions(const event& e) {
  return select(
      [&](const transition& t) { return !t.events.empty() && name_match(doc(), t, e.name); });
}

/// For each active atomic state, the first enabled transition of it or its nearest ancestor. An
/// ancestor that an earlier state has asked answers the same again, so it is asked once.
template <class Enabled> bool interpreter::run::select(Enabled&& is_enabled) {
  enabled_.clear();
  visited_.clear();
  step_.in("transition");
  self().configuration.for_each([&](index atomic) {
    if (!doc().is_atomic(atomic) || step_.faulted()) return;
    for (index s = atomic; s != none && !visited_.contains(s); s = doc().states[s].parent) {
      visited_.insert(s);
      if (!step_.charge(1)) return;
      const range own = doc().states[s].transitions;
      for (index t = own.first; t < own.first + own.count; ++t) {
        const transition& candidate = doc().transitions[t];
        if (!step_.charge(1u + candidate.events.count)) return;
        if (!is_enabled(candidate) || !(candidate.cond == none || step_.condition(candidate.cond)))
          continue;
        enabled_.push_back(t);
        return;
      }
    }
  });
  if (step_.faulted()) enabled_.clear();
  remove_conflicting_transitions(self(), enabled_);
  return !enabled_.empty();
}

// -- microstep, exitStates, enterStates -----------------------------------------------------------------------------

void interpreter::run::microstep() {
  if (!step_.count_microstep()) return;
  exit_states();
  execute_transition_content();
  enter_states();
}

void interpreter::run::exit_states() {
  compute_exit_set(self(), enabled_, exit_);
  states_to_invoke_.erase_all(exit_);
  record_history();
  exit_.for_each_reverse([&](index s) {
    if (step_.charge(1)) leave_state(s);
  });
}

void interpreter::run::leave_state(index s) {
  execute_all(step_, doc().states[s].on_exit);
  cancel_invocations(s);
  left(s);
}

/// Before anything is left: the active children (shallow) or atomic descendants (deep) of the
/// history's parent.
void interpreter::run::record_history() {
  for (index h : doc().histories) {
    const index parent = doc().states[h].parent;
    if (!exit_.contains(parent)) continue;
    const bool deep = doc().states[h].kind == state_kind::deep_history;
    state_set inside, recorded;
    inside.insert_part(self().configuration, static_cast<index>(parent + 1),
                       doc().states[parent].subtree_end);
    inside.for_each([&](index s) {
      if (deep ? doc().is_atomic(s) : doc().states[s].parent == parent) recorded.insert(s);
    });
    history_value* known = nullptr;
    for (auto& value : self().history)
      if (value.history == h) known = &value;
    if (!known) known = &self().history.push_back({h, {}});
    known->states = std::move(recorded);
  }
}

void interpreter::run::execute_transition_content() {
  for (index t : enabled_) {
    if (step_.faulted()) return;
    if (step_.watch()) step_.watch()->taken(self(), t);
    if (doc().transitions[t].block != none) execute(step_, doc().transitions[t].block);
  }
}

void interpreter::run::enter_states() {
  if (step_.faulted()) return;
  entry_.compute(self(), enabled_);
  entry_.states().for_each([&](index s) {
    if (!step_.charge(1)) return;
    enter_state(s, entry_.is_default_entry(s) ? doc().states[s].initial : none, entry_.default_history_of(s));
  });
}

void interpreter::run::enter_state(index s, index default_content, index history_content) {
  const state& whole = doc().states[s];
  entered(s);
  if (!whole.invokes.empty()) states_to_invoke_.insert(s);
  if (!doc().early_binding && !whole.data.empty() && !self().initialized.contains(s)) {
    self().initialized.insert(s);
    for (index i = whole.data.first; i < whole.data.first + whole.data.count; ++i)
      initialize_data(i, nullptr);
  }
  execute_all(step_, whole.on_entry);
  auto execute_content_of = [&](index t) {
    const index block = t == none ? none : doc().transitions[t].block;
    if (block != none && !step_.faulted()) execute(step_, block);
  };
  execute_content_of(default_content);
  execute_content_of(history_content);
  if (whole.kind == state_kind::final && !step_.faulted()) enter_final_state(s);
}

void interpreter::run::enter_final_state(index s) {
  const index parent = doc().states[s].parent;
  if (parent == 0) {
    reached_final_ = true;
    return;
  }
  raise_done(parent, evaluate_donedata(step_, doc().states[s].donedata));
  const index grandparent = doc().states[parent].parent;
  if (doc().states[grandparent].kind == state_kind::parallel &&
      is_in_final_state(self(), grandparent))
    raise_done(grandparent, {});
}

void interpreter::run::raise_done(index s, value data) {
  event e;
  e.name = "done.state." + doc().states[s].id;
  e.type = event_type::platform;
  e.data = std::move(data);
  step_.raise(std::move(e));
}

} // namespace chainring::scxml
