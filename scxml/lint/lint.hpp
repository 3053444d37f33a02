// lint.hpp: what a document that compiles will hardly have been meant to say: states that nothing enters, transitions
// that are never taken, names that nobody has. For authors, not for hosts: every such document runs.
#pragma once

#include <vector>

#include "scxml/diagnostic.hpp"

namespace chainring::scxml {

/// Warnings in source order, bounded by limits::complaints_max; those of inline documents of <invoke> too. `d` is the
/// document of a successful compile().
std::vector<diagnostic> lint(const document& d);

} // namespace chainring::scxml
