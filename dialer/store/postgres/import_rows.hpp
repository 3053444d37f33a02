// import_rows.hpp: rows of a file into the table of a list.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "dialer/store/postgres/session.hpp"

namespace chainring::dialer::postgres {

/// As store::import_records: one transaction for all rows.
result<store::import_counts> import_rows(session& in, const list_table& table, const std::vector<record>& rows,
                                         const std::vector<std::string>& given, store::on_existing policy);
/// As store::import_do_not_call.
result<std::int64_t> import_do_not_call(session& in, const std::vector<std::pair<store::dnc_kind, std::string>>& entries);

} // namespace chainring::dialer::postgres
