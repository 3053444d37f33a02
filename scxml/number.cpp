// number.cpp: ECMA-262, Number::toString.
#include "scxml/number.hpp"

#include <charconv>
#include <cmath>
#include <string_view>

namespace chainring::scxml {
namespace {

/// |x| = 0.digits × 10^point
struct decimal {
  std::string digits;
  int point = 0;
};

decimal shortest(double x) {
  char buffer[32];
  const auto end =
      std::to_chars(buffer, buffer + sizeof buffer, x, std::chars_format::scientific).ptr;
  const std::string_view text(buffer, static_cast<std::size_t>(end - buffer)); // d.ddde±xx
  const std::size_t e = text.find('e');
  decimal d;
  d.digits += text[0];
  if (e > 2) d.digits += text.substr(2, e - 2);
  int exponent = 0;
  const char* from = text.data() + e + 1;
  if (*from == '+') ++from;
  std::from_chars(from, end, exponent);
  d.point = exponent + 1;
  return d;
}

} // namespace

std::string number_to_text(double x) {
  if (std::isnan(x)) return "NaN";
  if (x == 0) return "0";
  const std::string sign = x < 0 ? "-" : "";
  if (std::isinf(x)) return sign + "Infinity";
  const auto [digits, n] = shortest(std::fabs(x));
  const int k = static_cast<int>(digits.size());
  // The cases of ECMA-262, Number::toString, in their order.
  if (k <= n && n <= 21) return sign + digits + std::string(static_cast<std::size_t>(n - k), '0');
  if (0 < n && n <= 21)
    return sign + digits.substr(0, static_cast<std::size_t>(n)) + '.' +
           digits.substr(static_cast<std::size_t>(n));
  if (-6 < n && n <= 0)
    return sign + "0." + std::string(static_cast<std::size_t>(-n), '0') + digits;
  const std::string exponent = (n > 0 ? "e+" : "e-") + std::to_string(std::abs(n - 1));
  return sign + digits[0] + (k == 1 ? "" : "." + digits.substr(1)) + exponent;
}

} // namespace chainring::scxml
