// expression_translator.hpp: one expression → steps of a program.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>

#include "scxml/models/compiled/lexer.hpp"
#include "scxml/models/compiled/program.hpp"

namespace chainring::scxml::compiled_model {

/// What the expressions of one document have in common while they are translated.
class program_maker {
 public:
  explicit program_maker(const document& d);

  const document& of() const { return document_; }
  index find_item(std::string_view id) const;
  index find_state(std::string_view id) const;

  void add(step s) { made.steps.push_back(s); }
  /// Positions in the tables; past their ends `full` is set.
  std::uint16_t constant(operand o);
  std::uint16_t text_constant(std::string text);
  std::uint16_t name(std::string_view name);

  program made;
  bool full = false;

 private:
  std::uint16_t position(std::size_t at);

  const document& document_;
  std::unordered_map<std::string_view, index> items_, states_;
  std::unordered_map<std::string, std::uint16_t> names_, texts_;
};

class expression_translator {
 public:
  expression_translator(program_maker& into, std::string_view text) : into_(into), word_(text) {}

  /// Adds the steps of the whole text and `end`; false: it lies outside, why() says what of it.
  bool run();
  const std::string& why() const { return why_; }

 private:
  // -- by precedence, each leaves one value on the stack ------------
  bool conditional();
  bool binary(int least);
  bool unary();
  bool postfix();
  bool primary();

  bool logical(op keep, int level);
  bool negated();
  bool type_of();
  bool name();
  bool known_name(std::string_view name);
  bool system_name(std::string_view name, bool& known);
  bool event();
  bool data();
  bool is_in();
  bool member();
  bool element();
  bool constant(operand o);
  bool unknown(std::string_view name);

  bool leave(std::string why);
  bool leave_at_word();
  /// Takes the sign, or leaves.
  bool expect(std::string_view sign);
  bool push(step s);
  bool replace(op what, std::size_t operands);
  std::size_t here() const { return into_.made.steps.size(); }
  bool jump_from(std::size_t at);

  program_maker& into_;
  lexer word_;
  std::string why_;
  std::size_t first_ = 0;
  std::size_t on_stack_ = 0;
  std::size_t event_data_ = 0; // where the value on top is _event.data and nothing else: behind that step
  int depth_ = 0;
};

} // namespace chainring::scxml::compiled_model
