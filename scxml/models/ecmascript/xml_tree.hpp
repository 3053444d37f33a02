// xml_tree.hpp: an XML text as a flat table of nodes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace chainring::scxml::ecmascript {

/// Values are those of the DOM's nodeType.
enum class xml_node_type : std::uint8_t {
  element = 1,
  text = 3,
  cdata = 4,
  instruction = 7,
  comment = 8,
  document = 9
};

struct xml_node {
  xml_node_type type = xml_node_type::document;
  std::string name;
  std::string value;
  std::vector<std::pair<std::string, std::string>> attributes;
  std::int32_t parent = -1;
  std::uint32_t subtree_end = 0; // descendants are (this, subtree_end), document order
};

struct xml_tree {
  std::string source;
  std::vector<xml_node> nodes;

  /// First child, or -1; next sibling, or -1.
  std::int32_t first_child(std::uint32_t n) const {
    return n + 1 < nodes[n].subtree_end ? static_cast<std::int32_t>(n + 1) : -1;
  }
  std::int32_t next_sibling(std::uint32_t n) const {
    const std::int32_t parent = nodes[n].parent;
    if (parent < 0) return -1;
    const std::uint32_t end = nodes[n].subtree_end;
    return end < nodes[static_cast<std::size_t>(parent)].subtree_end ? static_cast<std::int32_t>(end) : -1;
  }
  /// The text below a node, concatenated.
  std::string text_content(std::uint32_t n) const;
  /// The node as XML.
  std::string to_xml(std::uint32_t n) const;
};

} // namespace chainring::scxml::ecmascript
