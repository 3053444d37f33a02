// import_rows.cpp: what is there is read once, the rows of the file are laid beside it, and what is new or differs is written
// in one statement each.
#include "dialer/store/postgres/import_rows.hpp"

#include <algorithm>
#include <deque>
#include <map>

#include "dialer/limits.hpp"
#include "dialer/store/import_comparison.hpp"
#include "dialer/store/postgres/columns.hpp"
#include "dialer/store/postgres/work.hpp"
#include "dialer/store/row_columns.hpp"

namespace chainring::dialer::postgres {

namespace {

using row_key = std::pair<std::int64_t, std::int32_t>; // chain_id, chain_n

class import_run {
 public:
  import_run(connection& on, const list_table& table, import_comparison compared)
    : on_(on), table_(table), compared_(std::move(compared)) {}

  result<void> take(const std::vector<record>& rows) {
    std::vector<record> stored;
    for (const record& row : rows) {
      auto made = compared_.in_form(row, table_.given_order);
      if (!made) return std::move(made).error();
      stored.push_back(std::move(*made));
    }
    if (auto read = read_what_is_there(stored); !read) return read;
    for (const record& row : stored)
      if (auto taken = take(row); !taken) return taken;
    return write();
  }

  const store::import_counts& counts() const { return compared_.counts(); }

 private:
  struct known_row {
    record row;
    bool is_new = false;
    std::vector<std::size_t> updated;
  };

  result<void> read_what_is_there(const std::vector<record>& rows) {
    bulk keys({{"chain_id"}, {"chain_n"}, {"record_id"}});
    for (const record& row : rows) keys.add(row.chain_id, row.chain_n, row.record_id);
    const std::string from = unnested({{"chain_id"}, {"chain_n"}, {"record_id"}});
    const auto select = [&](std::string_view on) {
      return "SELECT " + column_names(table_.form) + " FROM " + table_.table + " WHERE record_id IN (SELECT t.record_id FROM " +
             from + " JOIN " + table_.table + " AS t ON " + std::string(on) + ")";
    };
    for (const std::string_view by : {"t.chain_id = u.chain_id AND t.chain_n = u.chain_n", "t.record_id = u.record_id"}) {
      auto there = read_rows(on_, table_, select(by), keys.values());
      if (!there) return std::move(there).error();
      for (record& row : *there) {
        by_record_id_.emplace(row.record_id, row_key(row.chain_id, row.chain_n));
        const row_key key(row.chain_id, row.chain_n);
        rows_.emplace(key, known_row{std::move(row)});
      }
    }
    return {};
  }

  result<void> take(const record& row) {
    const row_key key(row.chain_id, row.chain_n);
    // Before the insert, because the server would only say that some index refuses.
    const auto [id, is_free] = by_record_id_.emplace(row.record_id, key);
    if (!is_free && id->second != key) return compared_.taken_record_id(row, id->second.first, id->second.second);
    const auto known = rows_.find(key);
    if (known == rows_.end()) {
      rows_.emplace(key, known_row{row, true});
      compared_.note_inserted();
      return {};
    }
    auto differing = compared_.compare(row, known->second.row);
    if (!differing) return std::move(differing).error();
    if (is_free) by_record_id_.erase(id); // the row keeps the one that it has
    if (differing->empty()) return {};
    auto columns = known->second.updated;
    columns.insert(columns.end(), differing->begin(), differing->end());
    for (const auto column : *differing) // as text and back: what has been compared is what is written
      if (auto set = copy_column(known->second.row, row, column); !set) return set;
    std::sort(columns.begin(), columns.end());
    columns.erase(std::unique(columns.begin(), columns.end()), columns.end());
    known->second.updated = std::move(columns);
    return {};
  }

  result<void> copy_column(record& to, const record& from, std::size_t column) {
    const auto text = column_text(from, column);
    return set_column(to, table_.form, column, text ? std::optional<std::string_view>(*text) : std::nullopt);
  }

  result<void> write() {
    statements changes;
    for (const auto& [key, known] : rows_) {
      if (known.is_new) insert(known.row);
      else if (!known.updated.empty())
        add_row_update(changes, table_, {table_.id, key.first, key.second}, {known.row, known.updated});
    }
    for (auto& one : inserts_) on_.queue(insert_sql(), one.values());
    for (const auto& one : changes.all()) on_.queue(one->sql, one->rows.values());
    return on_.settle();
  }

  std::vector<bulk_column> all_columns() {
    std::vector<bulk_column> all;
    for (std::size_t i = 0; i < columns_count(table_.form); ++i) {
      if (names_.size() <= i) names_.push_back("v" + std::to_string(i));
      all.push_back({names_[i], kind_of_column(i)});
    }
    return all;
  }

  std::string insert_sql() {
    std::string values;
    for (std::size_t i = 0; i < columns_count(table_.form); ++i) values += (i > 0 ? ", u.v" : "u.v") + std::to_string(i);
    return "INSERT INTO " + table_.table + " (" + column_names(table_.form) + ") SELECT " + values + " FROM " +
           unnested(all_columns());
  }

  void insert(const record& row) {
    if (inserts_.empty() || inserts_.back().bytes() >= limits::store_statement_bytes) inserts_.emplace_back(all_columns());
    for (std::size_t column = 0; column < columns_count(table_.form); ++column)
      add_column(inserts_.back().column(column), row, column);
  }

  connection& on_;
  const list_table& table_;
  import_comparison compared_;
  std::map<row_key, known_row> rows_; // there, or to be
  std::map<std::int64_t, row_key> by_record_id_;
  std::deque<std::string> names_; // of all_columns()
  std::vector<bulk> inserts_;
};

} // namespace

result<store::import_counts> import_rows(session& in, const list_table& table, const std::vector<record>& rows,
                                         const std::vector<std::string>& given, store::on_existing policy) {
  auto compared = import_comparison::make(table.form, given, policy);
  if (!compared) return std::move(compared).error();
  auto all = begin_admitted(in);
  if (!all) return std::move(all).error();
  all->look_up_by_key();
  if (auto set = all->on().settle(); !set) return std::move(set).error();
  import_run run(all->on(), table, std::move(*compared));
  if (auto taken = run.take(rows); !taken) return std::move(taken).error();
  if (auto stored = all->commit(); !stored) return std::move(stored).error();
  return run.counts();
}

result<std::int64_t> import_do_not_call(session& in, const std::vector<std::pair<store::dnc_kind, std::string>>& entries) {
  const std::vector<bulk_column> columns = {{"kind"}, {"value", element::text}};
  bulk all(columns);
  for (const auto& [kind, value] : entries) all.add(code_of(kind), value);
  // The row of the last number is locked until this is committed: numbers are visible in their order.
  auto added = in.ask("WITH now AS (INSERT INTO meta AS m (key, value) VALUES ('do_not_call_change', '1') ON CONFLICT (key) DO "
                          "UPDATE SET value = (m.value::bigint + 1)::text RETURNING value::bigint AS change) INSERT INTO "
                          "do_not_call (kind, value, change) SELECT u.kind, u.value, now.change FROM now, " +
                            unnested(columns) + " ON CONFLICT DO NOTHING",
                          all.values());
  if (!added) return std::move(added).error();
  return added->affected();
}

} // namespace chainring::dialer::postgres
