// statement.cpp: the thin layer over sqlite3_bind, sqlite3_step and sqlite3_column.
#include "dialer/store/sqlite/statement.hpp"

#include <utility>

#include <sqlite3.h>

#include "dialer/store/sqlite/database.hpp"

namespace chainring::dialer::sqlite {

statement::statement(database& owner, prepared& what) : owner_(&owner), what_(&what), problem_(SQLITE_OK) {
  what_->in_use = true;
}

statement::statement(statement&& other) noexcept
  : owner_(other.owner_), what_(std::exchange(other.what_, nullptr)), problem_(other.problem_) {}

statement::~statement() {
  if (what_ == nullptr) return;
  if (!what_->cached) {
    sqlite3_finalize(what_->handle);
    delete what_;
    return;
  }
  sqlite3_reset(what_->handle);
  sqlite3_clear_bindings(what_->handle); // they point at text of the caller
  what_->in_use = false;
}

void statement::note(int code) {
  if (problem_ == SQLITE_OK) problem_ = code;
}

void statement::bind(int parameter, std::int64_t value) { note(sqlite3_bind_int64(what_->handle, parameter, value)); }

void statement::bind(int parameter, std::string_view text) {
  // A null pointer would bind NULL instead of an empty text.
  const char* bytes = text.data() == nullptr ? "" : text.data();
  note(sqlite3_bind_text64(what_->handle, parameter, bytes, text.size(), SQLITE_STATIC, SQLITE_UTF8));
}

void statement::bind_blob(int parameter, std::string_view bytes) {
  const char* first = bytes.data() == nullptr ? "" : bytes.data();
  note(sqlite3_bind_blob64(what_->handle, parameter, first, bytes.size(), SQLITE_STATIC));
}

void statement::bind_null(int parameter) { note(sqlite3_bind_null(what_->handle, parameter)); }

void statement::bind(int parameter, const std::optional<std::int64_t>& value) {
  if (value) bind(parameter, *value);
  else bind_null(parameter);
}

void statement::bind(int parameter, const std::optional<std::string>& text) {
  if (text) bind(parameter, std::string_view(*text));
  else bind_null(parameter);
}

result<bool> statement::step() {
  if (problem_ != SQLITE_OK) return owner_->problem(problem_);
  const int code = sqlite3_step(what_->handle);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return owner_->problem(code);
}

result<void> statement::run() {
  auto row = step();
  while (row && *row) row = step();
  sqlite3_reset(what_->handle);
  if (!row) return row.error();
  return {};
}

bool statement::is_null(int column) const { return sqlite3_column_type(what_->handle, column) == SQLITE_NULL; }

std::int64_t statement::integer(int column) const { return sqlite3_column_int64(what_->handle, column); }

std::string_view statement::text(int column) const {
  const auto* bytes = sqlite3_column_text(what_->handle, column);
  if (bytes == nullptr) return {};
  return {reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(sqlite3_column_bytes(what_->handle, column))};
}

std::string_view statement::blob(int column) const {
  const auto* bytes = sqlite3_column_blob(what_->handle, column);
  if (bytes == nullptr) return {};
  return {static_cast<const char*>(bytes), static_cast<std::size_t>(sqlite3_column_bytes(what_->handle, column))};
}

} // namespace chainring::dialer::sqlite
