// columns.cpp: members of `record`, in column order, as elements of arrays and as fields of answers.
#include "dialer/store/postgres/columns.hpp"

#include <algorithm>
#include <type_traits>
#include <vector>

#include "dialer/store/row_columns.hpp"

namespace chainring::dialer::postgres {

namespace {

template <class Member>
void add_member(array& to, const Member& member) {
  if constexpr (std::is_same_v<Member, std::string>) {
    to.add(std::string_view(member));
  } else if constexpr (std::is_integral_v<Member> || std::is_enum_v<Member>) {
    to.add(static_cast<std::int64_t>(member));
  } else if (!member) {
    to.add_null();
  } else if constexpr (std::is_same_v<Member, std::optional<std::string>>) {
    to.add(std::string_view(*member));
  } else {
    to.add(static_cast<std::int64_t>(*member));
  }
}

// Ranges need no check here: the table's own have kept them.
template <class Member>
void read_member(const answer& from, int row, int column, Member& member) {
  if constexpr (std::is_same_v<Member, std::string>) {
    member = from.text(row, column);
  } else if constexpr (std::is_integral_v<Member> || std::is_enum_v<Member>) {
    member = static_cast<Member>(from.integer(row, column));
  } else if (from.is_null(row, column)) {
    member.reset();
  } else if constexpr (std::is_same_v<Member, std::optional<call_result>>) {
    // A code that is reserved for T-Server, put there by some other program.
    member = call_result_from_code(from.integer(row, column)).value_or(call_result::unknown);
  } else if constexpr (std::is_same_v<Member, std::optional<std::int64_t>>) {
    member = from.integer(row, column);
  } else {
    member.emplace(from.text(row, column));
  }
}

std::string_view type_of(const column_description& column) {
  if (column.kind == column_kind::text) return " text";
  return column.most <= INT16_MAX ? " smallint" : column.most <= INT32_MAX ? " integer" : " bigint";
}

std::string definition(const column_description& column) {
  std::string text = quoted_name(column.name) + std::string(type_of(column));
  if (!column.nullable) text += " NOT NULL";
  if (column.default_value) text += " DEFAULT " + std::to_string(*column.default_value);
  if (column.kind == column_kind::integer)
    text += " CHECK (" + quoted_name(column.name) + " BETWEEN " + std::to_string(column.least) + " AND " +
            std::to_string(column.most) + ")";
  return text;
}

} // namespace

std::string create_table(const std::string& table, const calling_list& form) {
  // The widest integers first, texts last: no gaps.
  auto columns = mandatory_columns();
  const auto rank = [](const column_description& c) { return c.kind == column_kind::text ? std::int64_t{-1} : c.most; };
  std::stable_sort(columns.begin(), columns.end(), [&](const auto& a, const auto& b) { return rank(a) > rank(b); });
  std::string sql = "CREATE TABLE " + quoted_name(table) + " (";
  for (const auto& column : columns) sql += definition(column) + ", ";
  for (const std::string& name : form.user_columns) sql += quoted_name(name) + " text, ";
  return sql + "PRIMARY KEY (chain_id, chain_n)) WITH (fillfactor = 90); CREATE UNIQUE INDEX " + quoted_name(table + "_record_id") +
         " ON " + quoted_name(table) + " (record_id)";
}

element kind_of_column(std::size_t column) {
  if (column >= mandatory_columns_count) return element::text;
  return mandatory_columns()[column].kind == column_kind::text ? element::text : element::integer;
}

void add_column(array& to, const record& row, std::size_t column) {
  if (column >= mandatory_columns_count) {
    const std::size_t user = column - mandatory_columns_count;
    if (user < row.user.size()) add_member(to, row.user[user]);
    else to.add_null();
    return;
  }
  std::size_t at = 0;
  for_each_member(row, [&](const auto& member) {
    if (at++ == column) add_member(to, member);
  });
}

record read_record(const answer& from, int row, const calling_list& form) {
  record read;
  int column = 0;
  for_each_member(read, [&](auto& member) { read_member(from, row, column++, member); });
  read.user.resize(form.user_columns.size());
  for (auto& value : read.user) read_member(from, row, column++, value);
  return read;
}

} // namespace chainring::dialer::postgres
