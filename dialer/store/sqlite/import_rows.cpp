// import_rows.cpp: insert what is absent; compare, and on demand update, what is there.
#include "dialer/store/sqlite/import_rows.hpp"

#include <algorithm>
#include <array>

#include "dialer/store/sqlite/columns.hpp"
#include "dialer/store/sqlite/transaction.hpp"

namespace chainring::dialer::sqlite {

namespace {

// What the engine writes while it works: it differs from the file after every run, without the file having changed.
constexpr std::array engine_columns = {column_record_type, column_record_status, column_call_result, column_attempt,
                                       column_dial_sched_time, column_call_time, column_campaign_id, column_agent_id,
                                       column_app_id, column_treatments};

bool is_engine_column(std::size_t column) {
  return std::find(engine_columns.begin(), engine_columns.end(), column) != engine_columns.end();
}

std::string place_of(const record& row) {
  return "chain " + std::to_string(row.chain_id) + ", record " + std::to_string(row.chain_n);
}

class import_run {
 public:
  import_run(database& file, const list_table& table, store::on_existing policy)
    : file_(file), table_(table), updates_(policy == store::on_existing::update) {}

  result<void> set_given(const std::vector<std::string>& names) {
    for (const std::string& name : names) {
      const auto column = find_column(table_.form, name);
      if (!column)
        return error{"no such column", "list " + table_.form.name + ", column " + name, "open the list with it first"};
      if (*column != column_chain_id && *column != column_chain_n) given_.push_back(*column);
    }
    return {};
  }

  result<void> take(const record& row) {
    if (row.user.size() != table_.given_order.size())
      return error{"row has " + std::to_string(row.user.size()) + " user values, its form " +
                     std::to_string(table_.given_order.size()),
                   place_of(row), "give one for each user column"};
    record stored = row;
    stored.user.assign(table_.form.user_columns.size(), std::nullopt);
    for (std::size_t i = 0; i < row.user.size(); ++i) stored.user[table_.given_order[i]] = row.user[i];
    auto inserted = insert(stored);
    if (!inserted) return inserted.error();
    if (*inserted) return {};
    return compare(stored);
  }

  const store::import_counts& counts() const { return counts_; }

 private:
  result<bool> insert(const record& row) {
    if (auto free = check_record_id(row); !free) return free.error();
    auto insert = file_.prepare(table_.insert);
    if (!insert) return insert.error();
    bind_record(*insert, row);
    if (auto done = insert->run(); !done) return done.error();
    const bool is_new = file_.changes() == 1;
    if (is_new) ++counts_.inserted;
    return is_new;
  }

  // Before the insert, because the database would only say that some index refuses.
  result<void> check_record_id(const record& row) {
    auto asked = file_.prepare("SELECT chain_id, chain_n FROM " + table_.table + " WHERE record_id = ?1");
    if (!asked) return asked.error();
    asked->bind(1, row.record_id);
    auto found = asked->step();
    if (!found) return found.error();
    if (!*found || (asked->integer(0) == row.chain_id && asked->integer(1) == row.chain_n)) return {};
    return error{"record_id " + std::to_string(row.record_id) + " is taken by chain " +
                   std::to_string(asked->integer(0)) + ", record " + std::to_string(asked->integer(1)),
                 "list " + table_.form.name + ", " + place_of(row), "give the row a record_id of its own"};
  }

  result<void> compare(const record& row) {
    auto there = read_row(row);
    if (!there) return there.error();
    std::vector<std::size_t> differing;
    for (const std::size_t column : given_)
      if ((updates_ || !is_engine_column(column)) && column_text(row, column) != column_text(*there, column))
        differing.push_back(column);
    if (differing.empty()) return ++counts_.same, result<void>();
    ++counts_.differing;
    if (counts_.first_difference.empty())
      counts_.first_difference =
        place_of(row) + ", column " + std::string(column_name(table_.form, differing.front()));
    return updates_ ? update(row, differing) : result<void>();
  }

  result<record> read_row(const record& row) {
    auto asked = file_.prepare(table_.select("WHERE chain_id = ?1 AND chain_n = ?2"));
    if (!asked) return asked.error();
    asked->bind(1, row.chain_id);
    asked->bind(2, std::int64_t{row.chain_n});
    auto found = asked->step();
    if (!found) return found.error();
    return read_record(*asked, table_.form);
  }

  result<void> update(const record& row, const std::vector<std::size_t>& columns) {
    if (std::find(columns.begin(), columns.end(), column_record_id) != columns.end())
      return error{"record_id of a row that is there cannot change", "list " + table_.form.name + ", " + place_of(row),
                   "keep the record_id: attempts are stored under it"};
    std::string sql = "UPDATE " + table_.table + " SET ";
    for (const std::size_t column : columns)
      sql += quoted_name(column_name(table_.form, column)) + (column == columns.back() ? " = ?" : " = ?, ");
    auto changed = file_.prepare(sql + " WHERE chain_id = ? AND chain_n = ?");
    if (!changed) return changed.error();
    int parameter = 0;
    for (const std::size_t column : columns) bind_column(*changed, ++parameter, row, column);
    changed->bind(++parameter, row.chain_id);
    changed->bind(++parameter, std::int64_t{row.chain_n});
    if (auto done = changed->run(); !done) return done;
    ++counts_.updated;
    return {};
  }

  database& file_;
  const list_table& table_;
  const bool updates_;
  std::vector<std::size_t> given_; // but for the key
  store::import_counts counts_;
};

} // namespace

result<store::import_counts> import_rows(database& file, const list_table& table, const std::vector<record>& rows,
                                         const std::vector<std::string>& given, store::on_existing policy) {
  import_run run(file, table, policy);
  if (auto known = run.set_given(given); !known) return known.error();
  auto all = transaction::begin(file);
  if (!all) return all.error();
  for (const record& row : rows)
    if (auto taken = run.take(row); !taken) return taken.error();
  if (auto done = all->commit(); !done) return done.error();
  return run.counts();
}

} // namespace chainring::dialer::sqlite
