// document.cpp: looking a state up.
#include "scxml/document.hpp"

namespace chainring::scxml {

index document::find_state(std::string_view id) const {
  if (id.empty()) return none;
  for (std::size_t i = 0; i < states.size(); ++i)
    if (states[i].id == id) return static_cast<index>(i);
  return none;
}

} // namespace chainring::scxml
