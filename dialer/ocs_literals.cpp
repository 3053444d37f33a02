// ocs_literals.cpp: see ocs_literals.hpp.
#include "dialer/ocs_literals.hpp"

#include <charconv>

#include "dialer/text.hpp"
#include "scxml/words.hpp"

namespace chainring::dialer {

namespace {

bool is_word_character(char c) {
  return c == '_' || c == '$' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

std::optional<scxml::value> number_in(std::string_view text) {
  bool negative = false;
  if (text.starts_with('-') || text.starts_with('+')) {
    negative = text.front() == '-';
    text = scxml::trimmed(text.substr(1));
  }
  if (text.empty() || !(text.front() == '.' || (text.front() >= '0' && text.front() <= '9'))) return std::nullopt;
  double number = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (problem != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return scxml::value(negative ? -number : number);
}

/// 'text' or "text" without escapes.
std::optional<scxml::value> text_in(std::string_view text) {
  if (text.size() < 2 || (text.front() != '\'' && text.front() != '"')) return std::nullopt;
  const std::string_view inner = text.substr(1, text.size() - 2);
  if (text.back() != text.front() || inner.find(text.front()) != inner.npos || inner.find('\\') != inner.npos)
    return std::nullopt;
  return scxml::value(inner);
}

} // namespace

ocs_literals::ocs_literals(const scxml::document& d) {
  for (const auto& item : d.data) declared_.insert(item.id);
  for (const auto& loop : d.foreaches) declared_.insert(loop.item), declared_.insert(loop.position);
  for (const auto& e : d.expressions) {
    if (e.kind != scxml::expression_kind::script) continue;
    const std::string_view text = e.text;
    for (std::size_t at = 0; at < text.size();) {
      std::size_t end = at;
      while (end < text.size() && is_word_character(text[end])) ++end;
      if (end > at) declared_.insert(text.substr(at, end - at));
      at = end + 1;
    }
  }
}

bool ocs_literals::is_undeclared(std::string_view text) const {
  text = scxml::trimmed(text);
  for (const std::string_view known : {"NaN", "Infinity", "undefined", "null", "true", "false", "this"})
    if (text == known) return false;
  return scxml::is_identifier(text) && !text.starts_with('_') && !declared_.contains(text);
}

std::optional<scxml::value> ocs_literals::value_of(std::string_view text) const {
  text = scxml::trimmed(text);
  if (text == "null") return scxml::null{};
  if (text == "undefined") return scxml::undefined{};
  if (text == "true" || text == "false") return text == "true";
  if (auto number = number_in(text)) return number;
  if (auto quoted_text = text_in(text)) return quoted_text;
  if (is_undeclared(text)) return scxml::value(text);
  return std::nullopt;
}

} // namespace chainring::dialer
