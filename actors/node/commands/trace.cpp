// trace.cpp: see trace.hpp.
#include "actors/node/commands/trace.hpp"

#include "scxml/document.hpp"

namespace chainring::actors {

namespace {

constexpr std::size_t shown_bytes_max = 100; // of an expression, or of a value

std::string name_of(const scxml::session& s, scxml::index state) {
  if (state == 0) return "<scxml>";
  const auto& id = s.document->states[state].id;
  return id.empty() ? "(state of line " + std::to_string(s.document->states[state].where.line) + ")" : id;
}

/// On one line, and not too long.
std::string shown(std::string_view text) {
  std::string out;
  for (const char c : text.substr(0, shown_bytes_max)) {
    const bool space = c == ' ' || c == '\n' || c == '\t' || c == '\r';
    if (!space) out += c;
    else if (!out.empty() && out.back() != ' ') out += ' ';
  }
  return text.size() > shown_bytes_max ? out + "…" : out;
}

} // namespace

std::ostream& trace::line(const scxml::session& s, scxml::position where) {
  return out_ << "trace s" << s.id << ' ' << s.document->source << ':' << where.line << ": ";
}

void trace::entered(const scxml::session& s, scxml::index state) {
  line(s, s.document->states[state].where) << "enters " << name_of(s, state) << '\n';
}

void trace::exited(const scxml::session& s, scxml::index state) {
  line(s, s.document->states[state].where) << "exits " << name_of(s, state) << '\n';
}

void trace::taken(const scxml::session& s, scxml::index transition) {
  const auto& d = *s.document;
  const auto& t = d.transitions[transition];
  auto& out = line(s, t.where) << "takes the transition of " << name_of(s, t.source);
  for (const auto& descriptor : d.view(d.descriptors, t.events))
    out << ' ' << (descriptor.prefix.empty() ? "*" : descriptor.prefix);
  for (const auto target : d.view(d.target_states, t.targets)) out << " → " << name_of(s, target);
  out << '\n';
}

void trace::failed(const scxml::session& s, const scxml::verdict& why, scxml::position where) {
  line(s, where) << "fails: " << shown(why.message) << '\n';
}

void trace::held(const scxml::session& s, scxml::index condition, bool holds) {
  const auto& e = s.document->expressions[condition];
  line(s, e.where) << shown(e.text) << (holds ? " is true" : " is false") << '\n';
}

void trace::evaluated(const scxml::session& s, scxml::index expression, const scxml::value& gave) {
  const auto& e = s.document->expressions[expression];
  line(s, e.where) << shown(e.text) << " is " << (gave.is_undefined() ? "undefined" : shown(scxml::to_json(gave))) << '\n';
}

void trace::ran(const scxml::session& s, scxml::index program) {
  const auto& e = s.document->expressions[program];
  line(s, e.where) << (e.kind == scxml::expression_kind::location ? "assigns " : "runs ") << shown(e.text) << '\n';
}

} // namespace chainring::actors
