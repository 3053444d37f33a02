// schema.hpp: which element may stand where with which attributes (SCXML 1.0, appendix of each
// element), and the Genesys dialect of it.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "scxml/compile.hpp"
#include "scxml/complaints.hpp"
#include "scxml/parse.hpp"

namespace chainring::scxml {

inline constexpr std::string_view scxml_uri = "http://www.w3.org/2005/07/scxml";

enum class element_kind : std::uint8_t {
  ignored, // unknown, misplaced (and complained about) or of no concern
  scxml,
  state,
  parallel,
  final,
  history,
  initial,
  transition,
  onentry,
  onexit,
  datamodel,
  data,
  donedata,
  content,
  param,
  invoke,
  finalize,
  raise,
  choose,
  elseif,
  otherwise,
  foreach,
  log,
  assign,
  script,
  send,
  cancel,
  event,  // Genesys: the old form of <raise>
  action, // an element of the vocabulary
  count
};

/// What all compilers of one source (the document and its inline documents) share.
struct compilation {
  const tree& xml;
  const compile_options& options;
  complaints& out;
  std::vector<element_kind> kinds; // per element of the tree

  compilation(const tree& t, const compile_options& o, complaints& c)
      : xml(t)
      , options(o)
      , out(c)
      , kinds(t.elements.size(), element_kind::ignored) {}

  bool alias_reported = false;
  std::shared_ptr<document_origin> origin = std::make_shared<document_origin>(); // all that is loaded joins it
};

/// Does the element belong to the vocabulary? Warns once when only by an alias.
bool in_vocabulary(compilation& c, element_index e);
/// Sets the kinds of everything below `root`, an <scxml> element, and complains about unknown and
/// misplaced elements, unknown and missing attributes and stray text. Data and nested documents are
/// left alone.
void check_structure(compilation& c, element_index root);

} // namespace chainring::scxml
