// ready.hpp: the chains of a list by how far they are: taking those that are ready, counting all.
#pragma once

#include <vector>

#include "dialer/store/sqlite/list_table.hpp"

namespace chainring::dialer::sqlite {

/// As store::take_ready. A chain is ready when at least one of its rows is Ready and none is Retrieved. The rows come
/// as they stand afterwards: those that were Ready are Retrieved.
result<ready_page> take_ready_chains(database& file, const list_table& table, const ready_query& query, std::int64_t epoch);

/// As store::counts. A chain is retrieved when any row is, ended when no row is Ready or Retrieved.
result<list_counts> count_chains(database& file, const list_table& table);

} // namespace chainring::dialer::sqlite
