// run.hpp: `chainring run`: campaigns to their end, with progress and a summary.
#pragma once

#include "actors/node/options.hpp"

namespace chainring::actors {

/// Exit status: 0 done, 1 failed.
int run(const run_command& wanted);

} // namespace chainring::actors
