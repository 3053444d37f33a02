// action_parts.cpp: see action_parts.hpp.
#include "dialer/action_parts.hpp"

#include "dialer/flex_attributes.hpp"
#include "dialer/ocs_events.hpp"
#include "dialer/text.hpp"

namespace chainring::dialer {

action_outcome refusal(error_code why, std::string_view message) {
  action_outcome out;
  out.answer = events_due{error_event(why, message)};
  out.warnings.emplace_back(message);
  return out;
}

const scxml::value* given(const scxml::action_effect& action, scxml::index attribute) {
  const scxml::value* what = action.find(attribute);
  return what && !what->is_undefined() && !what->is<scxml::null>() ? what : nullptr;
}

std::string_view word_of(const scxml::value& what) {
  const auto* text = what.as<std::string>();
  return text ? trimmed(*text) : std::string_view();
}

std::optional<bool> yes_or_no(const scxml::value& what) {
  if (const auto* b = what.as<bool>()) return *b;
  const auto word = word_of(what);
  return word.empty() ? std::nullopt : switch_value(word);
}

std::string shown(const scxml::value& what) {
  const auto* text = what.as<std::string>();
  return text ? quoted(*text) : scxml::to_text(what);
}

} // namespace chainring::dialer
