// ocs_lint.cpp: the ranges of the OCS guide (Custom Actions; Events from OCS) as far as a document shows them. Whatever
// is accepted here at run time is decided by the same functions as in ocs_actions.cpp.
#include "dialer/ocs_lint.hpp"

#include <algorithm>
#include <cmath>

#include "dialer/action_parts.hpp"
#include "dialer/call_result.hpp"
#include "dialer/calling_list.hpp"
#include "dialer/limits.hpp"
#include "dialer/ocs_literals.hpp"
#include "dialer/ocs_vocabulary.hpp"
#include "dialer/text.hpp"
#include "scxml/complaints.hpp"
#include "scxml/lint/descriptors.hpp"

namespace chainring::dialer {

namespace {

using scxml::action_attribute;
using scxml::action_operands;
using scxml::index;
using scxml::position;

constexpr const char* intervals = "BBH, BH, ABH, WEND or HDAY";

/// Events from OCS, and the action that asks for each; none: OCS sends it by itself too.
struct ocs_event {
  std::string_view name;
  index action;
};
constexpr ocs_event ocs_events[] = {
    {"ocs.callresult", ocs::make_call},    {"ocs.daytime_change", scxml::none}, {"ocs.info", ocs::get_info},
    {"ocs.next_record", ocs::next_record}, {"ocs.timeout", ocs::timeout},       {"Error.Attribute", scxml::none},
    {"Error.Configuration", scxml::none},
};

class ocs_rules {
 public:
  ocs_rules(const scxml::document& d, scxml::complaints& out)
      : d_(d)
      , out_(out)
      , literals_(d)
      , own_(d) {}

  void check_actions() {
    for (const auto& i : d_.instructions)
      if (i.kind == scxml::operation::action && i.operand < d_.actions.size()) check(d_.actions[i.operand]);
  }
  void check_events() {
    for (const auto& e : d_.descriptors)
      if (!own_.may_match(e.prefix)) check(e);
  }
  void check_comparisons() {
    for (const auto& e : d_.expressions) check_call_results(e);
  }
  bool has_actions() const { return !d_.actions.empty(); }

 private:
  // -- attributes
  /// A literal of an action, or nothing that can be said.
  struct literal {
    std::optional<scxml::value> what;
    position where;
  };

  const action_attribute* attribute_of(const action_operands& a, index spec) const {
    for (const auto& given : d_.view(d_.action_attributes, a.attributes))
      if (given.spec == spec) return &given;
    return nullptr;
  }
  literal literal_of(const action_operands& a, index spec) const {
    const auto* found = attribute_of(a, spec);
    return found ? literal{literals_.value_of(found->text), found->where} : literal{std::nullopt, a.where};
  }
  void error(position where, std::string what, std::string mend) {
    out_.error(where, std::move(what), std::move(mend));
  }
  void warning(position where, std::string what, std::string mend) {
    out_.warning(where, std::move(what), std::move(mend));
  }

  /// The attribute is one of some words; `is_one` decides.
  template <class F>
  void one_of(const action_operands& a, index spec, std::string name, const char* words, F&& is_one) {
    const literal given = literal_of(a, spec);
    if (given.what && !is_one(*given.what))
      error(given.where, name + " is " + shown(*given.what), std::string("write ") + words);
  }
  static bool is_word(const scxml::value& what, std::string_view word) { return same_word(word_of(what), word); }

  void check(const action_operands& a) {
    switch (a.spec) {
    case ocs::timeout: return check_delay(a);
    case ocs::next_record: return check_next_record(a);
    case ocs::get_info: return check_get_info(a);
    case ocs::make_call: return check_record(a, ocs::make_call_record_id, false);
    case ocs::set_flex_attr: return check_set_flex_attr(a);
    case ocs::set_exec_flag: return check_set_exec_flag(a);
    default: return;
    }
  }

  void check_delay(const action_operands& a) {
    const auto [what, where] = literal_of(a, ocs::timeout_delay);
    if (!what || (what->is<std::string>() && daytime_code_from_name(word_of(*what)))) return;
    const auto seconds = seconds_of(*what);
    if (!seconds || !std::isfinite(*seconds) || *seconds < 0)
      return error(where, "delay is " + shown(*what), std::string("write seconds, 0 or more, or ") + intervals);
    if (*seconds > static_cast<double>(limits::timeout_seconds_max))
      error(where, "delay is " + shown(*what) + " seconds",
            "write at most " + std::to_string(limits::timeout_seconds_max));
  }

  void check_next_record(const action_operands& a) {
    one_of(a, ocs::next_record_repeat_chain, "repeat_chain", "'yes' or 'no'", yes_or_no);
    for (const auto& child : d_.view(d_.actions, a.children)) {
      const auto is_type = [](const scxml::value& what) { return contact_type_of(what).has_value(); };
      one_of(child, ocs::contact_info_type_type_id, "type_id", "a number from 0 to 10", is_type);
      one_of(child, ocs::contact_info_type_type_name, "type_name", "a contact type, such as 'HOME' or 'MOBILE'",
             is_type);
      one_of(child, ocs::contact_info_type_exclude, "exclude", "'yes' or 'no'", yes_or_no);
      const auto* id = attribute_of(child, ocs::contact_info_type_type_id);
      const auto* name = attribute_of(child, ocs::contact_info_type_type_name);
      if (!id && !name) error(child.where, "contact_info_type has neither type_id nor type_name", "write one of them");
      if (!id || !name) continue;
      const auto by_id = literals_.value_of(id->text), by_name = literals_.value_of(name->text);
      if (by_id && by_name && contact_type_of(*by_id) && contact_type_of(*by_name) &&
          contact_type_of(*by_id) != contact_type_of(*by_name))
        warning(name->where,
                "type_id " + shown(*by_id) + " is " + std::string(contact_info_type_names()[*contact_type_of(*by_id)]) +
                    ", type_name says " + shown(*by_name) + ": type_id counts",
                "make them agree, or remove one");
    }
  }

  void check_get_info(const action_operands& a) {
    one_of(a, ocs::get_info_what, "what", "'TIMERANGE'", [](auto& what) { return is_word(what, "TIMERANGE"); });
    one_of(a, ocs::get_info_param, "param", intervals,
           [](auto& what) { return daytime_code_from_name(word_of(what)).has_value(); });
    if (!attribute_of(a, ocs::get_info_param))
      error(a.where, "get_info has no param, which TIMERANGE needs",
            std::string("add param=\"'BH'\", or another of ") + intervals);
  }

  /// Handles are given out at run time.
  void check_record(const action_operands& a, index spec, bool zero_is_all) {
    const auto* given = attribute_of(a, spec);
    if (!given) return;
    if (literals_.is_undeclared(given->text))
      return warning(given->where, "the name " + quoted(scxml::trimmed(given->text)) + " is declared nowhere",
                     "declare it with <data>, and assign _event.data.record_id to it when ocs.next_record comes");
    const auto what = literals_.value_of(given->text);
    if (!what) return;
    const auto number = flex_text(*what, true);
    if (zero_is_all && number == "0") return;
    if (!number || number->starts_with('-'))
      return error(given->where, "record_id is " + shown(*what) + ", no record handle",
                   "take it from _event.data.record_id of ocs.next_record");
    warning(given->where, "record_id is the literal " + shown(*what) + ": record handles are given out at run time",
            zero_is_all ? "take it from _event.data.record_id of ocs.next_record, or write '0' for all records"
                        : "take it from _event.data.record_id of ocs.next_record");
  }

  void check_set_flex_attr(const action_operands& a) {
    check_record(a, ocs::set_flex_attr_record_id, true);
    for (const auto& child : d_.view(d_.actions, a.children)) check_flex_attr(child);
  }

  void check_flex_attr(const action_operands& a) {
    one_of(a, ocs::flex_attr_attr, "attr", "'OPTIONS', 'USERDATA' or 'EXTENSIONS'",
           [](auto& what) { return flex_kind_from_name(word_of(what)).has_value(); });
    one_of(a, ocs::flex_attr_type, "type", "'string' or 'int'",
           [](auto& what) { return is_word(what, "string") || is_word(what, "int"); });
    const literal kind = literal_of(a, ocs::flex_attr_attr), type = literal_of(a, ocs::flex_attr_type),
                  key = literal_of(a, ocs::flex_attr_key), to = literal_of(a, ocs::flex_attr_value);
    check_declared(a, ocs::flex_attr_key), check_declared(a, ocs::flex_attr_value);
    const bool is_integer = type.what && is_word(*type.what, "int");
    if (type.what && to.what && !flex_text(*to.what, is_integer))
      error(to.where, "value is " + shown(*to.what) + (is_integer ? ", and type is int" : ""),
            is_integer ? "write a whole number, or type=\"'string'\"" : "write a text or a number");
    if (!key.what) return;
    const std::string name(word_of(*key.what));
    if (name.empty() || name.size() > limits::flex_key_bytes_max || has_control_character(name))
      return error(key.where, "key is " + shown(*key.what),
                   "write a name of at most " + std::to_string(limits::flex_key_bytes_max) + " bytes");
    const auto what_kind = kind.what ? flex_kind_from_name(word_of(*kind.what)) : std::nullopt;
    if (what_kind == flex_kind::options) check_option(name, key.where, to);
    if (what_kind == flex_kind::userdata && names_the_row(name))
      error(key.where, "the column " + quoted(name) + " names the row and cannot be changed", "write another column");
  }

  void check_option(const std::string& name, position where, const literal& to) {
    const auto known = known_option(name);
    if (!known)
      return warning(
          where, "option " + quoted(name) + " is not known: it is passed on to the trunk as it is",
          "options are assured-connect, CPNDigits, CPNDisplayName, pre-dial-validation, call_answer_type_recognition, media");
    if (*known != "pre-dial-validation" || !to.what) return;
    const auto text = flex_text(*to.what, false);
    if (text && !switch_value(*text))
      error(to.where, "pre-dial-validation is " + shown(*to.what), "write 'true' or 'false'");
  }

  void check_declared(const action_operands& a, index spec) {
    const auto* given = attribute_of(a, spec);
    if (given && literals_.is_undeclared(given->text))
      error(given->where, "the name " + quoted(scxml::trimmed(given->text)) + " is declared nowhere",
            "put text into quotes: \"'" + std::string(scxml::trimmed(given->text)) + "'\"");
  }

  void check_set_exec_flag(const action_operands& a) {
    one_of(a, ocs::set_exec_flag_flag, "flag", "'PostProcessing'",
           [](auto& what) { return is_word(what, "PostProcessing"); });
    one_of(a, ocs::set_exec_flag_value, "value", "'Finalize' or 'Switch'",
           [](auto& what) { return is_word(what, "Finalize") || is_word(what, "Switch"); });
  }

  // -- events

  void check(const scxml::event_descriptor& e) {
    const std::string_view name = e.prefix, word = name.substr(0, name.find('.'));
    if (!same_word(word, "ocs") && !same_word(word, "error")) return;
    const ocs_event* exact = nullptr;
    for (const auto& known : ocs_events) {
      if (scxml::covers(name, known.name)) exact = &known;
      if (!exact && same_word(name, known.name))
        return warning(e.where, "no event matches " + quoted(name) + ": names are told apart by case",
                       "write " + std::string(known.name));
    }
    if (word == "error") return; // SCXML's own
    if (!exact)
      return warning(e.where, "OCS sends no event " + quoted(name),
                     out_.suggestion(
                         name,
                         [](auto visit) {
                           for (const auto& known : ocs_events) visit(known.name);
                         },
                         "write ocs.callresult, ocs.daytime_change, ocs.info, ocs.next_record or ocs.timeout"));
    if (exact->name == name && exact->action != scxml::none && !asks(exact->action))
      warning(e.where, "nothing here asks for " + quoted(name),
              "add <ocs:" + d_.actions_known->actions[exact->action].name + ">, or remove it");
  }

  /// Whether the action stands anywhere. Children of actions have positions of their own: only instructions count.
  bool asks(index action) const {
    return std::any_of(d_.instructions.begin(), d_.instructions.end(), [&](const auto& i) {
      return i.kind == scxml::operation::action && d_.actions[i.operand].spec == action;
    });
  }

  // -- comparisons: callresult == 'Name'

  void check_call_results(const scxml::expression& e) {
    constexpr std::string_view property = "callresult";
    const std::string_view text = e.text;
    for (std::size_t at = 0; (at = text.find(property, at)) != text.npos;) {
      at += property.size();
      std::string_view after = scxml::trimmed(text.substr(at));
      if (!after.starts_with("==") && !after.starts_with("!=")) continue;
      after = scxml::trimmed(after.substr(after.substr(2).starts_with('=') ? 3 : 2));
      if (after.empty() || (after.front() != '\'' && after.front() != '"')) continue;
      const std::string_view name = after.substr(1, after.find(after.front(), 1) - 1);
      if (name.empty() || is_call_result(name)) continue;
      warning(e.where, "there is no call result " + quoted(name),
              out_.suggestion(
                  name,
                  [](auto visit) {
                    for (const auto& known : all_call_results()) visit(known.name);
                  },
                  "write a result of the guide, such as Answer, Busy or NoAnswer"));
    }
  }

  /// As scripts see it: in the guide's spelling.
  static bool is_call_result(std::string_view name) {
    const auto& all = all_call_results();
    return std::any_of(all.begin(), all.end(), [&](const auto& known) { return known.name == name; });
  }

  static bool names_the_row(std::string_view column) {
    return same_word(column, "record_id") || same_word(column, "chain_id") || same_word(column, "chain_n");
  }

  const scxml::document& d_;
  scxml::complaints& out_;
  const ocs_literals literals_;
  const scxml::own_events own_;
};

void apply_rules(const scxml::document& d, scxml::complaints& out) {
  ocs_rules rules(d, out);
  if (d.actions_known == &ocs_vocabulary() && rules.has_actions()) {
    rules.check_actions();
    rules.check_events();
    rules.check_comparisons();
  }
  for (const auto& i : d.invokes)
    if (i.inline_document) apply_rules(*i.inline_document, out);
}

} // namespace

std::vector<scxml::diagnostic> lint_ocs(const scxml::document& d) {
  scxml::complaints out(d.source);
  apply_rules(d, out);
  return out.take();
}

std::optional<scxml::position> asks_for_daytime(const scxml::document& d) {
  if (d.actions_known != &ocs_vocabulary()) return std::nullopt;
  for (const auto& i : d.instructions)
    if (i.kind == scxml::operation::action && d.actions[i.operand].spec == ocs::get_daytime) return i.where;
  for (const auto& e : d.descriptors)
    if (e.prefix == "ocs.daytime_change") return e.where;
  for (const auto& i : d.invokes)
    if (i.inline_document)
      if (const auto where = asks_for_daytime(*i.inline_document)) return where;
  return std::nullopt;
}

} // namespace chainring::dialer
