// bare_sqlite.cpp: five prepared statements and the pragmas of the store.
#include <array>
#include <memory>

#include <sqlite3.h>

#include "bench/store/batches.hpp"

namespace chainring::bench {

namespace {

struct closes {
  void operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }
  void operator()(sqlite3_stmt* handle) const { sqlite3_finalize(handle); }
};
using prepared = std::unique_ptr<sqlite3_stmt, closes>;

class bare_sqlite {
 public:
  result<void> open(const std::string& path, dialer::list_id list) {
    sqlite3* handle = nullptr;
    const int code = sqlite3_open_v2(path.c_str(), &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
    file_.reset(handle);
    list_ = list;
    if (code != SQLITE_OK) return problem();
    const auto rows = "list_" + std::to_string(list);
    if (auto set = run("PRAGMA locking_mode = EXCLUSIVE; PRAGMA synchronous = FULL; PRAGMA cache_size = -65536; "
                       "PRAGMA wal_autocheckpoint = 4000");
        !set)
      return set;
    const std::array texts = {
      std::string("INSERT INTO attempts (list, record_id, n, chain_id, chain_n, epoch, state, contact_info, trunk, started_ms, "
                  "ended_ms) VALUES (?1, ?2, 1, ?2, 1, 1, 0, '155500000000', 'sim', 1000, 0)"),
      "UPDATE " + rows + " SET attempt = 1 WHERE chain_id = ?2 AND chain_n = 1",
      std::string("INSERT INTO instances (list, chain_id, handles_end, bytes, version, due_ms, epoch, listens) "
                  "VALUES (?1, ?2, 0, ?3, 1, 0, 1, 0)"),
      std::string("UPDATE attempts SET state = 2, result = 6, started_ms = 1000, ended_ms = 2000 "
                  "WHERE list = ?1 AND record_id = ?2 AND n = 1"),
      "UPDATE " + rows + " SET call_result = 6, call_time = 2 WHERE chain_id = ?2 AND chain_n = 1"};
    for (std::size_t i = 0; i < texts.size(); ++i) {
      sqlite3_stmt* made = nullptr;
      if (sqlite3_prepare_v3(file_.get(), texts[i].c_str(), -1, SQLITE_PREPARE_PERSISTENT, &made, nullptr) != SQLITE_OK)
        return problem();
      statements_[i].reset(made);
    }
    sqlite3_bind_blob(statements_[2].get(), 3, instance_.data(), static_cast<int>(instance_.size()), SQLITE_STATIC);
    return {};
  }

  result<void> write(const std::vector<call>& batch) {
    if (auto begun = run("BEGIN IMMEDIATE"); !begun) return begun;
    for (const auto& one : batch)
      for (std::size_t i = one.ended ? 3 : 0; i < (one.ended ? 5u : 3u); ++i) {
        auto* statement = statements_[i].get();
        sqlite3_bind_int64(statement, 1, list_); // refused by those that have no such parameter
        sqlite3_bind_int64(statement, 2, one.record);
        if (sqlite3_step(statement) != SQLITE_DONE || sqlite3_changes(file_.get()) != 1) return problem();
        sqlite3_reset(statement);
      }
    return run("COMMIT");
  }

 private:
  result<void> run(const char* sql) {
    return sqlite3_exec(file_.get(), sql, nullptr, nullptr, nullptr) == SQLITE_OK ? result<void>{} : problem();
  }
  result<void> problem() const { return error{"the bare loop failed", "SQLite", sqlite3_errmsg(file_.get())}; }

  std::unique_ptr<sqlite3, closes> file_; // closed last
  std::array<prepared, 5> statements_;
  std::string instance_ = std::string(instance_bytes, 'x');
  dialer::list_id list_ = 0;
};

} // namespace

result<pace> write_bare_sqlite(const std::string& path, dialer::list_id list, const std::vector<call>& calls,
                               std::int64_t writes_per_batch) {
  bare_sqlite bare;
  if (auto opened = bare.open(path, list); !opened) return opened.error();
  return pace_of(calls, writes_per_batch, [&](const std::vector<call>& batch) { return bare.write(batch); });
}

} // namespace chainring::bench
