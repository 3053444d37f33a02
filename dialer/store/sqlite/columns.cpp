// columns.cpp: members of `record` bound and read.
#include "dialer/store/sqlite/columns.hpp"

#include <type_traits>

namespace chainring::dialer::sqlite {

namespace {

template <class Member>
void bind_member(statement& to, int parameter, const Member& member) {
  if constexpr (std::is_same_v<Member, std::optional<call_result>>) {
    if (member) to.bind(parameter, static_cast<std::int64_t>(*member));
    else to.bind_null(parameter);
  } else if constexpr (std::is_integral_v<Member> || std::is_enum_v<Member>) {
    to.bind(parameter, static_cast<std::int64_t>(member));
  } else if constexpr (std::is_same_v<Member, std::string>) {
    to.bind(parameter, std::string_view(member));
  } else {
    to.bind(parameter, member);
  }
}

// Ranges need no check here: the table's own have kept them.
template <class Member>
void read_member(const statement& from, int column, Member& member) {
  if constexpr (std::is_same_v<Member, std::string>) {
    member = from.text(column);
  } else if constexpr (std::is_integral_v<Member> || std::is_enum_v<Member>) {
    member = static_cast<Member>(from.integer(column));
  } else if (from.is_null(column)) {
    member.reset();
  } else if constexpr (std::is_same_v<Member, std::optional<call_result>>) {
    // A code that is reserved for T-Server, put there by some other program.
    member = call_result_from_code(from.integer(column)).value_or(call_result::unknown);
  } else if constexpr (std::is_same_v<Member, std::optional<std::int64_t>>) {
    member = from.integer(column);
  } else {
    member.emplace(from.text(column));
  }
}

std::string column_definition(const column_description& column) {
  std::string text = quoted_name(column.name) + (column.kind == column_kind::integer ? " INTEGER" : " TEXT");
  if (!column.nullable) text += " NOT NULL";
  if (column.default_value) text += " DEFAULT " + std::to_string(*column.default_value);
  if (column.kind == column_kind::integer)
    text += " CHECK (" + quoted_name(column.name) + " BETWEEN " + std::to_string(column.least) + " AND " +
            std::to_string(column.most) + ")";
  return text;
}

} // namespace

std::string create_table(const std::string& table, const calling_list& form) {
  std::string sql = "CREATE TABLE " + quoted_name(table) + " (";
  for (const column_description& column : mandatory_columns()) sql += column_definition(column) + ", ";
  for (const std::string& name : form.user_columns) sql += quoted_name(name) + " TEXT, ";
  return sql + "PRIMARY KEY (chain_id, chain_n)) STRICT, WITHOUT ROWID; CREATE UNIQUE INDEX " +
         quoted_name(table + "_record_id") + " ON " + quoted_name(table) + " (record_id)";
}

void bind_column(statement& to, int parameter, const record& row, std::size_t column) {
  if (column >= mandatory_columns_count) {
    const std::size_t user = column - mandatory_columns_count;
    if (user < row.user.size()) to.bind(parameter, row.user[user]);
    else to.bind_null(parameter);
    return;
  }
  std::size_t at = 0;
  for_each_member(row, [&](const auto& member) {
    if (at++ == column) bind_member(to, parameter, member);
  });
}

void bind_record(statement& to, const record& row) {
  int parameter = 0;
  for_each_member(row, [&](const auto& member) { bind_member(to, ++parameter, member); });
  for (const auto& value : row.user) to.bind(++parameter, value);
}

record read_record(const statement& from, const calling_list& form) {
  record row;
  int column = 0;
  for_each_member(row, [&](auto& member) { read_member(from, column++, member); });
  row.user.resize(form.user_columns.size());
  for (auto& value : row.user) read_member(from, column++, value);
  return row;
}

} // namespace chainring::dialer::sqlite
