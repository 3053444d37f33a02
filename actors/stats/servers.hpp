// servers.hpp: what is known of the servers that documents come from: as metrics and as JSON.
#pragma once

#include <string>

#include "actors/stats/metrics.hpp"

namespace chainring::actors {

class fetchers;

void gather_fetchers(const fetchers& from, samples& out);

/// {"cache": {…}, "servers": [{"origin": …, …}, …]}
std::string servers_json(const fetchers& from);

} // namespace chainring::actors
