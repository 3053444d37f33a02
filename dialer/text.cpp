// text.cpp: see text.hpp.
#include "dialer/text.hpp"

#include <algorithm>
#include <charconv>

namespace chainring::dialer {

namespace {

constexpr std::size_t quoted_bytes_max = 40;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

bool is_separator(char c) { return c == ' ' || c == '_' || c == '-' || c == '\t'; }

/// Bytes of the code point that starts at `at`, or 0 when it is malformed.
std::size_t code_point_bytes(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u;
  };
  const auto tail = [&](std::size_t i) { return (byte(i) & 0xc0u) == 0x80u; };
  const unsigned first = byte(at);
  if (first < 0x80) return first == 0 ? 0 : 1;
  const unsigned second = byte(at + 1);
  if (first >= 0xc2 && first <= 0xdf) return tail(at + 1) ? 2 : 0;
  if (first >= 0xe0 && first <= 0xef) {
    const bool legal = tail(at + 1) && tail(at + 2) && !(first == 0xe0 && second < 0xa0) &&
                       !(first == 0xed && second > 0x9f);
    return legal ? 3 : 0;
  }
  if (first >= 0xf0 && first <= 0xf4) {
    const bool legal = tail(at + 1) && tail(at + 2) && tail(at + 3) &&
                       !(first == 0xf0 && second < 0x90) && !(first == 0xf4 && second > 0x8f);
    return legal ? 4 : 0;
  }
  return 0;
}

} // namespace

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::string lowered(std::string_view text) {
  std::string low(text);
  std::transform(low.begin(), low.end(), low.begin(), lower);
  return low;
}

bool same_word(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

bool sounds_like(std::string_view a, std::string_view b) {
  std::size_t i = 0, j = 0;
  for (;;) {
    while (i < a.size() && is_separator(a[i])) ++i;
    while (j < b.size() && is_separator(b[j])) ++j;
    if (i == a.size() || j == b.size()) return i == a.size() && j == b.size();
    if (lower(a[i++]) != lower(b[j++])) return false;
  }
}

std::optional<std::int64_t> to_integer(std::string_view text) {
  if (text.size() > 1 && text.front() == '+' && text[1] != '-') text.remove_prefix(1);
  std::int64_t number = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (problem != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

bool is_clean_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t bytes = code_point_bytes(text, at);
    if (bytes == 0) return false;
    at += bytes;
  }
  return true;
}

bool has_control_character(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

std::string quoted(std::string_view text) {
  if (text.size() <= quoted_bytes_max) return "'" + std::string(text) + "'";
  std::size_t keep = quoted_bytes_max;
  while (keep > 0 && (static_cast<unsigned char>(text[keep]) & 0xc0u) == 0x80u) --keep;
  return "'" + std::string(text.substr(0, keep)) + "…'";
}

} // namespace chainring::dialer
