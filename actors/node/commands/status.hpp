// status.hpp: `chainring status`: campaigns, trunks and chains of a running node.
#pragma once

#include "actors/node/options.hpp"

namespace chainring::actors {

/// Exit status: 0 answered, 1 no node there.
int status(const status_command& wanted);

} // namespace chainring::actors
