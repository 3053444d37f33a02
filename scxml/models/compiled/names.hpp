// names.hpp: names that mean something to QuickJS without the document's doing: expressions with them are not compiled.
#pragma once

#include <string_view>

namespace chainring::scxml::compiled_model {

/// Words of the language, and names that a sloppy function may give a meaning of its own.
bool is_reserved(std::string_view word);

/// Properties of the global object and of what it inherits from.
bool is_global(std::string_view name);

/// Properties that objects, arrays, texts, numbers or booleans inherit, or texts and arrays have, `length` left out.
bool is_inherited(std::string_view name);

/// A name of ASCII letters, digits, _ and $ that is no reserved word.
bool is_plain_name(std::string_view text);

} // namespace chainring::scxml::compiled_model
