// words.cpp: white space, quoting, resemblance.
#include "scxml/words.hpp"

#include <algorithm>
#include <array>

#include "scxml/limits.hpp"

namespace chainring::scxml {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

constexpr std::size_t unlike = 3; // a distance that is no resemblance any more

/// Levenshtein distance without regard to case, or `unlike` when it is that or more: only cells
/// that near the diagonal are looked at. Both at most limits::suggested_length_max long, their
/// lengths less than `unlike` apart.
std::size_t distance(std::string_view a, std::string_view b) {
  std::array<std::size_t, limits::suggested_length_max + 2> row;
  for (std::size_t j = 0; j <= b.size() + 1; ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    const std::size_t from = i < unlike ? 1 : i - unlike + 1,
                      to = std::min(b.size(), i + unlike - 1);
    std::size_t diagonal = row[from - 1], nearest = unlike;
    row[from - 1] = from == 1 ? i : unlike;
    for (std::size_t j = from; j <= to; ++j) {
      const std::size_t substitute = diagonal + (lower(a[i - 1]) == lower(b[j - 1]) ? 0 : 1);
      diagonal = row[j];
      const std::size_t above = j == i + unlike - 1 ? unlike : row[j];
      row[j] = std::min({substitute, above + 1, row[j - 1] + 1});
      nearest = std::min(nearest, row[j]);
    }
    if (nearest >= unlike) return unlike;
  }
  return std::min(row[b.size()], unlike);
}

} // namespace

std::string_view trimmed(std::string_view s) {
  const std::size_t from = s.find_first_not_of(xml_white_space);
  if (from == std::string_view::npos) return {};
  return s.substr(from, s.find_last_not_of(xml_white_space) - from + 1);
}

bool is_blank(std::string_view s) {
  return s.find_first_not_of(xml_white_space) == std::string_view::npos;
}

bool has_space(std::string_view s) {
  return s.find_first_of(xml_white_space) != std::string_view::npos;
}

bool is_identifier(std::string_view s) {
  const auto letter = [](char c) {
    return (lower(c) >= 'a' && lower(c) <= 'z') || c == '_' || c == '$' ||
           static_cast<unsigned char>(c) >= 0x80;
  };
  const auto letter_or_digit = [&](char c) { return letter(c) || (c >= '0' && c <= '9'); };
  return !s.empty() && letter(s[0]) && std::all_of(s.begin(), s.end(), letter_or_digit);
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

std::string quoted(std::string_view s) {
  constexpr std::size_t shown_max = 60;
  if (s.size() <= shown_max) return '"' + std::string(s) + '"';
  std::size_t end = shown_max;
  while (end > 0 && (static_cast<unsigned char>(s[end]) & 0xc0) == 0x80) --end;
  return '"' + std::string(s.substr(0, end)) + "…\"";
}

void nearest_name::consider(std::string_view candidate) {
  const std::size_t longer = std::max(name_.size(), candidate.size());
  const std::size_t shorter = std::min(name_.size(), candidate.size());
  if (longer > limits::suggested_length_max || longer - shorter >= distance_) return;
  const std::size_t d = distance(name_, candidate);
  // Two letters of three are no resemblance.
  if (d >= distance_ || d * 2 > shorter) return;
  distance_ = d;
  best_ = candidate;
}

} // namespace chainring::scxml
