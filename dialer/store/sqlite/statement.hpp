// statement.hpp: one use of a prepared SQLite statement: bind, step, read; reset when it goes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "scxml/result.hpp"

struct sqlite3_stmt;

namespace chainring::dialer::sqlite {

class database;

/// A statement as the cache keeps it.
struct prepared {
  sqlite3_stmt* handle = nullptr;
  bool in_use = false;
  bool cached = false;
};

class statement {
 public:
  statement(database& owner, prepared& what);
  statement(statement&& other) noexcept;
  statement& operator=(statement&&) = delete;
  ~statement();

  /// Parameters count from 1. Text is not copied: it must live until the statement is reset or goes. What goes wrong is
  /// reported by step() or run().
  void bind(int parameter, std::int64_t value);
  void bind(int parameter, std::string_view text);
  void bind_blob(int parameter, std::string_view bytes);
  void bind_null(int parameter);
  void bind(int parameter, const std::optional<std::int64_t>& value);
  void bind(int parameter, const std::optional<std::string>& text);

  /// True: a row can be read. False: there is none any more.
  result<bool> step();
  /// Steps to the end, then resets: it can be bound and run again.
  result<void> run();

  /// Columns count from 0. Text lives until the next step.
  bool is_null(int column) const;
  std::int64_t integer(int column) const;
  std::string_view text(int column) const;
  std::string_view blob(int column) const;

 private:
  void note(int code);

  database* owner_;
  prepared* what_;
  int problem_; // the first code of a bind that failed
};

} // namespace chainring::dialer::sqlite
