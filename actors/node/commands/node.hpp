// node.hpp: `chainring node`: a node until it is told to stop.
#pragma once

#include "actors/node/options.hpp"

namespace chainring::actors {

/// Exit status: 0 stopped in order, 1 failed.
int run_node(const node_command& wanted);

} // namespace chainring::actors
