// database.hpp: one SQLite connection with its prepared statements. Everything of the library's C interface stops here
// and in statement.hpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "dialer/store/sqlite/statement.hpp"
#include "scxml/result.hpp"

struct sqlite3;

namespace chainring::dialer::sqlite {

class database {
 public:
  /// Opens the file for reading and writing, making it when absent; touches nothing in it yet.
  static result<std::unique_ptr<database>> open(const std::string& path);
  database(const database&) = delete;
  database& operator=(const database&) = delete;
  ~database();

  /// A statement ready to be bound. Prepared once: the text is the key of a cache of limits::statements_cached_max.
  /// It must not outlive the database.
  result<statement> prepare(std::string_view sql);
  /// Runs one or several statements without parameters; rows are ignored.
  result<void> execute(const std::string& sql);
  /// The first column of the first row, 0 when there is none.
  result<std::int64_t> integer_of(std::string_view sql);

  /// Rows that the last statement changed.
  std::int64_t changes() const;
  bool in_transaction() const;
  bool is_read_only() const;
  const std::string& path() const { return path_; }
  /// The complaint for a result code of the library.
  error problem(int code);
  /// Since forget_failure() the file could not do its work: busy, disk, memory, damage. A value that it refuses is no such
  /// failure: that stays refused however often it is tried.
  bool has_failed() const { return failed_; }
  void forget_failure() { failed_ = false; }

 private:
  friend class page_copy;
  struct text_hash : std::hash<std::string_view> {
    using is_transparent = void;
  };

  explicit database(std::string path) : path_(std::move(path)) {}
  void finalize_all();

  std::string path_;
  sqlite3* handle_ = nullptr;
  bool failed_ = false;
  std::unordered_map<std::string, std::unique_ptr<prepared>, text_hash, std::equal_to<>> cache_;
};

} // namespace chainring::dialer::sqlite
