// interpret_run.hpp: what the interpreter holds while a macrostep runs. Internal to the engine.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "scxml/content.hpp"
#include "scxml/macrostep.hpp"
#include "scxml/selection.hpp"

namespace chainring::scxml {

/// The procedures of SCXML Appendix D by their names there. The session at hand is `step_.self()`.
struct interpreter::run {
  explicit run(const host& h)
      : step_(h) {}

  // -- the three ways in --------------------------------------------------------------------------------------------
  void start(const object& parameters);
  void main_event_loop(const event& external);
  void exit_interpreter();

  macrostep step_;

 private:
  void initialize_datamodel(const object& parameters);
  void initialize_data(index item, const object* parameters);
  void run_to_stable();
  void settle();
  void start_invocations();

  // -- Appendix D ---------------------------------------------------------------------------------------------------
  bool select_eventless_transitions();
  bool select_transitions(const event& e);
  template <class Enabled> bool select(Enabled&& is_enabled);
  void microstep();
  void exit_states();
  void record_history();
  void execute_transition_content();
  void enter_states();
  void leave_state(index s);
  void left(index s) {
    self().configuration.erase(s);
    if (step_.watch()) step_.watch()->exited(self(), s);
  }
  /// `default_content`: the transition whose content runs after <onentry>, for a default entry.
  void enter_state(index s, index default_content, index history_content);
  void entered(index s) {
    self().configuration.insert(s);
    if (step_.watch()) step_.watch()->entered(self(), s);
  }
  void enter_final_state(index s);
  void raise_done(index s, value data);

  // -- one atomic state at a time: interpret_one_by_one.cpp -----------------------------------------------------------
  bool one_by_one() { return doc().candidates.known(); }
  void enter_one_by_one(index initial);
  void round_one_by_one(const event& external);
  void settle_one_by_one();
  inline const candidate* select_among(std::span<const candidate> candidates);
  inline void take(const candidate& chosen);
  inline bool go(std::span<const way_step> way);

  // -- invocations (SCXML 6.4, 6.5): interpret_invocations.cpp -----------------------------------------------------
  void invoke(index i);
  bool invocation_id(const scxml::invoke& what, std::string& id);
  void cancel_invocations(index state);
  void cancel_all_invocations();
  void apply_finalize(const invocation& one, const event& e);
  void forward_to_invocations(const event& e);

  session& self() { return step_.self(); }
  const scxml::document& doc() { return step_.document(); }
  bool running() { return !reached_final_ && !step_.faulted(); }

  std::vector<index> enabled_;
  state_set visited_, exit_;
  entry_set entry_;
  state_set states_to_invoke_;
  bool reached_final_ = false;
};

} // namespace chainring::scxml
