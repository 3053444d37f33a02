// naive_interpreter.hpp: SCXML Appendix D read aloud: sets of names, no tables, no cleverness.
// Slow, and the measure of the engine. Written from the Recommendation, without a look at scxml/.
#pragma once

#include <deque>
#include <set>
#include <string>
#include <vector>

#include "tests/scxml/chart.hpp"

namespace chainring::scxml::testing {

class naive_interpreter {
 public:
  explicit naive_interpreter(const chart& c)
      : chart_(c) {}

  void interpret();
  void external(const std::string& event);

  const std::set<std::string>& configuration() const { return configuration_; }
  bool running() const { return running_; }
  /// Microsteps of its whole life.
  int microsteps_max = 500;
  /// More steps or queued events than these.
  bool exhausted() const { return exhausted_; }
  /// "+id" entered, "-id" left, in order.
  std::vector<std::string> trace;

 private:
  using names = std::vector<std::string>; // an OrderedSet
  using transitions = std::vector<const chart_transition*>;

  // -- procedures and functions of Appendix D, in its order ---------------------------------------------------------
  void main_event_loop();
  void exit_interpreter();
  transitions select_eventless_transitions();
  transitions select_transitions(const std::string& event);
  transitions remove_conflicting_transitions(const transitions& enabled);
  void microstep(const transitions& enabled);
  void exit_states(const transitions& enabled);
  std::set<std::string> compute_exit_set(const transitions& ts);
  void enter_states(const transitions& enabled);
  void compute_entry_set(const transitions& ts);
  void add_descendant_states_to_enter(const std::string& state);
  void add_ancestor_states_to_enter(const std::string& state, const std::string& ancestor);
  bool is_in_final_state(const std::string& s);
  std::string get_transition_domain(const chart_transition& t);
  std::string find_lcca(const names& states);
  std::set<std::string> get_effective_target_states(const names& targets);
  names get_proper_ancestors(const std::string& s1, const std::string& s2);
  bool is_descendant(const std::string& s1, const std::string& s2);
  names get_child_states(const std::string& s);

  const chart_state& at(const std::string& id) { return chart_.states.at(id); }
  bool is_history(const std::string& id) {
    return at(id).kind == "shallow" || at(id).kind == "deep";
  }
  bool is_compound(const std::string& id) {
    return at(id).kind == "state" && !get_child_states(id).empty();
  }
  bool is_atomic(const std::string& id) {
    return at(id).kind == "final" || (at(id).kind == "state" && !is_compound(id));
  }
  names in_document_order(const std::set<std::string>& s);
  names initial_targets(const std::string& s);
  bool some_descendant_of(const std::string& child);
  transitions select(const std::string* event);
  void enqueue(const std::string& event);

  const chart& chart_;
  std::set<std::string> configuration_;
  std::deque<std::string> internal_queue_;
  std::map<std::string, std::set<std::string>> history_value_;
  std::set<std::string> states_to_enter_, states_for_default_entry_;
  bool running_ = true;
  bool exhausted_ = false;
  int microsteps_ = 0;
};

} // namespace chainring::scxml::testing
