// dot.hpp: a document drawn for Graphviz.
#pragma once

#include <string>

#include "scxml/document.hpp"

namespace chainring::scxml {

/// A digraph in the language of `dot`: states with states inside are clusters (parallel ones dashed), initial states have
/// a dot that leads to them, history states are H and H*, final ones double circles. Edges carry events, [conditions] and
/// / actions; transitions without target stand in their state, as entry, exit and invocations do. Inline documents of
/// <invoke> are not drawn.
std::string to_dot(const document& d);

} // namespace chainring::scxml
