// import_rows.cpp: insert what is absent; compare, and on demand update, what is there.
#include "dialer/store/sqlite/import_rows.hpp"

#include "dialer/store/import_comparison.hpp"
#include "dialer/store/sqlite/columns.hpp"
#include "dialer/store/sqlite/transaction.hpp"

namespace chainring::dialer::sqlite {

namespace {

class import_run {
 public:
  import_run(database& file, const list_table& table, import_comparison compared)
    : file_(file), table_(table), compared_(std::move(compared)) {}

  result<void> take(const record& row) {
    auto stored = compared_.in_form(row, table_.given_order);
    if (!stored) return std::move(stored).error();
    auto inserted = insert(*stored);
    if (!inserted) return std::move(inserted).error();
    if (*inserted) return {};
    auto there = read_row(*stored);
    if (!there) return std::move(there).error();
    const auto differing = compared_.compare(*stored, *there);
    if (!differing) return differing.error();
    return differing->empty() ? result<void>{} : update(*stored, *differing);
  }

  const store::import_counts& counts() const { return compared_.counts(); }

 private:
  result<bool> insert(const record& row) {
    if (auto free = check_record_id(row); !free) return free.error();
    auto insert = file_.prepare(table_.insert);
    if (!insert) return insert.error();
    bind_record(*insert, row);
    if (auto done = insert->run(); !done) return done.error();
    const bool is_new = file_.changes() == 1;
    if (is_new) compared_.note_inserted();
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
    return compared_.taken_record_id(row, asked->integer(0), static_cast<std::int32_t>(asked->integer(1)));
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
    std::string sql = "UPDATE " + table_.table + " SET ";
    for (const std::size_t column : columns)
      sql += quoted_name(column_name(table_.form, column)) + (column == columns.back() ? " = ?" : " = ?, ");
    auto changed = file_.prepare(sql + " WHERE chain_id = ? AND chain_n = ?");
    if (!changed) return changed.error();
    int parameter = 0;
    for (const std::size_t column : columns) bind_column(*changed, ++parameter, row, column);
    changed->bind(++parameter, row.chain_id);
    changed->bind(++parameter, std::int64_t{row.chain_n});
    return changed->run();
  }

  database& file_;
  const list_table& table_;
  import_comparison compared_;
};

} // namespace

result<store::import_counts> import_rows(database& file, const list_table& table, const std::vector<record>& rows,
                                         const std::vector<std::string>& given, store::on_existing policy) {
  auto compared = import_comparison::make(table.form, given, policy);
  if (!compared) return std::move(compared).error();
  import_run run(file, table, std::move(*compared));
  auto all = transaction::begin(file);
  if (!all) return all.error();
  for (const record& row : rows)
    if (auto taken = run.take(row); !taken) return taken.error();
  if (auto done = all->commit(); !done) return done.error();
  return run.counts();
}

} // namespace chainring::dialer::sqlite
