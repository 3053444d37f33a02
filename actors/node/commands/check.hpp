// check.hpp: chainring check: what is wrong with documents, and what the compiler made of them.
#pragma once

#include <ostream>

#include "actors/node/options.hpp"

namespace chainring::actors {

/// Complaints go to `err` in source order, warnings marked as such; `out` gets one line for each document that can run,
/// or with `dot` its drawing. With `json` everything goes to `out`, one JSON text on a line for each document.
/// Returns 1 when one has errors, or with `strict` warnings.
int run_check(const check_command& options, std::ostream& out, std::ostream& err);

} // namespace chainring::actors
