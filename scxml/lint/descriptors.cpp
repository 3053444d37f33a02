// descriptors.cpp: see descriptors.hpp.
#include "scxml/lint/descriptors.hpp"

#include <algorithm>

namespace chainring::scxml {

bool covers(std::string_view prefix, std::string_view name) {
  return prefix.empty() || (name.starts_with(prefix) && (name.size() == prefix.size() || name[prefix.size()] == '.'));
}

own_events::own_events(const document& d) {
  for (const auto& r : d.raises) names_.push_back(r.event);
  for (const auto& s : d.sends) {
    any_ = any_ || s.event.expr != none;
    if (!s.event.text.empty()) names_.push_back(s.event.text);
  }
}

bool own_events::may_match(std::string_view prefix) const {
  return any_ || std::any_of(names_.begin(), names_.end(), [&](auto name) { return covers(prefix, name); });
}

} // namespace chainring::scxml
