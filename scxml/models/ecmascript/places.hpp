// places.hpp: from a place inside the text of an expression to its place in the document it was read from.
#pragma once

#include <string_view>

#include "scxml/document.hpp"

namespace chainring::scxml::ecmascript {

/// How many characters stand before `inside`, a 1-based place in `text`; no more than there are.
std::size_t characters_before(std::string_view text, position inside);

/// The place in `bytes` of the character that comes `characters` behind the place `start`, where references, CDATA
/// sections, comments and line ends count as what they became in the text of the expression.
position place_in_document(std::string_view bytes, position start, std::size_t characters);

/// The same without the bytes: as if the text stood in the document as it is.
position place_in_document(position start, position inside);

} // namespace chainring::scxml::ecmascript
