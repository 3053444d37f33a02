// diagnostic.cpp: complaints as text and as errors.
#include "scxml/diagnostic.hpp"

namespace chainring::scxml {

std::string place_of(const diagnostic& d) {
  return d.source + ':' + std::to_string(d.where.line) + ':' + std::to_string(d.where.column);
}

error to_error(const diagnostic& d) { return {d.what, place_of(d), d.mend}; }

} // namespace chainring::scxml
