// scan.hpp: the first look at the bytes of a document, before the XML parser may see them:
// everything that could hurt it or that it lets pass. RapidXML recurses per nesting level and does
// not check names, references and structure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace chainring::scxml {

/// Where one element lies, as offsets: [begin, end) from '<' to behind the end tag; [inner_begin,
/// inner_end) between the tags, both = end for <empty/>.
struct extent {
  std::uint32_t begin = 0, inner_begin = 0, inner_end = 0, end = 0;
};

struct scanned {
  std::vector<extent> elements; // document order
  std::vector<std::uint32_t>
      value_breaks; // tabs and line ends in attribute values; XML 3.3.3 makes them spaces
};

struct scan_problem {
  std::uint32_t offset = 0;
  std::string what, mend;
};

/// Checks that `text` is well-formed XML 1.0 within scxml/limits.hpp: UTF-8 (no byte order mark)
/// without control characters, line ends already "\n", no DOCTYPE, one root. Not checked:
/// attributes given twice, namespaces. Stops at the first problem. Linear in the size.
std::optional<scan_problem> scan(std::string_view text, scanned& out);

/// The offset of the first byte that is not a character of XML 1.0 in UTF-8, or npos. For loaded
/// resources too.
std::size_t find_bad_character(std::string_view text);

} // namespace chainring::scxml
