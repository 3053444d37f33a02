// listeners.hpp: where a node listens, and whether it could, which is asked before anything of it has begun.
#pragma once

#include "actors/http/endpoint.hpp"
#include "actors/node/configuration.hpp"

namespace chainring::actors {

endpoint_settings listener_of(const stats_settings& stats);
endpoint_settings listener_of(const events_settings& events);

/// Whether [stats], [events] and [cluster] can all listen now; leaves nothing behind. Error: one cannot. Somebody may still come in
/// between this and the listening.
result<void> can_listen(const configuration& settings);

} // namespace chainring::actors
