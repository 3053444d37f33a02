// parse.hpp: bytes → a read-only tree of elements with namespaces resolved and the place of
// everything.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "scxml/diagnostic.hpp"
#include "scxml/document.hpp"
#include "scxml/scan.hpp"

namespace chainring::scxml {

using element_index = std::uint32_t;
inline constexpr element_index no_element = std::numeric_limits<element_index>::max();

struct attribute {
  std::string_view prefix, name; // name without the prefix
  std::string_view uri;          // namespace; empty without prefix
  std::string_view value;        // references resolved, line ends made spaces
  position where;                // of the name
  position value_where;          // of the first character of the value
};

/// A run of character data or a CDATA section.
struct text_piece {
  std::string_view text;
};

struct element {
  std::string_view prefix, name;
  std::string_view uri; // an undeclared prefix that was allowed stands here itself, with its ':'
  std::uint32_t first_attribute = 0,
                attribute_count = 0; // namespace declarations are not among them
  std::uint32_t first_piece = 0, piece_count = 0;
  element_index parent = no_element, first_child = no_element, next_sibling = no_element;
  extent bytes;
  position where;       // of '<'
  position inner_where; // of the first character after the start tag
};

/// Elements in document order, 0 is the root. The views point into the tree itself.
class tree {
 public:
  std::string source; // what was parsed, line ends as "\n", without byte order mark
  std::vector<element> elements;
  std::vector<attribute> attributes;
  std::vector<text_piece> pieces;

  tree() = default;
  tree(const tree&) = delete;
  tree& operator=(const tree&) = delete;

  std::span<const attribute> attributes_of(element_index e) const {
    return {attributes.data() + elements[e].first_attribute, elements[e].attribute_count};
  }
  /// The attribute of that name in no namespace, or nullptr.
  const attribute* find(element_index e, std::string_view name) const;
  /// All character data directly inside, joined; child elements, comments and instructions left
  /// out.
  std::string text_of(element_index e) const;
  /// Is there any such character data beside white space?
  bool has_text(element_index e) const;
  /// What stands between the tags, as written: for content. A single element without text around it
  /// comes alone.
  std::string_view inner_xml(element_index e) const;

 private:
  friend class tree_builder;
  std::string buffer_; // RapidXML's copy, which it rewrites
};

/// Fills `out`, or says what is wrong: scan()'s refusals, attributes given twice, undeclared
/// prefixes except those of `allowed_prefixes` (each with its ':'; nullptr: every prefix is
/// allowed).
std::optional<diagnostic> parse(std::string_view bytes, std::string_view source_name,
                                const std::vector<std::string>* allowed_prefixes, tree& out);

} // namespace chainring::scxml
