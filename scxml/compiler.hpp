// compiler.hpp: one <scxml> element of a tree → the tables of a document. The methods are spread by
// subject over compile_states, compile_transitions, compile_content, compile_messages,
// compile_invoke, compile_data, compile_actions.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "scxml/schema.hpp"

namespace chainring::scxml {

class compiler {
 public:
  /// `identity` is what the document's hash is made of, besides the resources it loads.
  compiler(compilation& c, element_index root, std::string_view identity);

  /// The document; meaningful only when the compilation has no error.
  std::shared_ptr<const document> run();

 private:
  using kind = element_kind;

  // -- states: compile_states.cpp -----------------------------------------------------------------------------------
  void read_root();
  datamodel_kind read_datamodel();
  bool needs_data_model() const;
  void declare(element_index e, index parent, std::uint16_t depth);
  void declare_id(element_index e, index self);
  state_kind kind_of_state(element_index e);
  void compile_state(index s);
  void compile_donedata(element_index e, index s);

  // -- transitions: compile_transitions.cpp -------------------------------------------------------------------------
  transition compile_transition(element_index e, index source);
  void compile_initial(index s);
  void compile_history(index s);
  index default_initial(index s);
  range compile_events(std::string_view words, position where);
  range compile_targets(std::string_view words, position where);
  index find_target(std::string_view id, position where);
  void check_together(range targets, position where);
  void check_default(element_index e, std::string_view owner);
  void check_inside(range targets, index outer, bool children_only, position where,
                    const std::string& owner);
  void find_domain(transition& t) const;
  index common_ancestor(index a, index b) const;

  // -- executable content: compile_content.cpp ----------------------------------------------------------------------
  block compile_block(element_index e);
  index add_block(element_index e);
  index add_block(std::vector<instruction>&& instructions, position where);
  void compile_instruction(element_index e, std::vector<instruction>& into);
  index compile_choose(element_index e);
  index compile_foreach(element_index e);
  index compile_log(element_index e);
  index compile_assign(element_index e);

  // -- events out and in: compile_messages.cpp ----------------------------------------------------------------------
  index compile_raise(element_index e, std::string_view attribute);
  index compile_raise_with_data(element_index e);
  index compile_send(element_index e);
  void check_send(element_index e, const send_operands& send);
  index compile_cancel(element_index e);
  /// namelist and <param> of <send>, <invoke>, <donedata>; `content` gets the <content> beside
  /// them.
  range compile_payload(element_index e, element_index& content);
  void exclude_content(element_index e, range parameters, element_index content);
  parameter compile_param(element_index e);

  // -- invocations: compile_invoke.cpp ------------------------------------------------------------------------------
  invoke compile_invoke(element_index e, index s);
  void compile_invoked_content(element_index e, invoke& into);
  element_index inline_document(element_index content, const invoke& of) const;

  // -- data, scripts, loaded text: compile_data.cpp -----------------------------------------------------------------
  data_item compile_data(element_index e);
  index compile_script(element_index e);
  void compile_global_scripts();
  /// The program of a <script>: its text, or what src= names.
  bool script_text(element_index e, std::string& text, position& where);
  index compile_content(element_index e);
  /// The child content of <data>, <assign>, <content> as an expression of kind content.
  index child_content(element_index e);
  bool has_content(element_index e) const;
  const std::string* load(std::string_view uri, position where, severity when_missing);

  // -- the vocabulary: compile_actions.cpp --------------------------------------------------------------------------
  index compile_action(element_index e);
  action_operands action_of(element_index e, const action_specification& spec,
                            index position_of_spec);
  range action_attributes_of(element_index e, const action_specification& spec);

  void prepare_to_run();

  // -- tools: compiler.cpp ------------------------------------------------------------------------------------------
  const element& at(element_index e) const { return c_.xml.elements[e]; }
  kind kind_at(element_index e) const { return c_.kinds[e]; }
  const attribute* find(element_index e, std::string_view name) const {
    return c_.xml.find(e, name);
  }
  std::string_view text_of(element_index e, std::string_view attribute) const;
  bool is_given(element_index e, std::string_view attribute) const;
  std::string tag(element_index e) const;
  void error(position where, std::string what, std::string mend) {
    c_.out.error(where, std::move(what), std::move(mend));
  }
  void warning(position where, std::string what, std::string mend) {
    c_.out.warning(where, std::move(what), std::move(mend));
  }
  void exclusive(element_index e, std::string_view a, std::string_view b);
  /// The attribute as an expression, or none when it is not given.
  index expression_of(element_index e, std::string_view attribute, expression_kind how);
  index add_expression(std::string text, expression_kind how, position where);
  text_or_expression text_or_expression_of(element_index e, std::string_view literal,
                                           std::string_view expr);
  template <class F> void for_each_child(element_index e, F&& f) {
    for (element_index i = at(e).first_child; i != no_element; i = at(i).next_sibling) f(i);
  }
  void table_full(position where);
  template <class T> index append(std::vector<T>& table, T item, position where) {
    if (table.size() >= none) return table_full(where), none;
    table.push_back(std::move(item));
    return static_cast<index>(table.size() - 1);
  }
  template <class T>
  range append_all(std::vector<T>& table, std::vector<T>&& items, position where) {
    range r{static_cast<index>(table.size()), 0};
    for (T& item : items) {
      if (append(table, std::move(item), where) == none) break;
      ++r.count;
    }
    return r;
  }

  compilation& c_;
  element_index root_;
  std::string identity_;
  std::shared_ptr<document> made_;
  document& d_;
  std::vector<element_index> state_elements_;       // per state
  std::unordered_map<std::string_view, index> ids_; // of states
  std::unordered_map<std::string_view, position> data_ids_;
  std::vector<index> target_stamps_; // per state: the last target list it was in
  index target_lists_ = 0;
  std::unordered_map<std::string, std::optional<std::string>> loaded_;
  bool table_full_reported_ = false;
};

} // namespace chainring::scxml
