// columns.hpp: rows of a calling list as SQL: definitions of the columns, binding and reading of records.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "dialer/calling_list.hpp"
#include "dialer/store/row_columns.hpp"
#include "dialer/store/sqlite/statement.hpp"

namespace chainring::dialer::sqlite {

/// CREATE TABLE for the rows of a list. Types and ranges are checked by the database too.
std::string create_table(const std::string& table, const calling_list& form);

/// Binds one column of the row to a parameter.
void bind_column(statement& to, int parameter, const record& row, std::size_t column);
/// Binds all columns in order to the parameters from 1 on.
void bind_record(statement& to, const record& row);
/// The row of a SELECT of column_names(form).
record read_record(const statement& from, const calling_list& form);

} // namespace chainring::dialer::sqlite
