// scxml.hpp: chainring scxml: one document alone, in virtual or in real time, its way as JSON lines.
#pragma once

#include <ostream>

#include "actors/node/options.hpp"

namespace chainring::actors {

/// Every stable configuration on `out`, then the line with "done". <log> and actions of the host's vocabulary, which
/// nobody carries out here, are shown on `err`. Returns 0: reached a top-level final state; 3: waits for ever; 1: the
/// document cannot be had or run; 2: the events are not right.
int run_scxml(const scxml_command& options, std::ostream& out, std::ostream& err);

} // namespace chainring::actors
