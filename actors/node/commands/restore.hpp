// restore.hpp: chainring restore: a store made of a backup.
#pragma once

#include <ostream>

#include "actors/node/options.hpp"

namespace chainring::actors {

/// Says on `out` what the operator has to know before anybody is called. Exit status: 0 restored, 1 nothing is there.
int run_restore(const restore_command& options, std::ostream& out, std::ostream& err);

} // namespace chainring::actors
