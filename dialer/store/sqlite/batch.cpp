// batch.cpp: each kind of write is one or two statements by primary key.
#include "dialer/store/sqlite/batch.hpp"

#include "dialer/limits.hpp"
#include "dialer/store/sqlite/columns.hpp"
#include "dialer/store/sqlite/history.hpp"
#include "dialer/store/sqlite/instances.hpp"
#include "dialer/store/sqlite/transaction.hpp"
#include "dialer/store/writes.hpp"
#include "dialer/versions.hpp"

namespace chainring::dialer::sqlite {

namespace {

constexpr std::string_view insert_attempt =
  "INSERT INTO attempts (list, record_id, n, chain_id, chain_n, epoch, state, contact_info, trunk, started_ms, "
  "ended_ms, result) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12) ON CONFLICT DO NOTHING";
constexpr std::string_view end_attempt =
  "UPDATE attempts SET state = ?1, result = ?2, started_ms = ?3, ended_ms = ?4 "
  "WHERE list = ?5 AND record_id = ?6 AND n = ?7 AND state < 2";
constexpr std::string_view note_chain_end =
  "INSERT INTO chains (list, chain_id, ended_ms, reason, post_processing) VALUES (?1, ?2, ?3, ?4, ?5) "
  "ON CONFLICT (list, chain_id) DO UPDATE SET ended_ms = excluded.ended_ms, reason = excluded.reason, "
  "post_processing = excluded.post_processing";

class batch_run {
 public:
  batch_run(database& file, const list_tables& tables, std::int64_t epoch) : file_(file), tables_(tables), epoch_(epoch) {}

  result<void> apply(const write& what) {
    auto table = tables_.at(chain_of(what).first);
    if (!table) return table.error();
    return std::visit([&](const auto& w) { return apply(**table, w); }, what);
  }

 private:
  result<void> apply(const list_table& table, const write_intent& intent) {
    if (auto right = check_intent(intent, table.form); !right) return right;
    const attempt& a = intent.what;
    auto made = file_.prepare(insert_attempt);
    if (!made) return made.error();
    int parameter = 0;
    for (const std::int64_t value : {std::int64_t{a.list}, a.record_id, std::int64_t{a.n}, a.chain_id,
                                     std::int64_t{a.chain_n}, epoch_, code_of(a.state)})
      made->bind(++parameter, value);
    made->bind(++parameter, std::string_view(a.contact_info));
    made->bind(++parameter, std::string_view(a.trunk));
    made->bind(++parameter, a.started_ms);
    made->bind(++parameter, a.ended_ms);
    made->bind_null(++parameter);
    if (auto done = made->run(); !done) return done;
    if (file_.changes() != 1) return attempt_made_before(table.form, a.record_id, a.n);

    auto counted = file_.prepare(table.set_attempt);
    if (!counted) return counted.error();
    counted->bind(1, std::int64_t{a.n});
    counted->bind(2, a.chain_id);
    counted->bind(3, std::int64_t{a.chain_n});
    counted->bind(4, a.record_id);
    if (auto done = counted->run(); !done) return done;
    if (file_.changes() != 1) return no_such_row(table.form, a.chain_id, a.chain_n);
    if (intent.instance)
      if (auto kept = keep_if_at_work(table, *intent.instance); !kept) return kept;
    return intent.history ? add_history(file_, a.list, a.chain_id, *intent.history) : result<void>{};
  }

  result<void> apply(const list_table& table, const write_result& w) {
    if (auto right = check_end(w, table.form); !right) return right;
    auto ended = file_.prepare(end_attempt);
    if (!ended) return ended.error();
    int parameter = 0;
    for (const std::int64_t value : {code_of(w.state), code_of(w.result), w.started_ms, w.ended_ms,
                                     std::int64_t{w.list}, w.record_id, std::int64_t{w.n}})
      ended->bind(++parameter, value);
    if (auto done = ended->run(); !done) return done;
    if (file_.changes() != 1) return no_attempt_in_flight(table.form, w.record_id, w.n);

    auto noted = file_.prepare(table.set_result);
    if (!noted) return noted.error();
    noted->bind(1, code_of(w.result));
    noted->bind(2, w.ended_ms / ms_per_second);
    noted->bind(3, w.chain_id);
    noted->bind(4, std::int64_t{w.chain_n});
    noted->bind(5, w.record_id);
    if (auto done = noted->run(); !done) return done;
    if (file_.changes() != 1) return no_such_row(table.form, w.chain_id, w.chain_n);
    if (w.type)
      if (auto set = apply(table, write_row{.key = {w.list, w.chain_id, w.chain_n}, .type = w.type}); !set) return set;
    return w.history ? add_history(file_, w.list, w.chain_id, *w.history) : result<void>{};
  }

  result<void> apply(const list_table& table, const write_row& w) {
    const auto row = values_of(w, table.form);
    if (!row) return row.error();
    return row->columns.empty() ? result<void>{} : update_row(table, w.key, row->values, row->columns);
  }

  result<void> update_row(const list_table& table, const record_key& key, const record& values,
                          const std::vector<std::size_t>& columns) {
    std::string sql = "UPDATE " + table.table + " SET ";
    for (const std::size_t column : columns)
      sql += quoted_name(column_name(table.form, column)) + (column == columns.back() ? " = ?" : " = ?, ");
    auto changed = file_.prepare(sql + " WHERE chain_id = ? AND chain_n = ?");
    if (!changed) return changed.error();
    int parameter = 0;
    for (const std::size_t column : columns) bind_column(*changed, ++parameter, values, column);
    changed->bind(++parameter, key.chain_id);
    changed->bind(++parameter, std::int64_t{key.chain_n});
    if (auto done = changed->run(); !done) return done;
    if (file_.changes() != 1) return no_such_row(table.form, key.chain_id, key.chain_n);
    return {};
  }

  result<void> apply(const list_table& table, const write_chain_end& w) {
    auto ended = file_.prepare(table.end_chain);
    if (!ended) return ended.error();
    ended->bind(1, code_of(w.status));
    if (w.result) ended->bind(2, code_of(*w.result));
    else ended->bind_null(2);
    ended->bind(3, w.chain_id);
    if (auto done = ended->run(); !done) return done;

    auto noted = file_.prepare(note_chain_end);
    if (!noted) return noted.error();
    noted->bind(1, std::int64_t{w.list});
    noted->bind(2, w.chain_id);
    noted->bind(3, w.at_ms);
    noted->bind(4, std::string_view(w.reason));
    noted->bind(5, std::string_view(w.post_processing));
    if (auto done = noted->run(); !done) return done;
    return forget_instance(file_, w.list, w.chain_id);
  }

  result<void> apply(const list_table& table, const write_instance& w) {
    auto put = put_instance(file_, w, epoch_);
    if (!put) return put.error();
    if (*put)
      for (const auto& row : w.rows)
        if (auto done = apply(table, row); !done) return done;
    return {};
  }

  /// A chain may have ended before a call that it has asked for is made.
  result<void> keep_if_at_work(const list_table& table, const write_instance& w) {
    auto asked = file_.prepare(table.chain_at_work);
    if (!asked) return asked.error();
    asked->bind(1, w.chain_id);
    auto found = asked->step();
    if (!found) return found.error();
    return *found ? apply(table, w) : result<void>{};
  }

  result<void> apply(const list_table& table, const write_release& w) {
    auto released = file_.prepare(table.release_chain);
    if (!released) return released.error();
    released->bind(1, w.chain_id);
    if (auto done = released->run(); !done) return done;
    return w.begins_anew ? forget_instance(file_, w.list, w.chain_id) : result<void>{};
  }

  database& file_;
  const list_tables& tables_;
  std::int64_t epoch_;
};

/// Returns below which they are reserved, when this commits.
result<std::uint64_t> reserve_handles(database& file, std::uint64_t reserved, std::uint64_t needed) {
  if (needed <= reserved) return reserved;
  needed += limits::handles_reserved_at_once;
  auto kept = file.prepare("INSERT INTO meta (key, value) VALUES ('handles_end', ?1) ON CONFLICT (key) DO UPDATE SET value = ?1 "
                           "WHERE CAST(value AS INTEGER) < CAST(?1 AS INTEGER)");
  if (!kept) return kept.error();
  const auto text = std::to_string(needed);
  kept->bind(1, std::string_view(text));
  if (auto done = kept->run(); !done) return done.error();
  return needed;
}

constexpr std::string_view stored_epoch = "SELECT coalesce((SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'epoch'), 0)";
/// The newest format of which there may be any.
constexpr std::string_view saved_chains =
  "SELECT coalesce((SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'saved_chains'), 1)";

} // namespace

result<ownership> take_over(database& file, std::string_view node) {
  auto all = transaction::begin(file);
  if (!all) return all.error();
  const auto before = file.integer_of(stored_epoch);
  if (!before) return before.error();
  const auto format = file.integer_of(saved_chains);
  if (!format) return format.error();
  if (*format > this_version().saved_chains)
    return error{"store has saved chains of format " + std::to_string(*format) + ", this version reads them up to " +
                   std::to_string(this_version().saved_chains),
                 file.path(), "use the newer version, or restore a backup from before"};
  auto kept = file.prepare("INSERT INTO meta (key, value) VALUES ('epoch', ?1), ('owner', ?2), ('saved_chains', ?3) "
                           "ON CONFLICT (key) DO UPDATE SET value = excluded.value");
  if (!kept) return kept.error();
  const auto text = std::to_string(*before + 1);
  kept->bind(1, std::string_view(text));
  kept->bind(2, node);
  const auto newest = std::to_string(this_version().saved_chains);
  kept->bind(3, std::string_view(newest));
  if (auto done = kept->run(); !done) return done.error();
  if (auto done = all->commit(); !done) return done.error();
  return ownership{*before + 1, 0};
}

commit_result commit_batch(database& file, const list_tables& tables, ownership& owner, const std::vector<write>& batch) {
  if (batch.empty()) return {};
  const auto order = by_chain(batch);
  auto all = transaction::begin(file);
  if (!all) return {commit_outcome::unknown, all.error()};
  batch_run run(file, tables, owner.epoch);
  file.forget_failure();
  const auto epoch = file.integer_of(stored_epoch);
  if (!epoch) return {commit_outcome::unknown, epoch.error()};
  if (owner.epoch != 0 && *epoch != owner.epoch)
    return {commit_outcome::fenced,
            {"the store has another owner now", file.path(), "let one node alone work on a store"}};
  const auto reserved = reserve_handles(file, owner.handles_reserved, handles_end_of(batch));
  if (!reserved) return {commit_outcome::unknown, reserved.error()};
  for (const auto& [chain, index] : order)
    if (auto done = run.apply(batch[index]); !done)
      return {file.has_failed() ? commit_outcome::unknown : commit_outcome::refused, done.error()};
  if (auto done = all->commit(); !done) return {commit_outcome::unknown, done.error()};
  owner.handles_reserved = *reserved;
  return {};
}

} // namespace chainring::dialer::sqlite
