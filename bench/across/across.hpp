// across.hpp: chainring-bench across: events from one process to another.
#pragma once

namespace chainring::bench {

/// Exit status: 0, 1 when events are missing, 2 for bad usage.
int across(int argc, char** argv);

} // namespace chainring::bench
