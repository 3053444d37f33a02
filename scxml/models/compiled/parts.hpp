// parts.hpp: values of expressions as the host has them.
#pragma once

#include "scxml/models/compiled/program.hpp"

namespace chainring::scxml::compiled_model {

/// What QuickJS would give for it; false: only QuickJS knows.
bool to_value(const operand& o, value& out);

} // namespace chainring::scxml::compiled_model
