// text.hpp: UTF-8 text as ECMAScript counts and orders it: in UTF-16 units.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace chainring::scxml::compiled_model {

/// Well-formed UTF-8; surrogates are not.
bool is_utf8(std::string_view text);

/// Appends a code point that is no surrogate.
void append_utf8(std::string& out, char32_t code_point);

/// In UTF-16 units; `text` is well-formed.
std::size_t length_of(std::string_view text);

/// <0, 0, >0 by UTF-16 units; both are well-formed.
int compare_units(std::string_view a, std::string_view b);

/// Without the white space and line ends (ECMA-262, TrimString) around it.
std::string_view without_space(std::string_view text);

} // namespace chainring::scxml::compiled_model
