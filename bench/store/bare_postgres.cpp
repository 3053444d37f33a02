// bare_postgres.cpp: five prepared statements over arrays, in text, as one would write them first; the server knows its tables.
#include <array>
#include <memory>

#include <libpq-fe.h>

#include "bench/store/batches.hpp"

namespace chainring::bench {

namespace {

struct closes {
  void operator()(PGconn* handle) const { PQfinish(handle); }
  void operator()(PGresult* handle) const { PQclear(handle); }
};

class bare_postgres {
 public:
  result<void> open(const std::string& uri, dialer::list_id list) {
    session_.reset(PQconnectdb(uri.c_str()));
    if (PQstatus(session_.get()) != CONNECTION_OK) return problem();
    const auto l = std::to_string(list), rows = "list_" + l;
    if (auto known = run("ANALYZE"); !known) return known;
    const std::array texts = {
      "INSERT INTO attempts (list, record_id, n, chain_id, chain_n, epoch, state, contact_info, trunk, started_ms, ended_ms) "
      "SELECT " + l + ", id, 1, id, 1, 1, 0, '155500000000', 'sim', 1000, 0 FROM unnest($1::bigint[]) AS u (id)",
      "UPDATE " + rows + " AS t SET attempt = 1 FROM unnest($1::bigint[]) AS u (id) WHERE t.chain_id = u.id AND t.chain_n = 1",
      "INSERT INTO instances (list, chain_id, handles_end, bytes, version, due_ms, epoch, listens) "
      "SELECT " + l + ", u.id, 0, u.bytes, 1, 0, 1, false FROM unnest($1::bigint[], $2::bytea[]) AS u (id, bytes)",
      "UPDATE attempts AS t SET state = 2, result = 6, started_ms = 1000, ended_ms = 2000 FROM unnest($1::bigint[]) AS u (id) "
      "WHERE t.list = " + l + " AND t.record_id = u.id AND t.n = 1",
      "UPDATE " + rows + " AS t SET call_result = 6, call_time = 2 FROM unnest($1::bigint[]) AS u (id) WHERE t.chain_id = u.id "
      "AND t.chain_n = 1"};
    for (std::size_t i = 0; i < texts.size(); ++i) {
      answer made(PQprepare(session_.get(), names[i], texts[i].c_str(), 0, nullptr));
      if (PQresultStatus(made.get()) != PGRES_COMMAND_OK) return problem();
    }
    return {};
  }

  result<void> write(const std::vector<call>& batch) {
    std::string begun = "{", ended = "{", saved = "{";
    std::int64_t intents = 0, ends = 0;
    for (const auto& one : batch) {
      auto& ids = one.ended ? ended : begun;
      ids += (ids.size() > 1 ? "," : "") + std::to_string(one.record);
      if (!one.ended) saved += (saved.size() > 1 ? "," : "") + instance_;
      ++(one.ended ? ends : intents);
    }
    for (auto* text : {&begun, &ended, &saved}) *text += "}";
    if (auto open = run("BEGIN"); !open) return open;
    if (intents > 0)
      for (std::size_t i = 0; i < 3; ++i)
        if (auto done = change(i, begun, i == 2 ? &saved : nullptr, intents); !done) return done;
    if (ends > 0)
      for (std::size_t i = 3; i < 5; ++i)
        if (auto done = change(i, ended, nullptr, ends); !done) return done;
    return run("COMMIT");
  }

 private:
  using answer = std::unique_ptr<PGresult, closes>;
  static constexpr std::array names = {"made", "counted", "saved", "ended", "noted"};

  result<void> change(std::size_t which, const std::string& ids, const std::string* saved, std::int64_t rows) {
    const std::array<const char*, 2> values = {ids.c_str(), saved ? saved->c_str() : nullptr};
    answer done(PQexecPrepared(session_.get(), names[which], saved ? 2 : 1, values.data(), nullptr, nullptr, 0));
    if (PQresultStatus(done.get()) != PGRES_COMMAND_OK || std::to_string(rows) != PQcmdTuples(done.get())) return problem();
    return {};
  }
  result<void> run(const char* sql) {
    answer done(PQexec(session_.get(), sql));
    return PQresultStatus(done.get()) == PGRES_COMMAND_OK ? result<void>{} : problem();
  }
  result<void> problem() const { return error{"the bare loop failed", "PostgreSQL", PQerrorMessage(session_.get())}; }

  std::unique_ptr<PGconn, closes> session_;
  std::string instance_ = "\\\\x" + [] {
    std::string hex;
    for (std::size_t i = 0; i < instance_bytes; ++i) hex += "78";
    return hex;
  }();
};

} // namespace

result<pace> write_bare_postgres(const std::string& uri, dialer::list_id list, const std::vector<call>& calls,
                                 std::int64_t writes_per_batch) {
  bare_postgres bare;
  if (auto opened = bare.open(uri, list); !opened) return opened.error();
  return pace_of(calls, writes_per_batch, [&](const std::vector<call>& batch) { return bare.write(batch); });
}

} // namespace chainring::bench
