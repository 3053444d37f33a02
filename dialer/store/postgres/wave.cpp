// wave.cpp: each kind of write is one or a few statements by primary key. The tables of a write do not depend on each other but for
// instances, which may ask whether their chain is at work, and the rows that stand with them.
#include "dialer/store/postgres/wave.hpp"

#include <utility>
#include <variant>

namespace chainring::dialer::postgres {

namespace {

const std::vector<bulk_column> attempt_columns = {{"list"},
                                                  {"record_id"},
                                                  {"n"},
                                                  {"chain_id"},
                                                  {"chain_n"},
                                                  {"started_ms"},
                                                  {"contact_info", element::text},
                                                  {"trunk", element::text},
                                                  {"epoch"}};
const std::vector<bulk_column> end_columns = {{"list"}, {"record_id"}, {"n"}, {"state"}, {"result"}, {"started_ms"}, {"ended_ms"}};
const std::vector<bulk_column> chain_columns = {
  {"list"}, {"chain_id"}, {"ended_ms"}, {"reason", element::text}, {"post_processing", element::text}};
const std::vector<bulk_column> history_columns = {{"uri", element::text}, {"list"}, {"chain_id"}, {"body", element::text}};
const std::vector<bulk_column> key_columns = {{"list"}, {"chain_id"}};

const std::string insert_attempts =
  "INSERT INTO attempts (list, record_id, n, chain_id, chain_n, started_ms, contact_info, trunk, epoch, state, ended_ms) "
  "SELECT u.list, u.record_id, u.n, u.chain_id, u.chain_n, u.started_ms, u.contact_info, u.trunk, u.epoch, 0, 0 FROM " +
  unnested(attempt_columns) + " ON CONFLICT DO NOTHING RETURNING list, record_id, n";
// Not by the index of those in flight, which is empty at times: it would be gone through as a whole.
const std::string end_attempts =
  "UPDATE attempts AS t SET state = u.state, result = u.result, started_ms = u.started_ms, ended_ms = u.ended_ms FROM " +
  unnested(end_columns) + " WHERE t.list = u.list AND t.record_id = u.record_id AND t.n = u.n AND t.state + 0 < 2 RETURNING u.at";
const std::string note_chain_ends =
  "INSERT INTO chains (list, chain_id, ended_ms, reason, post_processing) "
  "SELECT u.list, u.chain_id, u.ended_ms, u.reason, u.post_processing FROM " +
  unnested(chain_columns) +
  " ON CONFLICT (list, chain_id) DO UPDATE SET ended_ms = excluded.ended_ms, reason = excluded.reason, "
  "post_processing = excluded.post_processing";
const std::string forget_instances =
  "DELETE FROM instances AS t USING " + unnested(key_columns) + " WHERE t.list = u.list AND t.chain_id = u.chain_id";
// Identities are given in the order of the rows.
const std::string add_history = "INSERT INTO history (uri, list, chain_id, body) SELECT u.uri, u.list, u.chain_id, u.body FROM " +
                                unnested(history_columns) + " ORDER BY u.at";
const std::string put_any_instances = put_instances(unnested(columns_of_instance));

} // namespace

result<void> wave::add(const list_table& table, const write& what) {
  return std::visit([&](const auto& w) { return add(table, w); }, what);
}

result<void> wave::add(const list_table& table, const write_intent& w) {
  if (auto right = check_intent(w, table.form); !right) return right;
  const attempt& a = w.what;
  auto& made = first_.of(insert_attempts, attempt_columns, expected::attempts_made);
  made.rows.add(a.list, a.record_id, a.n, a.chain_id, a.chain_n, a.started_ms, a.contact_info, a.trunk, epoch_);
  made.origins.push_back({&table, a.record_id, a.n});
  auto& counted = first_.of(table.set_attempt, columns_of_set_attempt, expected::rows_found);
  counted.rows.add(a.chain_id, a.chain_n, a.record_id, a.n);
  counted.origins.push_back({&table, a.chain_id, a.chain_n});
  tell(table, a.chain_id, w.history.get());
  // The chain may have ended before a call that it has asked for is made.
  return w.instance ? put(table, *w.instance, table.put_at_work) : result<void>{};
}

result<void> wave::add(const list_table& table, const write_result& w) {
  if (auto right = check_end(w, table.form); !right) return right;
  auto& ended = first_.of(end_attempts, end_columns, expected::attempts_ended);
  ended.rows.add(w.list, w.record_id, w.n, code_of(w.state), code_of(w.result), w.started_ms, w.ended_ms);
  ended.origins.push_back({&table, w.record_id, w.n});
  auto& noted = first_.of(table.set_result, columns_of_set_result, expected::rows_found);
  const auto type = w.type ? std::optional(code_of(*w.type)) : std::nullopt;
  noted.rows.add(w.chain_id, w.chain_n, w.record_id, code_of(w.result), w.ended_ms / ms_per_second, type);
  noted.origins.push_back({&table, w.chain_id, w.chain_n});
  tell(table, w.chain_id, w.history.get());
  return {};
}

result<void> wave::add(const list_table& table, const write_row& w) {
  const auto row = values_of(w, table.form);
  if (!row) return row.error();
  if (!row->columns.empty()) add_row_update(first_, table, w.key, *row);
  return {};
}

result<void> wave::add(const list_table& table, const write_chain_end& w) {
  const auto outcome = w.result ? std::optional(code_of(*w.result)) : std::nullopt;
  first_.of(table.end_chain, columns_of_end_chain, expected::anything).rows.add(w.chain_id, code_of(w.status), outcome);
  first_.of(note_chain_ends, chain_columns, expected::anything).rows.add(w.list, w.chain_id, w.at_ms, w.reason, w.post_processing);
  forget(table, w.chain_id);
  return {};
}

result<void> wave::add(const list_table& table, const write_instance& w) { return put(table, w, put_any_instances); }

result<void> wave::add(const list_table& table, const write_release& w) {
  first_.of(table.release_chain, columns_of_release, expected::anything).rows.add(w.chain_id);
  if (w.begins_anew) forget(table, w.chain_id);
  return {};
}

result<void> wave::put(const list_table& table, const write_instance& w, const std::string& sql) {
  auto& kept = first_.of(sql, columns_of_instance, expected::instances_put);
  kept.rows.add(w.list, w.chain_id, static_cast<std::int64_t>(w.handles_end), w.due_ms, std::int64_t{w.version}, epoch_,
                 std::int64_t{w.listens}, w.bytes);
  if (w.rows.empty()) return {};
  attached_rows with{&table, {}};
  for (const auto& row : w.rows) {
    auto values = values_of(row, table.form);
    if (!values) return std::move(values).error();
    if (!values->columns.empty()) with.rows.emplace_back(row.key, std::move(*values));
  }
  attached_.emplace(std::pair(std::int64_t{w.list}, w.chain_id), std::move(with));
  return {};
}

void wave::forget(const list_table& table, std::int64_t chain_id) {
  first_.of(forget_instances, key_columns, expected::anything).rows.add(table.id, chain_id);
}

void wave::tell(const list_table& table, std::int64_t chain_id, const history_post* post) {
  if (post) first_.of(add_history, history_columns, expected::anything).rows.add(post->uri, table.id, chain_id, post->body);
}

void wave::queue(connection& on) {
  for (const auto& one : first_.all()) {
    on.queue(one->sql, one->rows.values());
    unread_.push_back(one.get());
  }
}

result<void> wave::read(connection& on) {
  for (const auto* one : std::exchange(unread_, {})) {
    auto told = on.next();
    if (!told) return std::move(told).error();
    if (auto right = check(*one, *told); !right) {
      refused_ = true;
      return right;
    }
    if (one->expects != expected::instances_put) continue;
    for (int row = 0; row < told->rows(); ++row)
      if (const auto with = attached_.find({told->integer(row, 0), told->integer(row, 1)}); with != attached_.end())
        with->second.wanted = true;
  }
  return {};
}

void wave::queue_attached_rows(connection& on) {
  for (const auto& [chain, with] : attached_) {
    if (!with.wanted) continue;
    if (then_.size() < with.rows.size()) then_.resize(with.rows.size());
    for (std::size_t i = 0; i < with.rows.size(); ++i)
      add_row_update(then_[i], *with.table, with.rows[i].first, with.rows[i].second);
  }
  for (const auto& each : then_)
    for (const auto& one : each.all()) {
      on.queue(one->sql, one->rows.values());
      unread_.push_back(one.get());
    }
}

} // namespace chainring::dialer::postgres
