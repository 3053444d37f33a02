// expression_translator.cpp: a parser by precedence that writes steps as it goes. Whatever it is not sure of leaves the
// subset; it never says what is an error.
#include "scxml/models/compiled/expression_translator.hpp"

#include <limits>

#include "scxml/limits.hpp"
#include "scxml/models/compiled/names.hpp"

namespace chainring::scxml::compiled_model {
namespace {

struct binary_operator {
  std::string_view sign;
  op what;
  int level; // the higher, the tighter
};

constexpr int or_level = 1, and_level = 2;
constexpr binary_operator binary_operators[] = {
    {"||", op::keep_if_true, or_level}, {"&&", op::keep_if_false, and_level},
    {"|", op::bit_or, 3},         {"^", op::bit_xor, 4},      {"&", op::bit_and, 5},
    {"==", op::equal, 6},         {"!=", op::unequal, 6},     {"===", op::same, 6},   {"!==", op::different, 6},
    {"<", op::less, 7},           {">", op::greater, 7},      {"<=", op::at_most, 7}, {">=", op::at_least, 7},
    {"<<", op::shift_left, 8},    {">>", op::shift_right, 8}, {">>>", op::shift_right_unsigned, 8},
    {"+", op::add, 9},            {"-", op::subtract, 9},
    {"*", op::multiply, 10},      {"/", op::divide, 10},      {"%", op::remainder, 10}};

const binary_operator* binary_operator_at(const lexer& word) {
  if (word.kind() != word_kind::sign) return nullptr;
  for (const auto& known : binary_operators)
    if (word.word() == known.sign) return &known;
  return nullptr;
}

std::string quoted(std::string_view text) { return "'" + std::string(text) + "'"; }

} // namespace

// -- the tables -----------------------------------------------------------------------------------------------------

program_maker::program_maker(const document& d) : document_(d) {
  for (std::size_t i = 0; i < d.data.size(); ++i) items_.emplace(d.data[i].id, static_cast<index>(i));
  for (std::size_t i = 0; i < d.states.size(); ++i)
    if (!d.states[i].id.empty()) states_.emplace(d.states[i].id, static_cast<index>(i));
}

index program_maker::find_item(std::string_view id) const {
  const auto found = items_.find(id);
  return found == items_.end() ? none : found->second;
}
index program_maker::find_state(std::string_view id) const {
  const auto found = states_.find(id);
  return found == states_.end() ? none : found->second;
}

std::uint16_t program_maker::position(std::size_t at) {
  if (at < none) return static_cast<std::uint16_t>(at);
  full = true;
  return 0;
}

std::uint16_t program_maker::constant(operand o) {
  made.constants.push_back(o);
  return position(made.constants.size() - 1);
}

std::uint16_t program_maker::text_constant(std::string text) {
  const auto [known, is_new] = texts_.try_emplace(std::move(text), 0);
  if (!is_new) return known->second;
  return known->second = constant(operand(std::string_view(made.texts.emplace_back(known->first))));
}

std::uint16_t program_maker::name(std::string_view name) {
  const auto [known, is_new] = names_.try_emplace(std::string(name), 0);
  if (!is_new) return known->second;
  made.names.emplace_back(name);
  return known->second = position(made.names.size() - 1);
}

// -- tools ----------------------------------------------------------------------------------------------------------

bool expression_translator::leave(std::string why) {
  if (why_.empty()) why_ = std::move(why);
  return false;
}

bool expression_translator::leave_at_word() {
  switch (word_.kind()) {
  case word_kind::unknown: return leave(word_.why());
  case word_kind::end: return leave("it is not complete");
  case word_kind::number:
  case word_kind::text: return leave("a literal stands where none can");
  case word_kind::name: return leave("it has " + quoted(word_.word()));
  case word_kind::sign: break;
  }
  const std::string_view sign = word_.word();
  if (sign == "(") return leave("it calls a function");
  if (sign == "[") return leave("it makes an array");
  if (sign == "{") return leave("it makes an object");
  if (sign == "/" || sign == "/=") return leave("it has a regular expression");
  if (sign == "=" || (sign.size() > 1 && sign.ends_with('='))) return leave("it assigns inside an expression");
  return leave("it has " + quoted(sign));
}

bool expression_translator::expect(std::string_view sign) {
  if (!word_.is(sign)) return leave_at_word();
  word_.advance();
  return true;
}

bool expression_translator::push(step s) {
  into_.add(s);
  if (++on_stack_ > limits::compiled_stack_max) return leave("it is nested too deeply");
  return true;
}

/// A step that takes so many values off the stack and puts one on it.
bool expression_translator::replace(op what, std::size_t operands) {
  into_.add({what, 0, 0});
  on_stack_ -= operands - 1;
  return true;
}

/// The jump at that step goes to the next one.
bool expression_translator::jump_from(std::size_t at) {
  const std::size_t to = here() - first_;
  if (to >= none) return leave("it is too long");
  into_.made.steps[at].number = static_cast<std::uint16_t>(to);
  event_data_ = 0; // the last step is not all of the value
  return true;
}

bool expression_translator::constant(operand o) { return push({op::constant, 0, into_.constant(o)}); }
bool expression_translator::unknown(std::string_view name) { return push({op::unknown, 0, into_.name(name)}); }

// -- the grammar ----------------------------------------------------------------------------------------------------

bool expression_translator::run() {
  first_ = here();
  if (!conditional()) return false;
  if (word_.kind() != word_kind::end) return leave_at_word();
  into_.add({op::end, 0, 0});
  return here() - first_ < none || leave("it is too long");
}

bool expression_translator::conditional() {
  if (++depth_ > static_cast<int>(limits::compiled_depth_max)) return leave("it is nested too deeply");
  if (!binary(or_level)) return false;
  if (word_.is("?")) {
    word_.advance();
    const std::size_t to_else = here();
    into_.add({op::jump_if_false, 0, 0});
    --on_stack_;
    if (!conditional() || !expect(":")) return false;
    const std::size_t to_end = here();
    into_.add({op::jump, 0, 0});
    --on_stack_; // one of the two values will be there
    if (!jump_from(to_else) || !conditional() || !jump_from(to_end)) return false;
  }
  --depth_;
  return true;
}

/// Operators of that level and tighter ones, from the left.
bool expression_translator::binary(int least) {
  if (!unary()) return false;
  for (const binary_operator* found; (found = binary_operator_at(word_)) && found->level >= least;) {
    word_.advance();
    if (found->level <= and_level) {
      if (!logical(found->what, found->level)) return false;
    } else if (!binary(found->level + 1) || !replace(found->what, 2)) {
      return false;
    }
  }
  return true;
}

bool expression_translator::logical(op keep, int level) {
  const std::size_t over = here();
  into_.add({keep, 0, 0});
  --on_stack_;
  return binary(level + 1) && jump_from(over);
}

bool expression_translator::unary() {
  if (++depth_ > static_cast<int>(limits::compiled_depth_max)) return leave("it is nested too deeply");
  bool ok = false;
  if (word_.is("-")) ok = negated();
  else if (word_.is("+")) word_.advance(), ok = unary() && replace(op::to_number, 1);
  else if (word_.is("!")) word_.advance(), ok = unary() && replace(op::opposite, 1);
  else if (word_.is("~")) word_.advance(), ok = unary() && replace(op::complement, 1);
  else if (word_.kind() == word_kind::name && word_.word() == "typeof") ok = type_of();
  else ok = postfix();
  --depth_;
  return ok;
}

bool expression_translator::negated() {
  word_.advance();
  if (word_.kind() != word_kind::number) return unary() && replace(op::negate, 1);
  const double n = word_.number();
  word_.advance();
  // Members of numbers bind tighter: they are left to QuickJS.
  return word_.is(".") || word_.is("[") ? leave("it has a member of a number") : constant(operand(-n));
}

/// A name that nothing has is no error here.
bool expression_translator::type_of() {
  word_.advance();
  const std::size_t from = here();
  if (!unary()) return false;
  const bool name_alone = here() == from + 1 && into_.made.steps.back().what == op::unknown;
  if (!name_alone) return replace(op::type_of, 1);
  into_.made.steps.pop_back();
  --on_stack_;
  return push({op::constant, 0, into_.text_constant("undefined")});
}

bool expression_translator::postfix() {
  if (!primary()) return false;
  for (;;) {
    if (word_.is(".")) {
      if (!member()) return false;
    } else if (word_.is("[")) {
      if (!element()) return false;
    } else {
      return word_.is("(") ? leave_at_word() : true;
    }
  }
}

bool expression_translator::member() {
  word_.advance();
  if (word_.kind() != word_kind::name) return leave_at_word();
  const std::string_view name = word_.word();
  if (is_inherited(name)) return leave("it has the member " + quoted(name));
  const bool of_event_data = event_data_ == here();
  if (of_event_data) into_.made.steps.back() = {op::event_member, 0, into_.name(name)};
  else into_.add({op::member, 0, into_.name(name)});
  event_data_ = 0;
  word_.advance();
  return true;
}

bool expression_translator::element() {
  word_.advance();
  if (!conditional() || !expect("]")) return false;
  return replace(op::element, 2);
}

bool expression_translator::primary() {
  switch (word_.kind()) {
  case word_kind::number: {
    const double n = word_.number();
    word_.advance();
    return constant(operand(n));
  }
  case word_kind::text: {
    const std::uint16_t text = into_.text_constant(word_.text());
    word_.advance();
    return push({op::constant, 0, text});
  }
  case word_kind::name: return name();
  case word_kind::sign:
    if (!word_.is("(")) return leave_at_word();
    word_.advance();
    return conditional() && expect(")");
  default: return leave_at_word();
  }
}

bool expression_translator::name() {
  const std::string_view name = word_.word();
  bool known = false;
  if (name == "In") return is_in();
  if (name == "true" || name == "false") known = true, constant(operand(name == "true"));
  if (name == "null") known = true, constant(operand::null());
  if (known) return word_.advance(), true;
  if (is_reserved(name)) return leave_at_word();
  return known_name(name);
}

bool expression_translator::known_name(std::string_view name) {
  bool known = false;
  if (const index item = into_.find_item(name); item != none) {
    word_.advance();
    return push({op::slot, 0, item});
  }
  if (!is_global(name)) return word_.advance(), unknown(name);
  const bool ok = system_name(name, known);
  return known ? ok : leave("it uses the built-in " + quoted(name));
}

bool expression_translator::system_name(std::string_view name, bool& known) {
  known = true;
  if (name == "_event") return event();
  if (name == "_data") return data();
  std::uint16_t number = 0;
  if (name == "undefined") number = into_.constant(operand());
  else if (name == "NaN") number = into_.constant(operand(std::numeric_limits<double>::quiet_NaN()));
  else if (name == "Infinity") number = into_.constant(operand(std::numeric_limits<double>::infinity()));
  else if (name == "_name") number = into_.text_constant(into_.of().name);
  else if (name != "_sessionid") return known = false;
  word_.advance();
  return push({name == "_sessionid" ? op::session_id : op::constant, 0, number});
}

bool expression_translator::event() {
  word_.advance();
  if (!word_.is(".")) return push({op::event, 0, 0});
  word_.advance();
  if (word_.kind() != word_kind::name) return leave_at_word();
  const std::string_view wanted = word_.word();
  if (is_inherited(wanted)) return leave("it has the member " + quoted(wanted));
  std::uint8_t number = 0;
  while (number < static_cast<std::uint8_t>(field::other) && field_names[number] != wanted) ++number;
  word_.advance();
  // The name is for what is said when there is no event.
  const bool ok = push({op::event_field, number, into_.name(wanted)});
  if (wanted == "data") event_data_ = here();
  return ok;
}

/// _data.ITEM; what else there can be done with the object is left to QuickJS.
bool expression_translator::data() {
  word_.advance();
  if (!word_.is(".")) return leave("it uses _data as a whole");
  word_.advance();
  const index item = word_.kind() == word_kind::name ? into_.find_item(word_.word()) : none;
  if (item == none) return leave("it uses a member of _data that is no data item");
  word_.advance();
  return push({op::slot, 0, item});
}

bool expression_translator::is_in() {
  word_.advance();
  if (!word_.is("(")) return leave("it uses In as a value");
  word_.advance();
  if (word_.kind() != word_kind::text) return leave("the argument of In is no text literal");
  const index state = into_.find_state(word_.text());
  word_.advance();
  return expect(")") && push({op::is_in, 0, state});
}

} // namespace chainring::scxml::compiled_model
