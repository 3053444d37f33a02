// backup.hpp: chainring backup: a copy of a store, of one that no node has open, or of a running node's.
#pragma once

#include <ostream>

#include "actors/node/options.hpp"

namespace chainring::actors {

/// Exit status: 0 the backup is whole and on the disk, 1 there is none.
int run_backup(const backup_command& options, std::ostream& out, std::ostream& err);

} // namespace chainring::actors
