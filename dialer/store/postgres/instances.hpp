// instances.hpp: chains that were saved, read; and passive ones taken up again.
#pragma once

#include <cstdint>
#include <vector>

#include "dialer/store/postgres/session.hpp"

namespace chainring::dialer::postgres {

/// Whole chains, in the order of their ids, with what was saved of them and what became of their calls.
result<std::vector<chain_of_records>> read_chains(session& in, connection& on, const list_table& table,
                                                  const std::vector<std::int64_t>& ids);
/// As store::activate.
result<passive_page> activate(session& in, const list_table& table, const passive_query& query);
/// As store::documents.
result<std::vector<kept_document>> documents(session& in);
/// As store::handles_end.
result<std::uint64_t> handles_end(session& in);

} // namespace chainring::dialer::postgres
