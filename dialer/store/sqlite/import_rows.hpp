// import_rows.hpp: rows of a file into the table of a list.
#pragma once

#include <string>
#include <vector>

#include "dialer/store/sqlite/list_table.hpp"

namespace chainring::dialer::sqlite {

/// As store::import_records: one transaction for all rows.
result<store::import_counts> import_rows(database& file, const list_table& table, const std::vector<record>& rows,
                                         const std::vector<std::string>& given, store::on_existing policy);

} // namespace chainring::dialer::sqlite
