// explain.hpp: `chainring explain`: why a record is or is not dialed now.
#pragma once

#include "actors/node/options.hpp"

namespace chainring::actors {

/// Exit status: 0 explained, 1 no such record, store or node.
int explain(const explain_command& wanted);

} // namespace chainring::actors
