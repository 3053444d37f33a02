// instances.cpp: see instances.hpp.
#include "dialer/store/sqlite/instances.hpp"

#include "dialer/store/sqlite/attempts.hpp"
#include "dialer/store/sqlite/transaction.hpp"

namespace chainring::dialer::sqlite {

result<bool> put_instance(database& file, const write_instance& w, std::int64_t epoch) {
  for (const auto& d : w.documents) {
    auto kept = file.prepare("INSERT INTO documents (hash, bytes) VALUES (?1, ?2) ON CONFLICT DO NOTHING");
    if (!kept) return kept.error();
    kept->bind(1, std::string_view(d->hash));
    kept->bind_blob(2, d->bytes);
    if (auto done = kept->run(); !done) return done.error();
  }
  auto put = file.prepare(
    "INSERT INTO instances (list, chain_id, handles_end, bytes, version, due_ms, epoch, listens) "
    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (list, chain_id) DO UPDATE SET handles_end = excluded.handles_end, "
    "bytes = excluded.bytes, version = excluded.version, due_ms = excluded.due_ms, epoch = excluded.epoch, "
    "listens = excluded.listens WHERE excluded.version > instances.version");
  if (!put) return put.error();
  put->bind(1, std::int64_t{w.list});
  put->bind(2, w.chain_id);
  put->bind(3, static_cast<std::int64_t>(w.handles_end));
  put->bind_blob(4, w.bytes);
  put->bind(5, std::int64_t{w.version});
  put->bind(6, w.due_ms);
  put->bind(7, epoch);
  put->bind(8, std::int64_t{w.listens});
  if (auto done = put->run(); !done) return done.error();
  return file.changes() == 1;
}

result<void> forget_instance(database& file, list_id list, std::int64_t chain_id) {
  auto gone = file.prepare("DELETE FROM instances WHERE list = ?1 AND chain_id = ?2");
  if (!gone) return gone.error();
  gone->bind(1, std::int64_t{list});
  gone->bind(2, chain_id);
  return gone->run();
}

result<bool> has_instances(database& file, list_id list) {
  auto asked = file.prepare("SELECT 1 FROM instances WHERE list = ?1 LIMIT 1");
  if (!asked) return asked.error();
  asked->bind(1, std::int64_t{list});
  return asked->step();
}

result<std::vector<std::int64_t>> chains_put_away(database& file, list_id list, std::int64_t after, std::int32_t most) {
  auto asked = file.prepare("SELECT chain_id FROM instances WHERE list = ?1 AND chain_id > ?2 AND due_ms = 0 "
                            "ORDER BY chain_id LIMIT ?3");
  if (!asked) return asked.error();
  asked->bind(1, std::int64_t{list});
  asked->bind(2, after);
  asked->bind(3, std::int64_t{most});
  std::vector<std::int64_t> read;
  for (;;) {
    auto row = asked->step();
    if (!row) return row.error();
    if (!*row) return read;
    read.push_back(asked->integer(0));
  }
}

result<std::shared_ptr<const saved_instance>> find_instance(database& file, list_id list, const chain_of_records& chain,
                                                            std::int64_t epoch) {
  std::shared_ptr<saved_instance> found;
  {
    auto asked = file.prepare("SELECT bytes, version, epoch, due_ms FROM instances WHERE list = ?1 AND chain_id = ?2");
    if (!asked) return asked.error();
    asked->bind(1, std::int64_t{list});
    asked->bind(2, chain.chain_id);
    auto row = asked->step();
    if (!row) return row.error();
    if (!*row) return std::shared_ptr<const saved_instance>{};
    found = std::make_shared<saved_instance>();
    found->bytes = asked->blob(0);
    found->version = static_cast<std::uint32_t>(asked->integer(1));
    found->by_this_owner = epoch != 0 && asked->integer(2) == epoch;
    found->due_ms = asked->integer(3);
  }
  for (const auto& one : chain.records) {
    if (one.attempt == 0) continue;
    auto all = attempts_of(file, list, one.record_id);
    if (!all) return all.error();
    if (!all->empty()) found->last_attempts.push_back(std::move(all->back()));
  }
  return std::shared_ptr<const saved_instance>{std::move(found)};
}

namespace {

struct passive_chain {
  std::int64_t chain_id = 0, due_ms = 0;
};

constexpr std::string_view one_passive = "SELECT chain_id, due_ms FROM instances WHERE list = ?1 AND chain_id = ?2 AND due_ms > 0";
constexpr std::string_view listening =
  "SELECT chain_id, due_ms FROM instances WHERE list = ?1 AND chain_id > ?2 AND due_ms > 0 AND listens = 1 ORDER BY chain_id "
  "LIMIT ?3";
constexpr std::string_view first_due =
  "SELECT chain_id, due_ms FROM instances WHERE list = ?1 AND due_ms > 0 ORDER BY due_ms, chain_id LIMIT ?2";

/// Of those that are due by then, one more that is not, if there is any.
result<std::vector<passive_chain>> find_passive(database& file, list_id list, const passive_query& query) {
  auto asked = file.prepare(query.chain_id ? one_passive : query.listening_after ? listening : first_due);
  if (!asked) return asked.error();
  asked->bind(1, std::int64_t{list});
  if (query.chain_id) asked->bind(2, *query.chain_id);
  else if (query.listening_after) asked->bind(2, *query.listening_after), asked->bind(3, std::int64_t{query.chains_max});
  else asked->bind(2, std::int64_t{query.chains_max} + 1);
  std::vector<passive_chain> found;
  for (;;) {
    auto row = asked->step();
    if (!row) return row.error();
    if (!*row) return found;
    found.push_back({asked->integer(0), asked->integer(1)});
  }
}

} // namespace

result<passive_page> activate(database& file, const list_table& table, const passive_query& query, std::int64_t epoch) {
  auto all = transaction::begin(file);
  if (!all) return all.error();
  auto found = find_passive(file, table.id, query);
  if (!found) return found.error();
  passive_page page;
  for (const auto& one : *found) {
    const bool is_due = one.due_ms <= query.at_ms && page.chains.size() < static_cast<std::size_t>(query.chains_max);
    if (!is_due && !query.chain_id && !query.listening_after) {
      page.next_due_ms = one.due_ms;
      break;
    }
    auto rows = read_rows(file, table, table.select_chain, one.chain_id);
    if (!rows) return rows.error();
    chain_of_records chain{one.chain_id, std::move(*rows), {}};
    auto saved = find_instance(file, table.id, chain, epoch);
    if (!saved) return saved.error();
    chain.saved = std::move(*saved);
    page.chains.push_back(std::move(chain));
  }
  auto woken = file.prepare("UPDATE instances SET due_ms = 0 WHERE list = ?1 AND chain_id = ?2");
  if (!woken) return woken.error();
  for (const auto& chain : page.chains) {
    woken->bind(1, std::int64_t{table.id});
    woken->bind(2, chain.chain_id);
    if (auto done = woken->run(); !done) return done.error();
  }
  if (auto done = all->commit(); !done) return done.error();
  return page;
}

result<std::int64_t> count_passive(database& file, list_id list) {
  auto asked = file.prepare("SELECT count(*) FROM instances WHERE list = ?1 AND due_ms > 0");
  if (!asked) return asked.error();
  asked->bind(1, std::int64_t{list});
  if (auto row = asked->step(); !row) return row.error();
  return asked->integer(0);
}

result<std::vector<kept_document>> documents(database& file) {
  if (auto done = file.execute("DELETE FROM documents WHERE NOT EXISTS (SELECT 1 FROM instances)"); !done) return done.error();
  auto asked = file.prepare("SELECT hash, bytes FROM documents ORDER BY hash");
  if (!asked) return asked.error();
  std::vector<kept_document> read;
  for (;;) {
    auto row = asked->step();
    if (!row) return row.error();
    if (!*row) return read;
    read.push_back({std::string(asked->text(0)), std::string(asked->blob(1))});
  }
}

result<std::uint64_t> handles_end(database& file) {
  auto end = file.integer_of("SELECT coalesce((SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'handles_end'), 1)");
  if (!end) return end.error();
  return static_cast<std::uint64_t>(*end);
}

} // namespace chainring::dialer::sqlite
