// columns.hpp: rows of a calling list as PostgreSQL has them: definitions of the columns, arrays of values, reading of records.
#pragma once

#include <cstddef>
#include <string>

#include "dialer/calling_list.hpp"
#include "dialer/store/postgres/answer.hpp"
#include "dialer/store/postgres/parameters.hpp"

namespace chainring::dialer::postgres {

/// CREATE TABLE for the rows of a list. Types and ranges are checked by the server too.
std::string create_table(const std::string& table, const calling_list& form);
element kind_of_column(std::size_t column);
/// The value of one column of the row.
void add_column(array& to, const record& row, std::size_t column);
/// The row of a SELECT of column_names(form).
record read_record(const answer& from, int row, const calling_list& form);

} // namespace chainring::dialer::postgres
