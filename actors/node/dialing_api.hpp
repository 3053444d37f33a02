// dialing_api.hpp: what the API changes while a node dials: entries join the do-not-call list, agents come and go, calls
// are released.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <caf/actor.hpp>

#include "actors/clock.hpp"
#include "actors/http/router.hpp"
#include "dialer/do_not_call.hpp"
#include "scxml/result.hpp"

namespace chainring::actors {

struct dialing_api_terms {
  caf::actor keeper, dialer;
  clock* time = nullptr;
  dialer::do_not_call_list* no_calls = nullptr; // touched on the dialer's thread alone
  std::vector<std::string> campaigns;           // names, by number
  bool compares_customers = false;              // [do-not-call] customer_id is set
};

/// The body {"agents":n} of a request.
result<std::int32_t> agents_in(const http_request& request);
/// "limit=20"; without one previews_shown_default.
result<std::size_t> previews_wanted(const http_request& request);

/// POST /api/v1/do-not-call {"phones":[…],"customers":[…]}: entries are stored, then join the list in memory; answered when
/// they are in force.
/// POST /api/v1/campaigns/{name}/agents {"agents":n}: of a Progressive campaign, from now on.
/// GET /api/v1/campaigns/{name}/previews?limit=n: calls of a Preview campaign that wait for their release, of numbers the last
/// four places; POST /api/v1/records/{handle}/release releases one.
/// Each change needs the token; limits::changes_at_once_max are on their way at once.
void add_dialing_routes(router& routes, dialing_api_terms terms);

} // namespace chainring::actors
