// conversion.hpp: ECMA-262, 7.1 and 7.2, for primitive values.
#pragma once

#include <cstdint>
#include <string_view>

#include "scxml/models/compiled/program.hpp"

namespace chainring::scxml::compiled_model {

inline bool is_primitive(const operand& o) { return o.kind < kind::part; }

inline bool to_boolean(const operand& o) {
  switch (o.kind) {
  case kind::undefined:
  case kind::null: return false;
  case kind::boolean: return o.truth;
  case kind::number: return o.number < 0 || o.number > 0; // neither zero nor NaN
  case kind::text: return o.size > 0;
  default: return true;
  }
}

/// ToNumber of a text; false: it is a number that is left to QuickJS.
bool number_of(std::string_view text, double& out);

std::int32_t to_int32(double n);

/// typeof
const char* type_of(const operand& o);

/// Long enough for any number.
inline constexpr std::size_t number_text_max = 32;
/// Number::toString; the text stands in `buffer`.
std::string_view text_of(double n, char (&buffer)[number_text_max]);

} // namespace chainring::scxml::compiled_model
