// instances.cpp: see instances.hpp.
#include "dialer/store/sqlite/instances.hpp"

#include "dialer/store/sqlite/attempts.hpp"
#include "dialer/store/sqlite/transaction.hpp"

namespace chainring::dialer::sqlite {

result<bool> put_instance(database& file, const write_instance& w) {
  for (const auto& d : w.documents) {
    auto kept = file.prepare("INSERT INTO documents (hash, bytes) VALUES (?1, ?2) ON CONFLICT DO NOTHING");
    if (!kept) return kept.error();
    kept->bind(1, std::string_view(d->hash));
    kept->bind_blob(2, d->bytes);
    if (auto done = kept->run(); !done) return done.error();
  }
  auto put = file.prepare("INSERT INTO instances (list, chain_id, handles_end, bytes, version) VALUES (?1, ?2, ?3, ?4, ?5) "
                          "ON CONFLICT (list, chain_id) DO UPDATE SET handles_end = excluded.handles_end, bytes = excluded.bytes, "
                          "version = excluded.version WHERE excluded.version > instances.version");
  if (!put) return put.error();
  put->bind(1, std::int64_t{w.list});
  put->bind(2, w.chain_id);
  put->bind(3, static_cast<std::int64_t>(w.handles_end));
  put->bind_blob(4, w.bytes);
  put->bind(5, std::int64_t{w.version});
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
  auto asked = file.prepare("SELECT chain_id FROM instances WHERE list = ?1 AND chain_id > ?2 ORDER BY chain_id LIMIT ?3");
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

result<std::shared_ptr<const saved_instance>> find_instance(database& file, list_id list, const chain_of_records& chain) {
  std::shared_ptr<saved_instance> found;
  {
    auto asked = file.prepare("SELECT bytes, version FROM instances WHERE list = ?1 AND chain_id = ?2");
    if (!asked) return asked.error();
    asked->bind(1, std::int64_t{list});
    asked->bind(2, chain.chain_id);
    auto row = asked->step();
    if (!row) return row.error();
    if (!*row) return std::shared_ptr<const saved_instance>{};
    found = std::make_shared<saved_instance>();
    found->bytes = asked->blob(0);
    found->version = static_cast<std::uint32_t>(asked->integer(1));
  }
  for (const auto& one : chain.records) {
    if (one.attempt == 0) continue;
    auto all = attempts_of(file, list, one.record_id);
    if (!all) return all.error();
    if (!all->empty()) found->last_attempts.push_back(std::move(all->back()));
  }
  return std::shared_ptr<const saved_instance>{std::move(found)};
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
  auto end = file.integer_of("SELECT coalesce(max(handles_end), 1) FROM instances");
  if (!end) return end.error();
  return static_cast<std::uint64_t>(*end);
}

} // namespace chainring::dialer::sqlite
