// database.cpp: the connection, its cache of statements, and what the library's result codes mean to an operator.
#include "dialer/store/sqlite/database.hpp"

#include <sqlite3.h>

#include "dialer/limits.hpp"

namespace chainring::dialer::sqlite {

result<std::unique_ptr<database>> database::open(const std::string& path) {
  if (path.empty()) return error{"the store has no file name", "", "name one with --store FILE"};
  std::unique_ptr<database> made(new database(path));
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  if (const int code = sqlite3_open_v2(path.c_str(), &made->handle_, flags, nullptr); code != SQLITE_OK)
    return made->problem(code);
  return made;
}

database::~database() {
  finalize_all();
  sqlite3_close(handle_);
}

void database::finalize_all() {
  for (auto& [sql, kept] : cache_) sqlite3_finalize(kept->handle);
  cache_.clear();
}

result<statement> database::prepare(std::string_view sql) {
  const auto found = cache_.find(sql);
  if (found != cache_.end() && !found->second->in_use) return statement(*this, *found->second);
  sqlite3_stmt* handle = nullptr;
  const bool keep = found == cache_.end() && cache_.size() < limits::statements_cached_max;
  const int code = sqlite3_prepare_v3(handle_, sql.data(), static_cast<int>(sql.size()),
                                      keep ? SQLITE_PREPARE_PERSISTENT : 0u, &handle, nullptr);
  if (code != SQLITE_OK) return problem(code);
  auto made = std::make_unique<prepared>(prepared{handle, false, keep});
  if (!keep) return statement(*this, *made.release());
  return statement(*this, *cache_.emplace(std::string(sql), std::move(made)).first->second);
}

result<void> database::execute(const std::string& sql) {
  const int code = sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return problem(code);
  return {};
}

result<std::int64_t> database::integer_of(std::string_view sql) {
  auto asked = prepare(sql);
  if (!asked) return asked.error();
  auto row = asked->step();
  if (!row) return row.error();
  return *row ? asked->integer(0) : std::int64_t{0};
}

std::int64_t database::changes() const { return sqlite3_changes64(handle_); }

bool database::in_transaction() const { return sqlite3_get_autocommit(handle_) == 0; }

bool database::is_read_only() const { return sqlite3_db_readonly(handle_, "main") == 1; }

error database::problem(int code) {
  const int primary = code & 0xff;
  if (primary != SQLITE_CONSTRAINT && primary != SQLITE_MISMATCH && primary != SQLITE_TOOBIG) failed_ = true;
  switch (primary) {
  case SQLITE_BUSY:
  case SQLITE_LOCKED:
    return {"store is in use by another process", path_, "stop that process or name another --store"};
  case SQLITE_FULL:
    return {"no space left for the store", path_, "free space on its disk; what was committed is kept"};
  case SQLITE_READONLY:
  case SQLITE_PERM:
    return {"store is read-only", path_, "make the file and its folder writable or name another --store"};
  case SQLITE_CANTOPEN:
    return {"store cannot be opened", path_, "name a file, in a folder that exists and can be written"};
  case SQLITE_NOTADB: return {"not a store", path_, "name another --store: this file is no SQLite database"};
  case SQLITE_CORRUPT:
    return {"store is damaged", path_, "restore a backup; sqlite3's .recover command reads what is left"};
  case SQLITE_IOERR:
    return {std::string("store cannot be read or written (") + sqlite3_errstr(code) + ")", path_,
            "look in the system's log for a disk that fails or is full; what was committed is kept"};
  case SQLITE_NOMEM: return {"no memory left for the store", path_, "give the process more memory"};
  case SQLITE_CONSTRAINT:
  case SQLITE_MISMATCH:
  case SQLITE_TOOBIG:
    return {std::string("store refuses a value (") + sqlite3_errmsg(handle_) + ")", path_, "mend the value"};
  default:
    return {std::string("store failed (") + sqlite3_errmsg(handle_) + ")", path_,
            "see what chainring fsck says of it"};
  }
}

} // namespace chainring::dialer::sqlite
