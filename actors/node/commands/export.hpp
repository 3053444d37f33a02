// export.hpp: chainring export: calling list or attempts of a store → CSV.
#pragma once

#include <ostream>

#include "actors/node/options.hpp"

namespace chainring::actors {

/// To `out`, or to the file of --output, which is only there once it is whole. Returns 0 or 1.
int run_export(const export_command& options, std::ostream& out, std::ostream& err);

} // namespace chainring::actors
