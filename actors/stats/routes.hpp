// routes.hpp: the paths that every node answers. Whoever knows campaigns, trunks and actors adds
// theirs to the router.
#pragma once

#include <functional>
#include <optional>

#include "actors/stats/metrics.hpp"
#include "actors/http/router.hpp"

namespace chainring::actors {

/// /live: 200 as long as the io threads run.
void add_live(router& routes);
/// /ready: 200, or 503 with the reason why the node is not ready. `why_not` is called per request,
/// on an io thread.
void add_ready(router& routes, std::function<std::optional<error>()> why_not);
/// /metrics: Prometheus' text format. `from` outlives the endpoint.
void add_metrics(router& routes, const metrics& from);
/// / and the files that it needs: what a browser shows, which asks the other routes by itself and has nothing of the node in it.
void add_page(router& routes);
/// GET `path`: the JSON text that `read` returns, per request, on an io thread.
void add_json(router& routes, std::string path, std::function<std::string()> read);

} // namespace chainring::actors
