// import.hpp: chainring import: CSV → calling list or do-not-call list of a store.
#pragma once

#include <ostream>

#include "actors/node/options.hpp"

namespace chainring::actors {

/// Bad rows are named on `err` by FILE:LINE and left out, the rest is imported, `out` gets one line of figures. Returns
/// 1 when a row was bad, when rows that are there differ and --update is not given, or when nothing could be done.
int run_import(const import_command& options, std::ostream& out, std::ostream& err);

} // namespace chainring::actors
