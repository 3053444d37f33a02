// store_copy.cpp: files of backups: made beside, put on the disk, then named.
#include "dialer/store/store_copy.hpp"

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

#include "dialer/text.hpp"

namespace chainring::dialer {

namespace fs = std::filesystem;

namespace {

std::string reason() { return std::generic_category().message(errno); }

error not_writable(const std::string& path) {
  return {"the backup cannot be written (" + reason() + ")", path, "name a file in a folder that exists and can be written"};
}

error taken(const std::string& path) {
  return {"there is a file of that name", path, "name another one: a backup replaces nothing"};
}

} // namespace

bool is_there(const std::string& path) {
  std::error_code ignored;
  return fs::exists(fs::symlink_status(path, ignored));
}

void remove_store_file(const std::string& path) {
  for (const char* suffix : {"", "-wal", "-journal", "-shm"}) std::remove((path + suffix).c_str());
}

result<void> sync_file(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const bool synced = descriptor >= 0 && ::fsync(descriptor) == 0;
  const auto why = reason();
  if (descriptor >= 0) ::close(descriptor);
  if (synced) return {};
  return error{"not everything reached the disk (" + why + ")", path, "look in the system's log for a disk that fails or is full"};
}

result<void> rename_for_good(const std::string& from, const std::string& to) {
  if (auto synced = sync_file(from); !synced) return synced;
  if (std::rename(from.c_str(), to.c_str()) != 0)
    return error{"the file cannot get its name (" + reason() + ")", to, "name another one"};
  const auto folder = fs::path(to).parent_path();
  return sync_file(folder.empty() ? "." : folder.string());
}

result<std::unique_ptr<backup_file>> backup_file::create(const std::string& path) {
  if (path.empty()) return error{"the backup has no file name", "", "name a file"};
  if (has_control_character(path)) return error{"the file name has control characters", path, "name a file without"};
  if (path.ends_with('/')) return error{"this names a folder", path, "name a file in it"};
  if (is_there(path)) return taken(path);
  const std::string written = path + ".new";
  const int descriptor = ::open(written.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  if (descriptor < 0 && errno == EEXIST)
    return error{"another backup of that name is being made, or was cut off", written, "wait for its end, or remove it"};
  if (descriptor < 0) return not_writable(written);
  ::close(descriptor);
  return std::unique_ptr<backup_file>(new backup_file(path, written));
}

backup_file::~backup_file() {
  if (!written_.empty()) remove_store_file(written_);
}

result<void> backup_file::finish(std::int64_t at_ms) {
  {
    auto copy = open_sqlite(written_, durability::last_moments); // the whole file is waited for below
    if (!copy) return std::move(copy).error();
    if (auto noted = (*copy)->set(backup_ms_key, std::to_string(at_ms)); !noted) return noted;
  }
  if (is_there(path_)) return taken(path_);
  if (auto named = rename_for_good(written_, path_); !named) return named;
  written_.clear();
  return {};
}

result<void> back_up(store& of, const std::string& path, std::int64_t at_ms) {
  auto file = backup_file::create(path);
  if (!file) return std::move(file).error();
  auto copy = of.begin_copy((*file)->written());
  if (!copy) return std::move(copy).error();
  for (;;) {
    auto more = (*copy)->step();
    if (!more) return std::move(more).error();
    if (!*more) break;
  }
  copy->reset();
  return (*file)->finish(at_ms);
}

} // namespace chainring::dialer
