// batch.cpp: each kind of write is one or two statements by primary key.
#include "dialer/store/sqlite/batch.hpp"

#include <algorithm>
#include <optional>
#include <type_traits>

#include "dialer/limits.hpp"
#include "dialer/store/sqlite/columns.hpp"
#include "dialer/store/sqlite/history.hpp"
#include "dialer/store/sqlite/instances.hpp"
#include "dialer/store/sqlite/transaction.hpp"

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

constexpr std::int64_t ms_per_second = 1'000;

template <class Code>
std::int64_t code_of(Code code) {
  return static_cast<std::int64_t>(code);
}

std::optional<std::string_view> view_of(const std::optional<std::string>& text) {
  if (!text) return std::nullopt;
  return std::string_view(*text);
}

std::pair<list_id, std::int64_t> chain_of(const write& what) {
  return std::visit(
    [](const auto& w) -> std::pair<list_id, std::int64_t> {
      using kind = std::decay_t<decltype(w)>;
      if constexpr (std::is_same_v<kind, write_intent>) return {w.what.list, w.what.chain_id};
      else if constexpr (std::is_same_v<kind, write_row>) return {w.key.list, w.key.chain_id};
      else return {w.list, w.chain_id};
    },
    what);
}

class batch_run {
 public:
  batch_run(database& file, const list_tables& tables, std::int64_t epoch) : file_(file), tables_(tables), epoch_(epoch) {}

  result<void> apply(const write& what) {
    auto table = tables_.at(chain_of(what).first);
    if (!table) return table.error();
    return std::visit([&](const auto& w) { return apply(**table, w); }, what);
  }

 private:
  static std::string place(const list_table& table, std::int64_t record_id, std::int32_t n) {
    return "list " + table.form.name + ", record " + std::to_string(record_id) + ", attempt " + std::to_string(n);
  }

  static error no_row(const list_table& table, std::int64_t chain_id, std::int32_t chain_n) {
    return {"no such row",
            "list " + table.form.name + ", chain " + std::to_string(chain_id) + ", record " + std::to_string(chain_n),
            "import the row first"};
  }

  result<void> apply(const list_table& table, const write_intent& intent) {
    const attempt& a = intent.what;
    if (a.state != attempt_state::intent || a.n < 1)
      return error{"no intent of an attempt", place(table, a.record_id, a.n), "number attempts from 1, state intent"};
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
    if (file_.changes() != 1)
      return error{"the attempt was made before", place(table, a.record_id, a.n), "give the next attempt a new number"};

    auto counted = file_.prepare(table.set_attempt);
    if (!counted) return counted.error();
    counted->bind(1, std::int64_t{a.n});
    counted->bind(2, a.chain_id);
    counted->bind(3, std::int64_t{a.chain_n});
    counted->bind(4, a.record_id);
    if (auto done = counted->run(); !done) return done;
    if (file_.changes() != 1) return no_row(table, a.chain_id, a.chain_n);
    if (intent.instance)
      if (auto kept = keep_if_at_work(table, *intent.instance); !kept) return kept;
    return intent.history ? add_history(file_, a.list, a.chain_id, *intent.history) : result<void>{};
  }

  result<void> apply(const list_table& table, const write_result& w) {
    if (w.state != attempt_state::done && w.state != attempt_state::unknown)
      return error{"no end of an attempt", place(table, w.record_id, w.n), "end it as done or unknown"};
    auto ended = file_.prepare(end_attempt);
    if (!ended) return ended.error();
    int parameter = 0;
    for (const std::int64_t value : {code_of(w.state), code_of(w.result), w.started_ms, w.ended_ms,
                                     std::int64_t{w.list}, w.record_id, std::int64_t{w.n}})
      ended->bind(++parameter, value);
    if (auto done = ended->run(); !done) return done;
    if (file_.changes() != 1)
      return error{"no such attempt is in flight", place(table, w.record_id, w.n),
                   "commit its intent first, its end once"};

    auto noted = file_.prepare(table.set_result);
    if (!noted) return noted.error();
    noted->bind(1, code_of(w.result));
    noted->bind(2, w.ended_ms / ms_per_second);
    noted->bind(3, w.chain_id);
    noted->bind(4, std::int64_t{w.chain_n});
    noted->bind(5, w.record_id);
    if (auto done = noted->run(); !done) return done;
    if (file_.changes() != 1) return no_row(table, w.chain_id, w.chain_n);
    if (w.type)
      if (auto set = apply(table, write_row{.key = {w.list, w.chain_id, w.chain_n}, .type = w.type}); !set) return set;
    return w.history ? add_history(file_, w.list, w.chain_id, *w.history) : result<void>{};
  }

  // The values go through a record, so that a column by name is checked and spelt as everywhere else.
  result<void> apply(const list_table& table, const write_row& w) {
    record values;
    values.user.resize(table.form.user_columns.size());
    std::vector<std::size_t> columns;
    if (w.status) values.record_status = *w.status, columns.push_back(column_record_status);
    if (w.type) values.record_type = *w.type, columns.push_back(column_record_type);
    if (w.result) values.call_result = *w.result, columns.push_back(column_call_result);
    if (w.dial_sched_time) values.dial_sched_time = *w.dial_sched_time, columns.push_back(column_dial_sched_time);
    for (const auto& [name, text] : w.columns) {
      const auto column = find_column(table.form, name);
      if (!column || *column == column_record_id || *column == column_chain_id || *column == column_chain_n)
        return error{"no column that can be written", "list " + table.form.name + ", column " + name,
                     "name a column of the list, none of its keys"};
      if (auto set = set_column(values, table.form, *column, view_of(text)); !set) return set;
      if (std::find(columns.begin(), columns.end(), *column) == columns.end()) columns.push_back(*column);
    }
    if (columns.empty()) return {};
    return update_row(table, w.key, values, columns);
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
    if (file_.changes() != 1) return no_row(table, key.chain_id, key.chain_n);
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

std::uint64_t handles_end_of(const std::vector<write>& batch) {
  std::uint64_t end = 0;
  for (const auto& w : batch) {
    const auto* intent = std::get_if<write_intent>(&w);
    const auto* saved = intent ? intent->instance.get() : std::get_if<write_instance>(&w);
    if (saved) end = std::max(end, saved->handles_end);
  }
  return end;
}

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

} // namespace

result<ownership> take_over(database& file, std::string_view node) {
  auto all = transaction::begin(file);
  if (!all) return all.error();
  const auto before = file.integer_of(stored_epoch);
  if (!before) return before.error();
  auto kept = file.prepare("INSERT INTO meta (key, value) VALUES ('epoch', ?1), ('owner', ?2) "
                           "ON CONFLICT (key) DO UPDATE SET value = excluded.value");
  if (!kept) return kept.error();
  const auto text = std::to_string(*before + 1);
  kept->bind(1, std::string_view(text));
  kept->bind(2, node);
  if (auto done = kept->run(); !done) return done.error();
  if (auto done = all->commit(); !done) return done.error();
  return ownership{*before + 1, 0};
}

commit_result commit_batch(database& file, const list_tables& tables, ownership& owner, const std::vector<write>& batch) {
  if (batch.empty()) return {};
  std::vector<std::pair<std::pair<list_id, std::int64_t>, std::size_t>> order(batch.size());
  for (std::size_t i = 0; i < batch.size(); ++i) order[i] = {chain_of(batch[i]), i};
  std::sort(order.begin(), order.end());
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
