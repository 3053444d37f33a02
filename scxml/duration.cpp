// duration.cpp: CSS2 times.
#include "scxml/duration.hpp"

#include <cmath>

namespace chainring::scxml {

namespace {

constexpr double milliseconds_max = 100.0 * 366 * 24 * 3600 * 1000;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

} // namespace

std::optional<std::int64_t> parse_duration_ms(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '+')) text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  double number = 0, place = 1;
  std::size_t i = 0, digits = 0;
  for (; i < text.size() && is_digit(text[i]); ++i, ++digits)
    number = number * 10 + (text[i] - '0');
  if (i < text.size() && text[i] == '.')
    for (++i; i < text.size() && is_digit(text[i]); ++i, ++digits)
      number += (text[i] - '0') * (place /= 10);
  if (digits == 0) return std::nullopt;
  const std::string_view unit = text.substr(i);
  if (unit == "s")
    number *= 1000;
  else if (unit != "ms" && !(unit.empty() && number == 0))
    return std::nullopt;
  if (!(number <= milliseconds_max)) return std::nullopt;
  return static_cast<std::int64_t>(std::llround(number));
}

} // namespace chainring::scxml
