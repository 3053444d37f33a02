// page_copy.hpp: a copy of a database page by page, by SQLite's online backup: what is committed between two steps over the same
// connection goes into what was copied before, so the copy is of the instant of its last step.
#pragma once

#include <memory>
#include <string>

#include "dialer/store/sqlite/database.hpp"
#include "dialer/store/store_copy.hpp"

struct sqlite3_backup;

namespace chainring::dialer::sqlite {

class page_copy {
 public:
  /// Into an empty file.
  static result<std::shared_ptr<page_copy>> begin(database& from, const std::string& path);
  page_copy(const page_copy&) = delete;
  page_copy& operator=(const page_copy&) = delete;
  ~page_copy();

  /// As those of store_copy.
  result<bool> step();
  copy_progress progress() const { return progress_; }
  /// The original is about to be closed.
  void give_up();

 private:
  explicit page_copy(std::unique_ptr<database> to) : to_(std::move(to)) {}

  std::unique_ptr<database> to_; // null: whole, or given up
  sqlite3_backup* steps_ = nullptr;
  copy_progress progress_;
  std::int64_t pages_taken_ = 0;
};

} // namespace chainring::dialer::sqlite
