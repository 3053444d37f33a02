// send.cpp: <send> (SCXML 6.2).
#include <utility>

#include "scxml/content.hpp"
#include "scxml/duration.hpp"

namespace chainring::scxml {

namespace {

std::string canonical_type(std::string type) {
  if (type.empty() || type == "scxml") return scxml_event_processor;
  if (type == "basichttp") return basic_http_event_processor;
  return type;
}

/// The id that <cancel> and error events name: as given, or generated and stored where idlocation
/// says.
bool send_id(macrostep& step, const send_operands& send, position where, std::string& out) {
  out = send.id;
  if (!out.empty()) return true;
  session& s = step.self();
  out = "s" + std::to_string(s.id) + ".send." + std::to_string(++s.ids_given);
  if (send.id_location == none) return true;
  auto v = step.model().assign_value(step.around(), send.id_location, out);
  if (!v.ok()) step.report(v, where, out);
  return v.ok();
}

bool send_delay(macrostep& step, const send_operands& send, position where, send_effect& out) {
  std::string text;
  if (!step.text_of(send.delay, text, out.sendid)) return false;
  if (!send.delay.given) return true;
  const auto delay_ms = parse_duration_ms(text);
  if (!delay_ms) {
    step.report("the delay '" + text + "' of <send> is not a time such as '1.5s' or '500ms'", where,
                out.sendid);
    return false;
  }
  out.delay_ms = *delay_ms;
  return true;
}

bool send_internally(macrostep& step, send_effect& out, position where) {
  if (out.delay_ms > 0) {
    step.report("<send> to '#_internal' cannot have a delay", where, out.sendid);
    return false;
  }
  out.what.type = event_type::internal;
  step.raise(std::move(out.what));
  return !step.faulted();
}

} // namespace

bool execute_send(macrostep& step, const send_operands& send, position where) {
  send_effect out;
  if (!send_id(step, send, where, out.sendid)) return false;
  if (!send.id.empty() || send.id_location != none) out.what.sendid = out.sendid;
  if (!step.text_of(send.event, out.what.name, out.sendid)) return false;
  if (!step.text_of(send.target, out.target, out.sendid)) return false;
  if (!step.text_of(send.type, out.type, out.sendid)) return false;
  out.type = canonical_type(std::move(out.type));
  if (!send_delay(step, send, where, out)) return false;
  if (!evaluate_message(step, send.parameters, send.content, out.what.data, out.sendid))
    return false;

  out.content = send.content != none;
  if (out.target == "#_internal" && out.type == scxml_event_processor)
    return send_internally(step, out, where);
  switch (step.host().reachable(step.self(), out.type, out.target)) {
  case host::reach::ok: step.emit(std::move(out)); break;
  case host::reach::unsupported:
    step.report("<send> cannot reach target '" + out.target + "' of type '" + out.type +
                    "': not supported here",
                where, out.sendid);
    return false;
  case host::reach::unreachable:
    // the element itself was in order, so the block goes on (SCXML 6.2.4: delivery is asynchronous)
    step.report_unreachable("nobody is there to receive events for '" + out.target + "'", where,
                            out.sendid);
    break;
  }
  return !step.faulted();
}

} // namespace chainring::scxml
