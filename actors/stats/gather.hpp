// gather.hpp: how the parts of a node are read for metrics and for the API.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "actors/lane.hpp"
#include "actors/stats/metrics.hpp"

namespace chainring::actors {

class endpoint;

void gather_endpoint(const endpoint& from, samples& out);
/// Actors by class over all lanes, and each lane's CPU and wake-ups.
void gather_lanes(std::span<lane* const> from, samples& out);

/// The same actors summed over the lanes, by class name.
std::vector<actor_counters> actors_by_class(std::span<lane* const> from);
/// [{"class":"chain","live":n,"spawned":n,"messages":n,"waiting":n,"faults":n},…]: the body of
/// /api/v1/actors.
std::string actors_json(const std::vector<actor_counters>& by_class);

} // namespace chainring::actors
