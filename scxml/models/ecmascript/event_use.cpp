// event_use.cpp: reads text as far as that is certain: whatever is in strings and comments counts as if it were code.
#include "scxml/models/ecmascript/event_use.hpp"

namespace chainring::scxml::ecmascript {
namespace {

constexpr std::string_view the_event = "_event";

bool is_name_part(char c) {
  return c == '_' || c == '$' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool has(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

char at(std::string_view text, std::size_t i) { return i < text.size() ? text[i] : '\0'; }

/// An operator that assigns ends in a '=' that belongs to none of == != <= >=.
bool may_assign(std::string_view text) {
  for (std::size_t i = text.find('='); i != std::string_view::npos; i = text.find('=', i + 1)) {
    const char before = i > 0 ? text[i - 1] : '\0', two_before = i > 1 ? text[i - 2] : '\0';
    const bool compares = before == '=' || before == '!' || at(text, i + 1) == '=' ||
                          ((before == '<' || before == '>') && two_before != before);
    if (!compares) return true;
  }
  return has(text, "++") || has(text, "--") || has(text, "delete");
}

/// A function could ask for `_event` when another event is there: none is without a brace or an arrow.
bool may_be_asked_later(std::string_view text) { return has(text, "{") || has(text, "=>"); }

/// The field that is read at the beginning of `text`, or count.
event_field field_read(std::string_view text) {
  std::size_t end = 1;
  while (is_name_part(at(text, end))) ++end;
  const bool ends_there = !(at(text, end) & 0x80);
  for (std::size_t f = 0; f < event_field_names.size() && at(text, 0) == '.' && ends_there; ++f)
    if (text.substr(1, end - 1) == event_field_names[f]) return static_cast<event_field>(f);
  return event_field::count;
}

} // namespace

bool sees_no_arguments(std::string_view text) { return !has(text, "arguments") && !has(text, "\\u"); }

std::optional<unsigned> event_fields_read(std::string_view text) {
  unsigned fields = 0;
  for (std::size_t i = text.find(the_event); i != std::string_view::npos; i = text.find(the_event, i + 1)) {
    if (i > 0 && is_name_part(text[i - 1])) continue;
    const event_field read = field_read(text.substr(i + the_event.size()));
    if (read == event_field::count) return {};
    fields |= 1u << static_cast<unsigned>(read);
  }
  if (!sees_no_arguments(text)) return {};
  if (fields != 0 && (may_assign(text) || may_be_asked_later(text))) return {};
  return fields;
}

} // namespace chainring::scxml::ecmascript
