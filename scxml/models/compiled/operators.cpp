// operators.cpp: what two values give (ECMA-262, 7.2 and 13).
#include <algorithm>
#include <cmath>
#include <cstring>

#include "scxml/limits.hpp"
#include "scxml/models/compiled/conversion.hpp"
#include "scxml/models/compiled/machine.hpp"
#include "scxml/models/compiled/text.hpp"
#include "scxml/short_text.hpp"

namespace chainring::scxml::compiled_model {
namespace {

bool is_nothing(const operand& o) { return o.kind == kind::undefined || o.kind == kind::null; }

/// Both of one kind, which is not number.
bool same_of_kind(const operand& a, const operand& b) {
  switch (a.kind) {
  case kind::boolean: return a.truth == b.truth;
  case kind::text: return same_text(a.text(), b.text());
  case kind::part: return a.part == b.part; // there is one of each
  default: return true;
  }
}

bool strictly_equal(const operand& a, const operand& b) {
  if (a.kind != b.kind) return false;
  return a.kind == kind::number ? a.number == b.number : same_of_kind(a, b);
}

double calculated(op what, double a, double b) {
  switch (what) {
  case op::subtract: return a - b;
  case op::multiply: return a * b;
  case op::divide: return a / b;
  case op::remainder: return std::fmod(a, b);
  default: break;
  }
  const std::int32_t x = to_int32(a), y = to_int32(b);
  const auto bits = static_cast<std::uint32_t>(x);
  const unsigned places = static_cast<std::uint32_t>(y) & 31u;
  switch (what) {
  case op::bit_and: return x & y;
  case op::bit_or: return x | y;
  case op::bit_xor: return x ^ y;
  case op::shift_left: return static_cast<std::int32_t>(bits << places);
  case op::shift_right: return x >> places;
  default: return bits >> places;
  }
}

} // namespace

machine::outcome machine::to_number(const operand& o, double& out) {
  switch (o.kind) {
  case kind::undefined: out = std::nan(""); break;
  case kind::null: out = 0; break;
  case kind::boolean: out = o.truth; break;
  case kind::number: out = o.number; break;
  case kind::text:
    if (!pay(o.size)) return fail(failure::out_of_time, "the script used more than its CPU time");
    return number_of(o.text(), out) ? outcome::value : outcome::beyond;
  default: return outcome::beyond;
  }
  return outcome::value;
}

machine::outcome machine::to_text(const operand& o, std::string_view& out) {
  switch (o.kind) {
  case kind::undefined: out = "undefined"; break;
  case kind::null: out = "null"; break;
  case kind::boolean: out = o.truth ? "true" : "false"; break;
  case kind::text: out = o.text(); break;
  case kind::number: {
    char buffer[number_text_max];
    const std::string_view text = text_of(o.number, buffer);
    char* const copy = scratch_.take(text.size());
    std::memcpy(copy, text.data(), text.size());
    out = {copy, text.size()};
    break;
  }
  default: return outcome::beyond;
  }
  return outcome::value;
}

machine::outcome machine::add(operand& a, const operand& b) {
  if (!is_primitive(a) || !is_primitive(b)) return outcome::beyond;
  if (a.kind != kind::text && b.kind != kind::text) return arithmetic(op::add, a, b);
  std::string_view left, right;
  if (outcome o = to_text(a, left); o != outcome::value) return o;
  if (outcome o = to_text(b, right); o != outcome::value) return o;
  const std::size_t size = left.size() + right.size();
  if (!pay(size)) return fail(failure::out_of_time, "the script used more than its CPU time");
  if (scratch_.taken() + size > limits::script_heap_growth_bytes_max)
    return fail(failure::out_of_memory, "the script used more than its memory");
  char* const made = scratch_.take(size); // of nothing it may be null
  std::copy(right.begin(), right.end(), std::copy(left.begin(), left.end(), made));
  a = operand(std::string_view(made, size));
  return outcome::value;
}

/// The left one is converted first, and its error is the one that shows.
machine::outcome machine::arithmetic(op what, operand& a, const operand& b) {
  double x = 0, y = 0;
  if (outcome o = to_number(a, x); o != outcome::value) return o;
  if (outcome o = to_number(b, y); o != outcome::value) return o;
  a = operand(what == op::add ? x + y : calculated(what, x, y));
  return outcome::value;
}

/// IsLooselyEqual. Parts are equal to themselves; what else they are is QuickJS's.
machine::outcome machine::loosely_equal(const operand& a, const operand& b, bool& out) {
  if (a.kind == b.kind) return out = strictly_equal(a, b), outcome::value;
  if (is_nothing(a) || is_nothing(b)) return out = is_nothing(a) && is_nothing(b), outcome::value;
  double x = 0, y = 0;
  if (!is_primitive(a) || !is_primitive(b)) return outcome::beyond;
  if (outcome o = to_number(a, x); o != outcome::value) return o;
  if (outcome o = to_number(b, y); o != outcome::value) return o;
  return out = x == y, outcome::value;
}

/// Is a < b; not ordered: a NaN is among them.
machine::outcome machine::less(const operand& a, const operand& b, bool& is_less, bool& is_ordered) {
  is_ordered = true;
  if (a.kind == kind::text && b.kind == kind::text) {
    if (!pay(std::min(a.size, b.size))) return fail(failure::out_of_time, "the script used more than its CPU time");
    return is_less = compare_units(a.text(), b.text()) < 0, outcome::value;
  }
  double x = 0, y = 0;
  if (!is_primitive(a) || !is_primitive(b)) return outcome::beyond;
  if (outcome o = to_number(a, x); o != outcome::value) return o;
  if (outcome o = to_number(b, y); o != outcome::value) return o;
  is_ordered = !std::isnan(x) && !std::isnan(y);
  is_less = x < y;
  return outcome::value;
}

machine::outcome machine::binary(op what, operand& a, const operand& b) {
  bool yes = false, ordered = false;
  outcome done = outcome::value;
  switch (what) {
  case op::add: return add(a, b);
  case op::equal:
  case op::unequal:
    done = loosely_equal(a, b, yes);
    a = operand(yes == (what == op::equal));
    return done;
  case op::same:
  case op::different: a = operand(strictly_equal(a, b) == (what == op::same)); return done;
  case op::less:
  case op::greater:
    done = what == op::less ? less(a, b, yes, ordered) : less(b, a, yes, ordered);
    a = operand(yes);
    return done;
  case op::at_most:
  case op::at_least:
    done = what == op::at_most ? less(b, a, yes, ordered) : less(a, b, yes, ordered);
    a = operand(ordered && !yes);
    return done;
  default: return arithmetic(what, a, b);
  }
}

} // namespace chainring::scxml::compiled_model
