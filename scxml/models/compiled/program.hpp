// program.hpp: the expressions of a document as the compiled model runs them: short programs for a machine with a stack,
// made once by translate(), shared by all sessions on all lanes.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "scxml/document.hpp"

namespace chainring::scxml::compiled_model {

/// The fields of `_event` (SCXML 5.10.1).
enum class field : std::uint8_t { name, type, sendid, origin, origintype, invokeid, data, raw, other };
inline constexpr std::string_view field_names[] = {"name", "type", "sendid", "origin", "origintype", "invokeid", "data", "raw"};

enum class op : std::uint8_t {
  constant,     // number: of program::constants
  slot,         // number: of the data item
  event,        // all of _event
  event_field,  // small: a field
  event_member, // _event.data.NAME; number: of program::names
  member,       // .NAME; number: of program::names
  element,      // [KEY]
  session_id,
  is_in,        // In(); number: a state, or none
  unknown,      // a name that nothing has: ReferenceError; number: of program::names
  negate,
  to_number,
  complement,
  opposite, // !
  type_of,
  add,
  subtract,
  multiply,
  divide,
  remainder,
  equal,
  unequal,
  same,
  different,
  less,
  greater,
  at_most,
  at_least,
  bit_and,
  bit_or,
  bit_xor,
  shift_left,
  shift_right,
  shift_right_unsigned,
  jump,          // number: of the step to go on with
  jump_if_false, // takes the condition off the stack
  keep_if_false, // &&: leaves a false value and jumps, takes a true one off the stack
  keep_if_true,  // ||
  of_leaves,     // joined: an operator between two leaves
  end,           // the value is the only one on the stack
};
/// What is simply there: neither an operator nor a part of something else.
constexpr bool is_leaf(op what) { return what == op::constant || what == op::slot || what == op::event_member; }

struct step {
  op what = op::end;
  std::uint8_t small = 0;
  std::uint16_t number = 0;
  // of_leaves: `number` is that of the left one
  std::uint16_t right_number = 0;
  op left = op::constant, right = op::constant, joined = op::end;
};

enum class kind : std::uint8_t { undefined, null, boolean, number, text, part, event };

/// A value while an expression runs. It owns nothing: text and parts live in the program, the session, the event or the
/// machine's scratch memory. Text is UTF-8 without surrogates.
struct operand {
  union {
    double number;
    bool truth;
    const char* bytes;
    const value* part; // an array or object of the event's data
  };
  std::uint32_t size = 0; // of text
  compiled_model::kind kind = kind::undefined;

  operand() : number(0) {}
  explicit operand(double n) : number(n), kind(kind::number) {}
  explicit operand(bool b) : truth(b), kind(kind::boolean) {}
  explicit operand(std::string_view text)
      : bytes(text.data()), size(static_cast<std::uint32_t>(text.size())), kind(kind::text) {}
  explicit operand(const value& array_or_object) : part(&array_or_object), kind(kind::part) {}
  static operand null() {
    operand made;
    made.kind = kind::null;
    return made;
  }
  static operand whole_event() {
    operand made;
    made.kind = kind::event;
    return made;
  }
  std::string_view text() const { return {bytes, size}; }
};

/// `_event.data.NAME == 'TEXT'` as what a condition begins with: of another text it is false, whatever stands behind it.
struct guard {
  std::uint16_t name = none; // of program::names; none: the condition begins otherwise
  std::uint16_t text = none; // of program::constants
};

/// What one expression of the document is.
struct entry {
  std::uint32_t first = 0; // in program::steps
  std::uint16_t length = 0; // of its steps before any were joined: by that its time is estimated
  bool is_leaf = false;     // its first step is a leaf, and all
  index slot = none;    // a location: the data item
  index unknown = none; // a location that nothing declares: of program::names
  compiled_model::guard guard;
};

/// What an <assign> amounts to, if it is one of the most frequent ones.
struct assignment {
  enum class form : std::uint8_t {
    general,
    constant, // of program::constants: a number, or a text that a slot has room for
    sum,      // of the slot `from` and the number `constant`: where the slot has a number
  };
  form what = form::general;
  std::uint8_t length = 0; // as entry::length
  index slot = none;       // the data item
  std::uint16_t constant = 0;
  index from = none;
};

struct program {
  std::vector<step> steps;
  std::vector<entry> entries; // per expression of the document
  std::vector<assignment> assignments; // per document::assigns
  std::vector<operand> constants;
  std::deque<std::string> texts; // of the constants, which point to them
  std::vector<std::string> names;
};

} // namespace chainring::scxml::compiled_model
