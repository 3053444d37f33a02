// page_copy.cpp: see page_copy.hpp.
#include "dialer/store/sqlite/page_copy.hpp"

#include <sqlite3.h>

#include "dialer/limits.hpp"

namespace chainring::dialer::sqlite {

result<std::shared_ptr<page_copy>> page_copy::begin(database& from, const std::string& path) {
  auto to = database::open(path);
  if (!to) return std::move(to).error();
  // A copy that is not whole is thrown away, and one that is whole goes to the disk as a file.
  if (auto set = (*to)->execute("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE"); !set)
    return std::move(set).error();
  std::shared_ptr<page_copy> made(new page_copy(std::move(*to)));
  made->steps_ = sqlite3_backup_init(made->to_->handle_, "main", from.handle_, "main");
  if (made->steps_ == nullptr) return made->to_->problem(sqlite3_extended_errcode(made->to_->handle_));
  return made;
}

page_copy::~page_copy() { give_up(); }

void page_copy::give_up() {
  if (steps_ != nullptr) sqlite3_backup_finish(std::exchange(steps_, nullptr));
  to_.reset();
}

result<bool> page_copy::step() {
  if (!to_) return error{"the store was closed before the copy was whole", "", "begin the copy again"};
  const int code = sqlite3_backup_step(steps_, limits::copy_pages_at_once);
  progress_.all = sqlite3_backup_pagecount(steps_);
  progress_.done = progress_.all - sqlite3_backup_remaining(steps_);
  if (code == SQLITE_OK) {
    pages_taken_ += limits::copy_pages_at_once;
    if (pages_taken_ <= (progress_.all + limits::copy_pages_at_once) * limits::copy_beginnings_max) return true;
    return error{"the copy had to begin anew again and again", to_->path(), "make it while less is written to the store"};
  }
  if (code != SQLITE_DONE) return to_->problem(code);
  const int ended = sqlite3_backup_finish(std::exchange(steps_, nullptr));
  if (ended != SQLITE_OK) return to_->problem(ended);
  to_.reset();
  return false;
}

} // namespace chainring::dialer::sqlite
