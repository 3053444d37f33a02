// charset.hpp: the bytes of a document, whatever they were sent in, as UTF-8.
#pragma once

#include <string>
#include <string_view>

#include "scxml/result.hpp"

namespace chainring::actors {

/// Decides by byte order mark, then the charset of `content_type`, then the XML declaration, then
/// the zeros of UTF-16, then UTF-8 (RFC 7303 section 3); understands UTF-8, UTF-16 (with mark or without), ISO-8859-1,
/// windows-1252 and US-ASCII. Removes the mark and blanks the encoding of the declaration, so that
/// lines and columns stay. Does not check UTF-8: the scanner does. `where` is the URI.
result<std::string> to_utf8(std::string bytes, std::string_view content_type,
                            std::string_view where);

} // namespace chainring::actors
