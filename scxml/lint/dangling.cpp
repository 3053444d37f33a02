// dangling.cpp: names in literals that stand for nothing: In('id') (SCXML 5.9.1), sendid of <cancel> (6.3), an invocation
// as the target of <send> (C.1).
#include <algorithm>

#include "scxml/lint/rules.hpp"

namespace chainring::scxml {

namespace {

bool is_name_character(char c) {
  return c == '_' || c == '$' || c == '.' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// Calls f(id) for each In('id') and In("id").
template <class F> void for_each_in(std::string_view text, F&& f) {
  for (std::size_t at = 0; (at = text.find("In(", at)) != std::string_view::npos;) {
    const bool called = at == 0 || !is_name_character(text[at - 1]);
    at += 3;
    const std::string_view argument = trimmed(text.substr(at, text.find(')', at) - at));
    const bool literal = argument.size() >= 2 && (argument[0] == '\'' || argument[0] == '"') &&
                         argument.find(argument[0], 1) == argument.size() - 1 && argument.find('\\') == argument.npos;
    if (called && literal) f(argument.substr(1, argument.size() - 2));
  }
}

class dangling_names {
 public:
  dangling_names(const document& d, complaints& out)
      : d_(d)
      , out_(out) {}

  void check(const expression& e) {
    if (e.kind != expression_kind::condition && e.kind != expression_kind::value) return;
    for_each_in(e.text, [&](std::string_view id) {
      if (d_.find_state(id) != none) return;
      out_.warning(e.where, "In() is never true: there is no state " + quoted(id),
                   out_.suggestion(
                       id,
                       [&](auto visit) {
                         for (const state& s : d_.states) visit(s.id);
                       },
                       "name a state"));
    });
  }

  void check(const instruction& i) {
    if (i.kind == operation::cancel) check_cancel(d_.cancels[i.operand].sendid, i.where);
    if (i.kind == operation::send) check_target(d_.sends[i.operand].target, i.where);
  }

 private:
  void check_cancel(const text_or_expression& sendid, position where) {
    if (sendid.text.empty()) return;
    for (const send_operands& s : d_.sends)
      if (s.id == sendid.text || s.id_location != none) return;
    out_.warning(where, "there is no <send> with the id " + quoted(sendid.text),
                 out_.suggestion(
                     sendid.text,
                     [&](auto visit) {
                       for (const send_operands& s : d_.sends) visit(s.id);
                     },
                     "give the <send> this id"));
  }

  void check_target(const text_or_expression& target, position where) {
    const std::string_view name = target.text;
    if (!name.starts_with("#_") || name == "#_internal" || name == "#_parent" || name.starts_with("#_scxml_")) return;
    const std::string_view id = name.substr(2);
    const auto may_be = [&](const invoke& i) { return i.id.empty() || i.id == id; };
    if (std::any_of(d_.invokes.begin(), d_.invokes.end(), may_be)) return;
    out_.warning(where, "the target " + quoted(name) + " is no <invoke> of this document",
                 out_.suggestion(
                     id,
                     [&](auto visit) {
                       for (const invoke& i : d_.invokes) visit(i.id);
                     },
                     "give the <invoke> this id, or write #_parent, #_internal or #_scxml_ and a session"));
  }

  const document& d_;
  complaints& out_;
};

} // namespace

void find_dangling_names(const document& d, complaints& out) {
  dangling_names rule(d, out);
  for (const expression& e : d.expressions) rule.check(e);
  for (const instruction& i : d.instructions) rule.check(i);
}

} // namespace chainring::scxml
