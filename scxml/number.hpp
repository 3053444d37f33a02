// number.hpp: numbers as ECMAScript writes them.
#pragma once

#include <string>

namespace chainring::scxml {

/// ECMAScript's Number::toString(x) in base 10: the shortest digits that read back as the same
/// number; "NaN", "Infinity", "-Infinity"; −0 is "0".
std::string number_to_text(double x);

} // namespace chainring::scxml
