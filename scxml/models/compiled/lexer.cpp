// lexer.cpp: ECMA-262, 12, the part of it that leaves no doubt: ASCII outside of text literals, no comments, no regular
// expressions, no templates.
#include "scxml/models/compiled/lexer.hpp"

#include <array>
#include <charconv>

#include "scxml/models/compiled/text.hpp"

namespace chainring::scxml::compiled_model {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_name_start(char c) { return c == '_' || c == '$' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_name_part(char c) { return is_name_start(c) || is_digit(c); }
bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

int digit_value(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return 16;
}

// Longer ones before their beginnings.
constexpr std::string_view signs[] = {">>>=", "...", "===", "!==", ">>>", "<<=", ">>=", "**=", "&&=", "||=", "\?\?=", "==", "!=",
                                      "<=",   ">=",  "&&",  "||",  "\?\?",  "?.",  "<<",  ">>",  "++",  "--",  "**",  "=>", "+=",
                                      "-=",   "*=",  "%=",  "&=",  "|=",  "^=",  "+",   "-",   "*",   "%",   "<",   ">",  "!",
                                      "~",    "&",   "|",   "^",   "?",   ":",   "(",   ")",   "[",   "]",   ".",   ",",  "=",
                                      "{",    "}",   ";"};

} // namespace

void lexer::refuse(std::string why) {
  kind_ = word_kind::unknown;
  why_ = std::move(why);
}

void lexer::advance() {
  if (kind_ == word_kind::unknown) return;
  while (is_space(at(next_))) ++next_;
  const char c = at(next_);
  if (next_ == text_.size()) {
    kind_ = word_kind::end;
    word_ = {};
  } else if (is_name_start(c)) {
    const std::size_t first = next_;
    while (is_name_part(at(next_))) ++next_;
    kind_ = word_kind::name;
    word_ = text_.substr(first, next_ - first);
    if (at(next_) == '\\' || static_cast<unsigned char>(at(next_)) >= 0x80) refuse("a name has other than ASCII letters");
  } else if (is_digit(c) || (c == '.' && is_digit(at(next_ + 1)))) {
    read_number();
  } else if (c == '\'' || c == '"') {
    read_text(c);
  } else {
    read_sign();
  }
}

void lexer::read_sign() {
  const std::string_view rest = text_.substr(next_);
  if (rest.starts_with("//") || rest.starts_with("/*") || rest.starts_with("<!--") || rest.starts_with("-->"))
    return refuse("it has a comment");
  kind_ = word_kind::sign;
  // What begins with a slash is told apart by what stands before it, which the caller knows.
  if (rest[0] == '/') {
    word_ = rest.substr(0, rest.starts_with("/=") ? 2 : 1);
    next_ += word_.size();
    return;
  }
  for (const std::string_view sign : signs)
    if (rest.starts_with(sign)) {
      word_ = sign;
      next_ += sign.size();
      return;
    }
  refuse(rest[0] == '`' ? "it has a template" : "it has a character that the compiled model does not know");
}

void lexer::read_number() {
  const std::size_t first = next_;
  const char letter = static_cast<char>(at(first + 1) | 0x20);
  kind_ = word_kind::number;
  if (at(first) == '0' && (letter == 'x' || letter == 'o' || letter == 'b')) {
    next_ += 2;
    read_digits(letter == 'x' ? 16 : letter == 'o' ? 8 : 2);
  } else {
    const auto digits = [&] {
      while (is_digit(at(next_))) ++next_;
    };
    digits();
    const bool old_octal = at(first) == '0' && next_ > first + 1;
    if (at(next_) == '.') ++next_, digits();
    if ((at(next_) | 0x20) == 'e') {
      const bool sign = at(next_ + 1) == '+' || at(next_ + 1) == '-';
      if (is_digit(at(next_ + 1 + sign))) next_ += 1 + sign, digits();
    }
    const auto [end, problem] = std::from_chars(text_.data() + first, text_.data() + next_, number_);
    if (old_octal || problem != std::errc() || end != text_.data() + next_)
      return refuse("it has a number that the compiled model does not know");
  }
  if (is_name_part(at(next_)) || at(next_) == '\\' || static_cast<unsigned char>(at(next_)) >= 0x80)
    refuse("it has a number that the compiled model does not know");
}

void lexer::read_digits(int base) {
  constexpr double exact_max = 9007199254740992.0;
  const std::size_t first = next_;
  for (number_ = 0; digit_value(at(next_)) < base; ++next_) number_ = number_ * base + digit_value(at(next_));
  if (next_ == first || number_ > exact_max) refuse("it has a number that the compiled model does not know");
}

void lexer::read_text(char quote) {
  value_.clear();
  kind_ = word_kind::text;
  for (++next_; at(next_) != quote; ++next_) {
    const char c = at(next_);
    if (next_ >= text_.size() || c == '\n' || c == '\r') return refuse("it has a text that does not end");
    if (c != '\\') {
      value_ += c;
    } else if (++next_; !read_escape()) {
      return refuse("it has a text with an escape that the compiled model does not know");
    }
  }
  ++next_;
  if (!is_utf8(value_)) refuse("it has a text that is no UTF-8");
}

/// next_ is at the character behind the backslash, and in the end at the last of the escape.
bool lexer::read_escape() {
  const char c = at(next_);
  if (c == 'x') return read_code_point(2);
  if (c == 'u') return at(next_ + 1) == '{' ? read_braced_code_point() : read_code_point(4);
  if (c == '0' && !is_digit(at(next_ + 1))) return value_ += '\0', true;
  if (is_digit(c) || c == '\n' || c == '\r' || static_cast<unsigned char>(c) >= 0x80 || next_ >= text_.size()) return false;
  constexpr std::string_view letters = "bfnrtv", meant = "\b\f\n\r\t\v";
  const auto found = letters.find(c);
  value_ += found == std::string_view::npos ? c : meant[found];
  return true;
}

bool lexer::read_code_point(std::size_t digits) {
  char32_t c = 0;
  for (; digits > 0; --digits) {
    const int digit = digit_value(at(++next_));
    if (digit > 15) return false;
    c = c * 16 + static_cast<char32_t>(digit);
  }
  return append_code_point(c);
}

bool lexer::read_braced_code_point() {
  constexpr char32_t code_point_max = 0x10ffff;
  char32_t c = 0;
  for (next_ += 2; digit_value(at(next_)) < 16; ++next_) {
    c = c * 16 + static_cast<char32_t>(digit_value(at(next_)));
    if (c > code_point_max) return false;
  }
  return at(next_) == '}' && at(next_ - 1) != '{' && append_code_point(c);
}

/// Halves of pairs are left to QuickJS.
bool lexer::append_code_point(char32_t c) {
  if (c >= 0xd800 && c <= 0xdfff) return false;
  append_utf8(value_, c);
  return true;
}

} // namespace chainring::scxml::compiled_model
