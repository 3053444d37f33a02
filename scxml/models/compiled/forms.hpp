// forms.hpp: conditions and assignments of the most frequent forms are seen once per document, so that a step need not run their
// programs.
#pragma once

#include "scxml/models/compiled/program.hpp"

namespace chainring::scxml::compiled_model {

/// Of a program whose expressions are those of the document: sets entry::guard and program::assignments.
void find_forms(program& of, const document& d);

} // namespace chainring::scxml::compiled_model
