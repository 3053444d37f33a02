// work.cpp: see work.hpp.
#include "dialer/store/postgres/work.hpp"

#include <algorithm>
#include <set>
#include <tuple>

#include "dialer/limits.hpp"
#include "dialer/store/postgres/columns.hpp"
#include "dialer/store/row_columns.hpp"

namespace chainring::dialer::postgres {

namespace {

/// The first row that the answer does not name.
std::size_t first_missing(const work& done, const answer& told) {
  if (done.expects == expected::attempts_made) {
    std::set<std::tuple<std::int64_t, std::int64_t, std::int64_t>> made;
    for (int row = 0; row < told.rows(); ++row) made.emplace(told.integer(row, 0), told.integer(row, 1), told.integer(row, 2));
    for (std::size_t i = 0; i < done.origins.size(); ++i)
      if (const auto& o = done.origins[i]; made.erase({o.table->id, o.id, o.place}) == 0) return i;
    return 0;
  }
  std::vector<bool> found(done.origins.size());
  for (int row = 0; row < told.rows(); ++row) found[static_cast<std::size_t>(told.integer(row, 0)) - 1] = true;
  return static_cast<std::size_t>(std::find(found.begin(), found.end(), false) - found.begin());
}

} // namespace

result<void> check(const work& done, const answer& told) {
  if (done.expects == expected::anything || done.expects == expected::instances_put) return {};
  if (static_cast<std::size_t>(told.rows()) == done.origins.size()) return {};
  const auto& missing = done.origins[first_missing(done, told)];
  const auto& form = missing.table->form;
  switch (done.expects) {
  case expected::attempts_made: return attempt_made_before(form, missing.id, missing.place);
  case expected::attempts_ended: return no_attempt_in_flight(form, missing.id, missing.place);
  default: return no_such_row(form, missing.id, missing.place);
  }
}

work& statements::roomy(std::size_t& at, const std::string& sql, const std::vector<bulk_column>& columns, expected what) {
  if (at == 0 || all_[at - 1]->rows.bytes() >= limits::store_statement_bytes) {
    all_.push_back(std::make_unique<work>(sql, columns, what));
    at = all_.size();
  }
  return *all_[at - 1];
}

work& statements::of(const std::string& sql, const std::vector<bulk_column>& columns, expected what) {
  return roomy(by_sql_[&sql], sql, columns, what);
}

work& statements::row_update(const list_table& table, const std::vector<std::size_t>& columns) {
  auto& at = by_columns_[{table.id, columns}];
  if (at != 0 && all_[at - 1]->rows.bytes() < limits::store_statement_bytes) return *all_[at - 1];
  std::vector<std::string> names; // of the values; bulk_column holds views
  for (std::size_t i = 0; i < columns.size(); ++i) names.push_back("v" + std::to_string(i));
  std::vector<bulk_column> arrays = {{"chain_id"}, {"chain_n"}};
  std::string sets;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    arrays.push_back({names[i], kind_of_column(columns[i])});
    sets += (i > 0 ? ", " : "") + quoted_name(column_name(table.form, columns[i])) + " = u." + names[i];
  }
  const auto sql = "UPDATE " + table.table + " AS t SET " + sets + " FROM " + unnested(arrays) +
                   " WHERE t.chain_id = u.chain_id AND t.chain_n = u.chain_n RETURNING u.at";
  return roomy(at, sql, arrays, expected::rows_found);
}

void add_row_update(statements& to, const list_table& table, const record_key& key, const row_values& row) {
  auto& w = to.row_update(table, row.columns);
  w.rows.column(0).add(key.chain_id);
  w.rows.column(1).add(std::int64_t{key.chain_n});
  for (std::size_t i = 0; i < row.columns.size(); ++i) add_column(w.rows.column(2 + i), row.values, row.columns[i]);
  w.origins.push_back({&table, key.chain_id, key.chain_n});
}

} // namespace chainring::dialer::postgres
