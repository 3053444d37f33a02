// conversion.cpp: see conversion.hpp.
#include "scxml/models/compiled/conversion.hpp"

#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>

#include "scxml/models/compiled/text.hpp"
#include "scxml/number.hpp"

namespace chainring::scxml::compiled_model {
namespace {

constexpr double exact_max = 9007199254740992.0; // 2^53
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// 0x, 0o and 0b have no sign, and past 2^53 their rounding is QuickJS's.
bool number_of_digits(std::string_view digits, int base, double& out) {
  std::uint64_t all = 0;
  const char* const last = digits.data() + digits.size();
  const auto [end, problem] = std::from_chars(digits.data(), last, all, base);
  if (problem == std::errc::invalid_argument || end != last) return out = not_a_number, true;
  if (problem != std::errc() || static_cast<double>(all) > exact_max) return false;
  return out = static_cast<double>(all), true;
}

/// StrDecimalLiteral without its sign.
bool is_decimal(std::string_view text) {
  std::size_t i = 0, digits = 0;
  const auto skip_digits = [&] {
    for (; i < text.size() && is_digit(text[i]); ++i) ++digits;
  };
  skip_digits();
  if (i < text.size() && text[i] == '.') ++i, skip_digits();
  if (digits == 0) return false;
  if (i < text.size() && (text[i] | 0x20) == 'e') {
    if (++i < text.size() && (text[i] == '+' || text[i] == '-')) ++i;
    digits = 0;
    skip_digits();
    if (digits == 0) return false;
  }
  return i == text.size();
}

} // namespace

bool number_of(std::string_view text, double& out) {
  text = without_space(text);
  if (text.empty()) return out = 0, true;
  if (text.size() > 2 && text[0] == '0') {
    const char letter = static_cast<char>(text[1] | 0x20);
    if (letter == 'x') return number_of_digits(text.substr(2), 16, out);
    if (letter == 'o') return number_of_digits(text.substr(2), 8, out);
    if (letter == 'b') return number_of_digits(text.substr(2), 2, out);
  }
  const bool negative = text[0] == '-';
  if (negative || text[0] == '+') text.remove_prefix(1);
  if (text == "Infinity") {
    out = std::numeric_limits<double>::infinity();
  } else if (!is_decimal(text)) {
    return out = not_a_number, true;
  } else if (std::from_chars(text.data(), text.data() + text.size(), out).ec != std::errc()) {
    return false; // too large or too small
  }
  if (negative) out = -out;
  return true;
}

std::int32_t to_int32(double n) {
  if (n >= -2147483648.0 && n <= 2147483647.0) return static_cast<std::int32_t>(n);
  if (!std::isfinite(n)) return 0;
  constexpr double range = 4294967296.0;
  double rest = std::fmod(std::trunc(n), range);
  if (rest < 0) rest += range;
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(rest));
}

const char* type_of(const operand& o) {
  switch (o.kind) {
  case kind::undefined: return "undefined";
  case kind::boolean: return "boolean";
  case kind::number: return "number";
  case kind::text: return "string";
  default: return "object";
  }
}

std::string_view text_of(double n, char (&buffer)[number_text_max]) {
  if (std::fabs(n) < exact_max && n == std::trunc(n)) { // -0 is "0"
    const auto end = std::to_chars(buffer, buffer + number_text_max, static_cast<std::int64_t>(n)).ptr;
    return {buffer, static_cast<std::size_t>(end - buffer)};
  }
  const std::string text = number_to_text(n);
  std::memcpy(buffer, text.data(), text.size());
  return {buffer, text.size()};
}

} // namespace chainring::scxml::compiled_model
