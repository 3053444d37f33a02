// machine.cpp: the loop over the steps, and what reads the event.
#include "scxml/models/compiled/machine.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "scxml/limits.hpp"
#include "scxml/models/compiled/conversion.hpp"
#include "scxml/models/compiled/names.hpp"
#include "scxml/models/compiled/text.hpp"
#include "scxml/short_text.hpp"

namespace chainring::scxml::compiled_model {
namespace {

constexpr std::uint64_t bytes_per_ns = 4;

bool has_no_parts(const value& v) { return v.is<std::string>() || v.is<double>() || v.is<bool>() || v.is_undefined(); }

/// No deeper and with no more parts than QuickJS would be given, and without XML.
bool has_plain_shape(const value& v, std::size_t depth, std::size_t& parts) {
  if (depth > limits::value_depth_max || ++parts > limits::value_nodes_max) return false;
  if (v.is<xml>()) return false;
  if (const auto* a = v.as<array>()) {
    for (const value& one : *a)
      if (!has_plain_shape(one, depth + 1, parts)) return false;
  } else if (const auto* o = v.as<object>()) {
    for (const member& one : o->members) {
      if (depth < limits::value_depth_max && has_no_parts(one.second) && ++parts <= limits::value_nodes_max) continue;
      if (!has_plain_shape(one.second, depth + 1, parts)) return false;
    }
  }
  return true;
}

std::string_view name_of(event_type type) {
  switch (type) {
  case event_type::platform: return "platform";
  case event_type::internal: return "internal";
  case event_type::external: break;
  }
  return "external";
}

} // namespace

bool machine::text_operand(std::string_view text, operand& out) {
  if (!is_utf8(text)) return false;
  out = operand(text);
  return true;
}

bool machine::outside_operand(const value& v, operand& out) {
  if (const auto* text = v.as<std::string>()) return text_operand(*text, out);
  if (const auto* n = v.as<double>()) out = operand(*n);
  else if (v.is_undefined()) out = operand();
  else if (v.is<null>()) out = operand::null();
  else if (const auto* b = v.as<bool>()) out = operand(*b);
  else if (v.is<xml>()) return false;
  else out = operand(v);
  return true;
}

/// False: this evaluation has taken too long.
bool machine::pay(std::size_t bytes) {
  work_ns_ += bytes / bytes_per_ns;
  const auto us_max = static_cast<std::uint64_t>(std::min(around_->cpu_us_left, limits::evaluation_cpu_us_max));
  return work_ns_ - work_ns_before_ <= us_max * 1'000;
}

machine::outcome machine::fail(failure why, std::string message) {
  failure_ = why;
  message_ = std::move(message);
  return outcome::failed;
}

machine::outcome machine::out_of_time() { return fail(failure::out_of_time, "no CPU time is left in this macrostep"); }

// -- the event ------------------------------------------------------------------------------------------------------

/// Looked at once per event: parts that are never asked for are not looked into further.
bool machine::event_is_plain() {
  if (around_->event_number != 0 && around_->event_number == plain_event_) return true;
  std::size_t parts = 0;
  if (!has_plain_shape(around_->current->data, 0, parts)) return false;
  plain_event_ = around_->event_number;
  return true;
}

machine::outcome machine::no_member(const operand& of, std::string_view name) {
  return fail(failure::failed, "TypeError: cannot read property '" + std::string(name) + "' of " +
                                   (of.kind == kind::null ? "null" : "undefined"));
}

machine::outcome machine::no_members(const operand& of) {
  return fail(failure::failed,
              std::string("TypeError: cannot read property of ") + (of.kind == kind::null ? "null" : "undefined"));
}

machine::outcome machine::event_field(field f, std::uint16_t name, operand& out) {
  if (!around_->current) return no_member({}, program_.names[name]);
  if (!event_is_plain()) return outcome::beyond;
  const event& e = *around_->current;
  const std::string* text = nullptr;
  out = operand();
  switch (f) {
  case field::name: text = &e.name; break;
  case field::type: out = operand(name_of(e.type)); break;
  case field::sendid: text = &e.sendid; break;
  case field::origin: text = &e.origin; break;
  case field::origintype: text = &e.origintype; break;
  case field::invokeid: text = &e.invokeid; break;
  case field::data: return outside_operand(e.data, out) ? outcome::value : outcome::beyond;
  case field::raw: text = &e.raw; break;
  case field::other: break;
  }
  if (!text || text->empty()) return outcome::value;
  return text_operand(*text, out) ? outcome::value : outcome::beyond;
}

machine::outcome machine::find_event_member(std::uint16_t name, operand& out) {
  if (!around_->current) return no_member({}, "data");
  if (!event_is_plain()) return outcome::beyond;
  const value& data = around_->current->data;
  if (const object* o = data.as<object>()) {
    const value* const found = o->find(program_.names[name]);
    out = operand();
    if (found && !outside_operand(*found, out)) return outcome::beyond;
    member_event_ = around_->event_number;
    member_name_ = name;
    member_ = out;
    return outcome::value;
  }
  operand of;
  return outside_operand(data, of) ? member(of, program_.names[name], out) : outcome::beyond;
}

machine::outcome machine::member(const operand& of, std::string_view name, operand& out) {
  const operand from = of; // may be the same as out
  out = operand();
  switch (from.kind) {
  case kind::undefined:
  case kind::null: return no_member(from, name);
  case kind::text:
    if (name == "length") out = operand(static_cast<double>(length_of(from.text())));
    return outcome::value;
  case kind::part:
    if (const object* o = from.part->as<object>()) {
      const value* const found = o->find(name);
      return !found || outside_operand(*found, out) ? outcome::value : outcome::beyond;
    }
    if (name == "length") out = operand(static_cast<double>(from.part->as<array>()->size()));
    return outcome::value;
  case kind::event: return outcome::beyond;
  default: return outcome::value;
  }
}

machine::outcome machine::element(const operand& of, const operand& key, operand& out) {
  if (of.kind == kind::undefined || of.kind == kind::null) return no_members(of);
  if (!is_primitive(key) || of.kind == kind::event) return outcome::beyond;
  if (key.kind == kind::number && key.number >= 0 && key.number <= limits::value_nodes_max &&
      key.number == std::trunc(key.number))
    if (of.kind == kind::text || (of.kind == kind::part && of.part->is<array>())) return element_at(of, key.number, out);
  std::string_view name;
  if (const outcome o = to_text(key, name); o != outcome::value) return o;
  // What an array or a text has by number, and what anything inherits, is found by way of text too.
  const bool is_object = of.kind == kind::part && of.part->is<object>();
  if (is_inherited(name) || (!is_object && !name.empty() && name[0] >= '0' && name[0] <= '9')) return outcome::beyond;
  return member(of, name, out);
}

machine::outcome machine::element_at(const operand& of, double position, operand& out) {
  const auto at = static_cast<std::size_t>(position);
  const operand from = of;
  out = operand();
  if (from.kind == kind::text) {
    if (length_of(from.text()) != from.size) return outcome::beyond; // bytes are not units
    if (at < from.size) out = operand(from.text().substr(at, 1));
    return outcome::value;
  }
  const array& list = *from.part->as<array>();
  return at >= list.size() || outside_operand(list[at], out) ? outcome::value : outcome::beyond;
}

// -- the loop -------------------------------------------------------------------------------------------------------

/// The most frequent operators on numbers and on texts, shorter than their call; the others are in operators.cpp.
/// `out` may be one of them.
[[gnu::always_inline]] inline machine::outcome machine::joined(op what, const operand& a, const operand& b, operand& out) {
  if (a.kind == kind::number && b.kind == kind::number) {
    switch (what) {
    case op::add: return out = operand(a.number + b.number), outcome::value;
    case op::subtract: return out = operand(a.number - b.number), outcome::value;
    case op::less: return out = operand(a.number < b.number), outcome::value;
    case op::at_least: return out = operand(a.number >= b.number), outcome::value;
    case op::equal: return out = operand(a.number == b.number), outcome::value;
    default: break;
    }
  } else if (a.kind == kind::text && b.kind == kind::text && (what == op::equal || what == op::same)) {
    return out = operand(same_text(a.text(), b.text())), outcome::value;
  }
  const operand right = b;
  out = a;
  return binary(what, out, right);
}

machine::outcome machine::run_steps(const step* first, const surroundings& s, const slot* slots, operand& out) {
  scratch_.reset();
  // Most expressions use two places: the others are not made ready for nothing.
  alignas(operand) unsigned char stack[(limits::compiled_stack_max + 1) * sizeof(operand)];
  operand* top = reinterpret_cast<operand*>(stack); // the one below the first
  outcome done = outcome::value;
  for (const step* next = first; done == outcome::value;) {
    const step& at = *next++;
    switch (at.what) {
    case op::constant:
    case op::slot:
    case op::event_member: ++top, *top = *leaf(at.what, at.number, slots, *top, done); break;
    case op::of_leaves: {
      operand left_room, right_room;
      const operand* const left = leaf(at.left, at.number, slots, left_room, done);
      if (done != outcome::value) break;
      const operand* const right = leaf(at.right, at.right_number, slots, right_room, done);
      if (done == outcome::value) done = joined(at.joined, *left, *right, *++top);
      break;
    }
    case op::event: *++top = s.current ? operand::whole_event() : operand(); break;
    case op::event_field: done = event_field(static_cast<field>(at.small), at.number, *++top); break;
    case op::member: done = member(*top, program_.names[at.number], *top); break;
    case op::element: --top, done = element(*top, top[1], *top); break;
    case op::session_id: {
      const std::string id = "s" + std::to_string(s.self.id);
      *++top = operand(std::string_view(std::copy(id.begin(), id.end(), scratch_.take(id.size())) - id.size(), id.size()));
      break;
    }
    case op::is_in: *++top = operand(at.number != none && s.self.is_active(at.number)); break;
    case op::unknown:
      done = fail(failure::unknown_name, "ReferenceError: '" + program_.names[at.number] + "' is not defined");
      break;
    case op::negate:
    case op::to_number:
    case op::complement: {
      double n = 0;
      done = to_number(*top, n);
      *top = operand(at.what == op::negate ? -n : at.what == op::to_number ? n : static_cast<double>(~to_int32(n)));
      break;
    }
    case op::opposite: *top = operand(!to_boolean(*top)); break;
    case op::type_of: *top = operand(std::string_view(type_of(*top))); break;
    case op::jump: next = first + at.number; break;
    case op::jump_if_false:
      if (!to_boolean(*top--)) next = first + at.number;
      break;
    case op::keep_if_false:
      if (!to_boolean(*top)) next = first + at.number;
      else --top;
      break;
    case op::keep_if_true:
      if (to_boolean(*top)) next = first + at.number;
      else --top;
      break;
    case op::end: out = *top; return outcome::value;
    default: --top, done = joined(at.what, *top, top[1], *top); break;
    }
  }
  return done;
}

} // namespace chainring::scxml::compiled_model
