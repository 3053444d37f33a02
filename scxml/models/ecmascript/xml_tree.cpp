// xml_tree.cpp: RapidXML to a table of nodes, and back to text.
#include "scxml/models/ecmascript/xml_tree.hpp"

#include <memory>

#include <rapidxml/rapidxml.hpp>

#include "scxml/limits.hpp"
#include "scxml/models/ecmascript/dom.hpp"

namespace chainring::scxml::ecmascript {
namespace {

using source_node = rapidxml::xml_node<>;

/// Position behind the construct that begins with '<' at i, npos when it does not end.
std::size_t behind_markup(std::string_view text, std::size_t i) {
  const auto behind = [&](std::string_view end) {
    const std::size_t at = text.find(end, i);
    return at == std::string_view::npos ? at : at + end.size();
  };
  if (text.substr(i, 4) == "<!--") return behind("-->");
  if (text.substr(i, 9) == "<![CDATA[") return behind("]]>");
  if (text.substr(i, 2) == "<?") return behind("?>");
  char quote = 0;
  for (std::size_t k = i + 1; k < text.size(); ++k) {
    if (quote) {
      if (text[k] == quote) quote = 0;
    } else if (text[k] == '"' || text[k] == '\'') {
      quote = text[k];
    } else if (text[k] == '>') {
      return k + 1;
    }
  }
  return std::string_view::npos;
}

/// RapidXML recurses with the depth of elements: refuse before it does.
bool is_too_deep(std::string_view text) {
  std::size_t depth = 0;
  for (std::size_t i = text.find('<'); i != std::string_view::npos; i = text.find('<', i)) {
    const std::size_t end = behind_markup(text, i);
    if (end == std::string_view::npos) return true;
    const char next = text[i + 1];
    if (next == '/' && depth > 0) --depth;
    if (next != '/' && next != '!' && next != '?' && text[end - 2] != '/' &&
        ++depth > limits::document_depth_max)
      return true;
    i = end;
  }
  return false;
}

xml_node_type type_of(const source_node& n) {
  switch (n.type()) {
  case rapidxml::node_element: return xml_node_type::element;
  case rapidxml::node_cdata: return xml_node_type::cdata;
  case rapidxml::node_comment: return xml_node_type::comment;
  case rapidxml::node_pi: return xml_node_type::instruction;
  default: return xml_node_type::text;
  }
}

bool copy_node(const source_node& from, std::int32_t parent, xml_tree& out) {
  if (out.nodes.size() >= limits::value_nodes_max) return false;
  const auto self = static_cast<std::int32_t>(out.nodes.size());
  xml_node made;
  made.type = type_of(from);
  made.name.assign(from.name(), from.name_size());
  made.parent = parent;
  if (made.type != xml_node_type::element) made.value.assign(from.value(), from.value_size());
  for (const auto* a = from.first_attribute(); a; a = a->next_attribute()) {
    std::string name(a->name(), a->name_size());
    for (const auto& [known, v] : made.attributes)
      if (known == name) return false;
    made.attributes.emplace_back(std::move(name), std::string(a->value(), a->value_size()));
  }
  out.nodes.push_back(std::move(made));
  for (const auto* child = from.first_node(); child; child = child->next_sibling())
    if (!copy_node(*child, self, out)) return false;
  out.nodes[static_cast<std::size_t>(self)].subtree_end = static_cast<std::uint32_t>(out.nodes.size());
  return true;
}

std::string escaped(std::string_view text, bool in_attribute) {
  std::string out;
  for (char c : text) {
    if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else if (c == '"' && in_attribute)
      out += "&quot;";
    else
      out += c;
  }
  return out;
}

void write(const xml_tree& tree, std::uint32_t n, std::string& out) {
  const xml_node& node = tree.nodes[n];
  switch (node.type) {
  case xml_node_type::text: out += escaped(node.value, false); return;
  case xml_node_type::cdata: out += "<![CDATA[" + node.value + "]]>"; return;
  case xml_node_type::comment: out += "<!--" + node.value + "-->"; return;
  case xml_node_type::instruction: out += "<?" + node.name + " " + node.value + "?>"; return;
  default: break;
  }
  const bool is_element = node.type == xml_node_type::element;
  if (is_element) {
    out += "<" + node.name;
    for (const auto& [name, v] : node.attributes) out += " " + name + "=\"" + escaped(v, true) + "\"";
    if (tree.first_child(n) < 0) {
      out += "/>";
      return;
    }
    out += ">";
  }
  for (std::int32_t c = tree.first_child(n); c >= 0; c = tree.next_sibling(static_cast<std::uint32_t>(c)))
    write(tree, static_cast<std::uint32_t>(c), out);
  if (is_element) out += "</" + node.name + ">";
}

} // namespace

std::shared_ptr<const xml_tree> parse_xml(std::string_view text) {
  if (text.size() > limits::document_bytes_max || text.find("<!DOCTYPE") != std::string_view::npos ||
      is_too_deep(text) || text.find('\0') != std::string_view::npos)
    return nullptr;
  auto tree = std::make_shared<xml_tree>();
  tree->source = text;
  std::string buffer(text);
  rapidxml::xml_document<> parsed;
  try {
    parsed.parse<rapidxml::parse_validate_closing_tags | rapidxml::parse_no_element_values |
                 rapidxml::parse_comment_nodes>(buffer.data());
  } catch (const rapidxml::parse_error&) {
    return nullptr;
  }
  tree->nodes.emplace_back().name = "#document";
  std::size_t roots = 0;
  for (const auto* n = parsed.first_node(); n; n = n->next_sibling()) {
    if (n->type() == rapidxml::node_element) ++roots;
    if (!copy_node(*n, 0, *tree)) return nullptr;
  }
  if (roots != 1) return nullptr;
  tree->nodes[0].subtree_end = static_cast<std::uint32_t>(tree->nodes.size());
  return tree;
}

const std::string& source_of(const xml_tree& tree) { return tree.source; }
std::size_t size_of(const xml_tree& tree) { return tree.nodes.size(); }

std::string xml_tree::text_content(std::uint32_t n) const {
  std::string out = nodes[n].type == xml_node_type::comment ? nodes[n].value : "";
  for (std::uint32_t i = n; i < nodes[n].subtree_end; ++i)
    if (nodes[i].type == xml_node_type::text || nodes[i].type == xml_node_type::cdata) out += nodes[i].value;
  return out;
}

std::string xml_tree::to_xml(std::uint32_t n) const {
  std::string out;
  write(*this, n, out);
  return out;
}

} // namespace chainring::scxml::ecmascript
