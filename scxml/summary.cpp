// summary.cpp: see summary.hpp.
#include "scxml/summary.hpp"

namespace chainring::scxml {

namespace {

constexpr std::size_t shown_bytes_max = 60;

class instructions {
 public:
  explicit instructions(const document& d)
      : d_(d) {}

  std::string line_of(const instruction& i) const {
    switch (i.kind) {
    case operation::raise: return "raise " + d_.raises[i.operand].event;
    case operation::choose: return "if " + text_of(d_.branches[d_.chooses[i.operand].branches.first].cond) + " …";
    case operation::foreach:
      return "foreach " + d_.foreaches[i.operand].item + " in " + text_of(d_.foreaches[i.operand].array) + " …";
    case operation::log: return log(d_.logs[i.operand]);
    case operation::assign:
      return text_of(d_.assigns[i.operand].location) + " = " + text_of(d_.assigns[i.operand].value);
    case operation::script: return text_of(d_.scripts[i.operand].program);
    case operation::send: return send(d_.sends[i.operand]);
    case operation::cancel: return "cancel " + either(d_.cancels[i.operand].sendid);
    case operation::action: return action(d_.actions[i.operand]);
    }
    return {};
  }
  std::string text_of(index e) const { return e == none ? std::string() : d_.expressions[e].text; }
  std::string either(const text_or_expression& from) const {
    return from.expr != none ? text_of(from.expr) : from.text;
  }

 private:
  std::string log(const log_operands& l) const {
    return "log " + l.label + (l.label.empty() ? "" : " ") + text_of(l.expr);
  }
  std::string send(const send_operands& s) const {
    std::string out = "send " + either(s.event);
    if (s.target.given) out += " to " + either(s.target);
    if (s.delay.given) out += " after " + either(s.delay);
    return out;
  }
  std::string action(const action_operands& a) const {
    const auto& spec = d_.actions_known->actions[a.spec];
    std::string out = spec.name;
    for (const auto& given : d_.view(d_.action_attributes, a.attributes))
      out += " " + spec.attributes[given.spec].name + "=" + given.text;
    return out + (a.children.empty() ? "" : " …");
  }

  const document& d_;
};

} // namespace

const char* element_of(state_kind kind) {
  switch (kind) {
  case state_kind::parallel: return "parallel";
  case state_kind::final: return "final";
  case state_kind::shallow_history:
  case state_kind::deep_history: return "history";
  default: return "state";
  }
}

std::string name_of(const document& d, index s) {
  const state& it = d.states[s];
  if (!it.id.empty()) return it.id;
  return std::string("<") + (s == 0 ? "scxml" : element_of(it.kind)) + "> of line " + std::to_string(it.where.line);
}

std::string events_of(const document& d, const transition& t) {
  std::string all;
  for (const auto& e : d.view(d.descriptors, t.events)) {
    if (!all.empty()) all += ' ';
    all += e.prefix.empty() ? "*" : e.prefix;
  }
  return all;
}

std::vector<std::string> lines_of(const document& d, index block) {
  std::vector<std::string> lines;
  if (block == none) return lines;
  const instructions write(d);
  for (const auto& i : d.view(d.instructions, d.blocks[block].instructions))
    lines.push_back(shortened(write.line_of(i)));
  return lines;
}

std::string line_of(const document& d, const invoke& i) {
  const instructions write(d);
  const std::string what = i.src.given         ? write.either(i.src)
                           : i.inline_document ? name_of(*i.inline_document, 0)
                                               : std::string();
  return shortened("invoke " + i.id + (i.id.empty() || what.empty() ? "" : ": ") + what);
}

std::string shortened(std::string_view text) {
  std::string line;
  for (const char c : text) {
    const bool space = c == ' ' || (c >= '\t' && c <= '\r');
    if (!space)
      line += c;
    else if (!line.empty() && line.back() != ' ')
      line += ' ';
    if (line.size() > shown_bytes_max) break;
  }
  if (line.size() > shown_bytes_max) {
    std::size_t end = shown_bytes_max - 3; // room for the three bytes of the ellipsis
    while (end > 0 && (static_cast<unsigned char>(line[end]) & 0xc0) == 0x80) --end;
    line = line.substr(0, end) + "…";
  } else if (line.ends_with(' ')) {
    line.pop_back();
  }
  return line;
}

} // namespace chainring::scxml
