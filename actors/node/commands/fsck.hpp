// fsck.hpp: chainring fsck: is everything in a store as it has to be?
#pragma once

#include <ostream>

#include "actors/node/options.hpp"

namespace chainring::actors {

/// A line for each finding, then one that counts; with `json` each line is a JSON text. Exit status: 0 sound, 1 not, or it cannot
/// be looked at.
int run_fsck(const fsck_command& options, std::ostream& out, std::ostream& err);

} // namespace chainring::actors
