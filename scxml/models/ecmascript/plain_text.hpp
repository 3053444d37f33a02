// plain_text.hpp: what is done to the text of expressions and content before it means anything, on every data model.
#pragma once

#include <string>
#include <string_view>

namespace chainring::scxml::ecmascript {

/// Expressions are often written like statements: `new thing();` (W3C test 452). Space at the end goes too.
std::string without_semicolon(std::string text);

/// Content that is neither JSON nor XML: leading and trailing space removed, runs of space made one (SCXML B.2.1).
std::string normalized(std::string_view text);

} // namespace chainring::scxml::ecmascript
