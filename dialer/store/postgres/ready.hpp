// ready.hpp: chains that are ready: found, taken, counted.
#pragma once

#include "dialer/store/postgres/session.hpp"

namespace chainring::dialer::postgres {

/// As store::take_ready.
result<ready_page> take_ready_chains(session& in, const list_table& table, const ready_query& query);
/// As store::counts.
result<list_counts> count_chains(session& in, const list_table& table);

} // namespace chainring::dialer::postgres
