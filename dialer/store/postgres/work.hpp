// work.hpp: the writes of a batch turned into statements for many rows each. A wave holds at most one write of each chain, so that
// within a wave statements may go in any order of chains; the waves keep the order of what belongs to one chain.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "dialer/store/postgres/bulk.hpp"
#include "dialer/store/postgres/list_table.hpp"
#include "dialer/store/writes.hpp"

namespace chainring::dialer::postgres {

/// What the answer to a statement must show.
enum class expected : std::uint8_t { anything, attempts_made, attempts_ended, rows_found, instances_put };

/// One statement, and where each of its rows comes from.
struct work {
  struct origin {
    const list_table* table = nullptr;
    std::int64_t id = 0;    // record_id, or chain_id
    std::int32_t place = 0; // n, or chain_n
  };
  work(std::string text, const std::vector<bulk_column>& columns, expected what)
    : sql(std::move(text)), expects(what), rows(columns) {}

  std::string sql;
  expected expects;
  bulk rows;
  std::vector<origin> origins; // unless anything is expected
};

/// Why the answer refuses the batch: a row that should have been found or made was not.
result<void> check(const work& done, const answer& told);

/// Statements by what they do, each with room for more rows.
class statements {
 public:
  /// That of `sql`, a text that stays where it is, begun anew when it is full. Statements stay in the order in which they were
  /// first asked for.
  work& of(const std::string& sql, const std::vector<bulk_column>& columns, expected what);
  /// That which writes these columns of rows of the list.
  work& row_update(const list_table& table, const std::vector<std::size_t>& columns);
  const std::vector<std::unique_ptr<work>>& all() const { return all_; }
  bool empty() const { return all_.empty(); }

 private:
  work& roomy(std::size_t& at, const std::string& sql, const std::vector<bulk_column>& columns, expected what);

  std::vector<std::unique_ptr<work>> all_;
  std::map<const std::string*, std::size_t> by_sql_; // a text is one object
  std::map<std::pair<list_id, std::vector<std::size_t>>, std::size_t> by_columns_;
};

/// An update of one row, in the work for its columns.
void add_row_update(statements& to, const list_table& table, const record_key& key, const row_values& row);

} // namespace chainring::dialer::postgres
