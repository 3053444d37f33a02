// compile.cpp: the way of a document through parse and compiler, and what it names with src=.
#include "scxml/compile.hpp"

#include <algorithm>
#include <unordered_set>

#include "scxml/compiler.hpp"

namespace chainring::scxml {

error compiled::first_error() const {
  for (const diagnostic& d : complaints)
    if (d.severity == severity::error) return to_error(d);
  return {};
}

compiled compile(std::string_view bytes, const compile_options& options) {
  compiled out;
  tree xml;
  static const std::vector<std::string> no_prefixes;
  const auto& prefixes = options.actions ? options.actions->aliases : no_prefixes;
  if (auto refused = parse(bytes, options.name, &prefixes, xml)) {
    out.complaints.push_back(std::move(*refused));
    return out;
  }
  complaints list(options.name);
  const element& root = xml.elements[0];
  if (root.name != "scxml" || (root.uri != scxml_uri && !root.uri.empty())) {
    list.error(root.where,
               "the document is no SCXML: its element is <" + std::string(root.name.substr(0, 60)) +
                   ">",
               "start it with <scxml xmlns=\"" + std::string(scxml_uri) + "\" version=\"1.0\">");
  } else {
    compilation c(xml, options, list);
    auto made = compiler(c, 0, bytes).run();
    (list.any_error() ? out.draft : out.document) = std::move(made);
  }
  out.complaints = list.take();
  return out;
}

std::vector<std::string> referenced_resources(std::string_view bytes) {
  std::vector<std::string> out;
  tree xml;
  if (parse(bytes, {}, nullptr, xml)) return out;
  std::unordered_set<std::string_view> seen;
  for (element_index e = 0; e < xml.elements.size(); ++e) {
    const element& x = xml.elements[e];
    if (x.uri != xml.elements[0].uri || (x.name != "script" && x.name != "data")) continue;
    const attribute* src = xml.find(e, "src");
    if (src && !is_blank(src->value) && seen.insert(trimmed(src->value)).second)
      out.emplace_back(trimmed(src->value));
  }
  return out;
}

} // namespace chainring::scxml
