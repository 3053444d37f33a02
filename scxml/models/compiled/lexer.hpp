// lexer.hpp: the words of an expression, as far as the compiled model knows them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace chainring::scxml::compiled_model {

enum class word_kind : std::uint8_t { end, number, text, name, sign, unknown };

/// Reads one word after the other. What it does not know for certain is `unknown`, and why() says what it is.
class lexer {
 public:
  explicit lexer(std::string_view text) : text_(text) { advance(); }

  void advance();

  word_kind kind() const { return kind_; }
  bool is(std::string_view sign) const { return kind_ == word_kind::sign && word_ == sign; }
  /// The name or sign as written.
  std::string_view word() const { return word_; }
  double number() const { return number_; }
  /// Of a text literal, its escapes replaced.
  const std::string& text() const { return value_; }
  const std::string& why() const { return why_; }

 private:
  void refuse(std::string why);
  void read_number();
  void read_digits(int base);
  void read_text(char quote);
  bool read_escape();
  bool read_code_point(std::size_t digits);
  bool read_braced_code_point();
  bool append_code_point(char32_t c);
  void read_sign();
  char at(std::size_t i) const { return i < text_.size() ? text_[i] : '\0'; }

  std::string_view text_;
  std::size_t next_ = 0;
  word_kind kind_ = word_kind::end;
  std::string_view word_;
  double number_ = 0;
  std::string value_;
  std::string why_;
};

} // namespace chainring::scxml::compiled_model
