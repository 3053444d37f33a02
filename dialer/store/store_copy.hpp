// store_copy.hpp: a backup: a copy of a store as it is at one instant, in a file that is itself a store, whatever holds the
// original. It is made in steps, so that the store works on between two of them.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "dialer/store/store.hpp"
#include "scxml/result.hpp"

namespace chainring::dialer {

struct copy_progress {
  std::int64_t done = 0, all = 0; // pages of a file; of a server rows, and 0: nobody knows how many there will be
};

/// A copy that store::begin_copy has begun. Used where its store is. If it outlives the store, it fails.
class store_copy {
 public:
  virtual ~store_copy() = default;
  /// A bounded piece more (limits::copy_pages_at_once, copy_rows_at_once). False: the copy is whole, and its file closed, but not
  /// on the disk yet. After an error it can only be given up.
  virtual result<bool> step() = 0;
  virtual copy_progress progress() const = 0;
};

/// Key in a backup: the instant at which it was whole, Unix epoch ms.
inline constexpr const char* backup_ms_key = "backup_ms";

/// The file of a backup: it appears under its name when it is whole and on the disk; until then FILE.new stands beside it.
class backup_file {
 public:
  /// Refuses a file that is there, a folder that is not, or cannot be written.
  static result<std::unique_ptr<backup_file>> create(const std::string& path);
  backup_file(const backup_file&) = delete;
  backup_file& operator=(const backup_file&) = delete;
  /// What is not whole goes.
  ~backup_file();

  const std::string& path() const { return path_; }
  /// Where the copy is to be made: an empty file.
  const std::string& written() const { return written_; }
  /// Once the copy is whole: notes the instant, waits for the disk, gives the file its name. Takes as long as the disk does.
  result<void> finish(std::int64_t at_ms);

 private:
  backup_file(std::string path, std::string written) : path_(std::move(path)), written_(std::move(written)) {}

  std::string path_, written_;
};

/// All of it in one go, for a store that nobody else works with.
result<void> back_up(store& of, const std::string& path, std::int64_t at_ms);

/// A file, a folder, or a link, wherever that leads.
bool is_there(const std::string& path);
/// The disk has the file, or the folder.
result<void> sync_file(const std::string& path);
/// A file gets another name, for good, in a folder that is on the disk afterwards. What has that name goes.
result<void> rename_for_good(const std::string& from, const std::string& to);
/// A store's file and what the database keeps beside it.
void remove_store_file(const std::string& path);

} // namespace chainring::dialer
