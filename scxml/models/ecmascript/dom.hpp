// dom.hpp: XML data as a read-only DOM (SCXML B.2.1, tests 557 and 561): Document, Element, Text, CDATA and
// comments with the members that treatments use. Trees are immutable and shared; a script object is a tree and
// a position in it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "scxml/models/ecmascript/realm.hpp"

namespace chainring::scxml::ecmascript {

struct xml_tree;

/// A node of a tree; 0 is the document.
struct dom_place {
  std::shared_ptr<const xml_tree> tree;
  std::uint32_t node = 0;
};

/// The tree of a well-formed XML text with one root element and no DOCTYPE, or null. Size, depth and number of
/// nodes are limited.
std::shared_ptr<const xml_tree> parse_xml(std::string_view text);

/// The text a tree was made from, and how many nodes it has.
const std::string& source_of(const xml_tree& tree);
std::size_t size_of(const xml_tree& tree);

/// A script object for a node, or JS_EXCEPTION.
JSValue dom_object(realm& r, dom_place place);
/// The document for `text`; a string when it is not XML.
JSValue dom_from_text(realm& r, std::string_view text);
/// The node behind a script object; null when it is none.
const dom_place* dom_of(realm& r, JSValueConst v);
/// XML text of the node behind a script object.
std::string dom_text(realm& r, JSValueConst v);

} // namespace chainring::scxml::ecmascript
