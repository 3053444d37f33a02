// power_cut_disk.cpp: the system's VFS, whose files stay as they are written, beside a model of what would survive. There is no
// -shm file: a store holds its file exclusively, and SQLite keeps that index in memory.
#include "tests/dialer/store/power_cut_disk.hpp"

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <sqlite3.h>

namespace {

constexpr std::size_t sector_bytes = 512;
constexpr auto never = std::numeric_limits<std::int64_t>::max();

/// A write, or with `size` at least 0 a truncation.
struct change {
  std::int64_t at = 0;
  std::string bytes;
  std::int64_t size = -1;
};

/// A file as a power cut would find it.
struct model {
  std::string synced;
  bool is_there = false; // its name survives
  std::vector<change> unsynced;
  std::optional<std::string> removed; // what was there under this name, if its folder was not synced since
};

struct open_file {
  std::string path;
  bool syncs_folder = false; // with its next sync, as the system's VFS does for a log or journal
};

struct disk_state {
  std::map<std::string, model> files; // by path
  std::map<const sqlite3_file*, open_file> open;
  std::int64_t changes = 0, cut_at = never, fail_at = never;
  bool off = false;
};

disk_state disk;
sqlite3_vfs* real_disk = nullptr;
sqlite3_vfs cut_disk{};

/// The methods of the real file with some replaced; the original ones are found through it.
struct cut_methods : sqlite3_io_methods {
  const sqlite3_io_methods* real = nullptr;
};

const sqlite3_io_methods& real_methods(sqlite3_file* file) { return *static_cast<const cut_methods*>(file->pMethods)->real; }

model& model_of(const sqlite3_file* file) { return disk.files.at(disk.open.at(file).path); }

/// One more change is asked for: false when it fails.
bool can_change() {
  if (disk.off) return false;
  const auto n = disk.changes++;
  disk.off = n >= disk.cut_at;
  if (n != disk.fail_at) return !disk.off;
  disk.fail_at = never;
  return false;
}

void apply(std::string& bytes, const change& c) {
  if (c.size >= 0) return bytes.resize(static_cast<std::size_t>(c.size));
  const auto at = static_cast<std::size_t>(c.at);
  if (bytes.size() < at + c.bytes.size()) bytes.resize(at + c.bytes.size());
  bytes.replace(at, c.bytes.size(), c.bytes);
}

// -- the methods of a file ------------

int write(sqlite3_file* file, const void* bytes, int count, sqlite3_int64 at) {
  const bool was_off = disk.off;
  const bool whole = can_change();
  if (!was_off) {
    const int written = whole ? count : count / 2;
    model_of(file).unsynced.push_back({at, std::string(static_cast<const char*>(bytes), static_cast<std::size_t>(written))});
    if (const int code = real_methods(file).xWrite(file, bytes, written, at); code != SQLITE_OK) return code;
  }
  return whole ? SQLITE_OK : SQLITE_IOERR_WRITE;
}

int truncate(sqlite3_file* file, sqlite3_int64 size) {
  if (!can_change()) return SQLITE_IOERR_TRUNCATE;
  model_of(file).unsynced.push_back({0, {}, size});
  return real_methods(file).xTruncate(file, size);
}

int sync(sqlite3_file* file, int) {
  if (!can_change()) return SQLITE_IOERR_FSYNC;
  auto& m = model_of(file);
  for (const auto& c : m.unsynced) apply(m.synced, c);
  m.unsynced.clear();
  m.is_there = true;
  if (std::exchange(disk.open.at(file).syncs_folder, false))
    for (auto& [path, one] : disk.files) one.removed.reset();
  return SQLITE_OK;
}

int read(sqlite3_file* file, void* into, int count, sqlite3_int64 at) {
  return disk.off ? SQLITE_IOERR_READ : real_methods(file).xRead(file, into, count, at);
}

int close(sqlite3_file* file) {
  disk.open.erase(file);
  return real_methods(file).xClose(file);
}

const sqlite3_io_methods* replaced(const sqlite3_io_methods* real) {
  static std::map<const sqlite3_io_methods*, std::unique_ptr<cut_methods>> made;
  auto& methods = made[real];
  if (!methods) {
    methods = std::make_unique<cut_methods>();
    static_cast<sqlite3_io_methods&>(*methods) = *real;
    methods->xWrite = write;
    methods->xTruncate = truncate;
    methods->xSync = sync;
    methods->xRead = read;
    methods->xClose = close;
    methods->real = real;
  }
  return methods.get();
}

// -- the methods of the disk ------------

std::string content_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

int open(sqlite3_vfs*, sqlite3_filename name, sqlite3_file* file, int flags, int* out_flags) {
  if (disk.off) return SQLITE_CANTOPEN;
  const std::string path = name == nullptr ? "" : name;
  const bool was_there = !path.empty() && std::filesystem::exists(path);
  const int code = real_disk->xOpen(real_disk, name, file, flags, out_flags);
  if (code != SQLITE_OK || file->pMethods == nullptr || path.empty()) return code; // a temporary file has no name
  auto& m = disk.files[path];
  if (!was_there) m = {{}, false, {}, std::move(m.removed)};
  else if (!m.is_there && m.unsynced.empty()) m = {content_of(path), true, {}, {}}; // never seen before
  const bool is_log = (flags & (SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL)) != 0;
  disk.open[file] = {path, is_log && (flags & SQLITE_OPEN_CREATE) != 0};
  file->pMethods = replaced(file->pMethods);
  return SQLITE_OK;
}

int remove(sqlite3_vfs*, const char* name, int sync_folder) {
  if (!can_change()) return SQLITE_IOERR_DELETE;
  const int code = real_disk->xDelete(real_disk, name, sync_folder);
  const auto found = disk.files.find(name);
  if (code != SQLITE_OK || found == disk.files.end()) return code;
  auto& m = found->second;
  model gone;
  if (sync_folder == 0) gone.removed = m.is_there ? std::move(m.synced) : std::move(m.removed);
  m = std::move(gone);
  return code;
}

// -- what survives ------------

enum class manner { nothing, all, what_came_first, some_sectors, torn_sectors };

/// Sectors that the file has gained without their having been written hold anything.
void grow(std::string& bytes, std::size_t size, std::mt19937_64& draw) {
  while (bytes.size() < size) bytes.push_back(static_cast<char>(draw()));
}

void apply_some_sectors(std::string& bytes, const change& c, bool torn, std::mt19937_64& draw) {
  const auto at = static_cast<std::size_t>(c.at);
  for (std::size_t from = 0; from < c.bytes.size();) {
    const std::size_t all = std::min(sector_bytes - (at + from) % sector_bytes, c.bytes.size() - from);
    const std::size_t kept = draw() % 2 == 0 ? 0 : torn && draw() % 4 == 0 ? draw() % all : all;
    if (kept > 0) {
      grow(bytes, at + from, draw);
      apply(bytes, {c.at + static_cast<std::int64_t>(from), c.bytes.substr(from, kept)});
    }
    from += all;
  }
}

std::string surviving(const model& m, manner how, std::mt19937_64& draw) {
  std::string bytes = m.synced;
  if (how == manner::nothing) return bytes;
  const auto first = how == manner::what_came_first ? draw() % (m.unsynced.size() + 1) : m.unsynced.size();
  for (std::size_t i = 0; i < first; ++i) {
    const auto& c = m.unsynced[i];
    const bool sectors = how == manner::some_sectors || how == manner::torn_sectors;
    if (!sectors || (c.size >= 0 && draw() % 2 == 0)) apply(bytes, c);
    else if (c.size < 0) apply_some_sectors(bytes, c, how == manner::torn_sectors, draw);
  }
  return bytes;
}

} // namespace

power_cut_disk::power_cut_disk() {
  if (real_disk == nullptr) {
    real_disk = sqlite3_vfs_find(nullptr);
    cut_disk = *real_disk;
    cut_disk.zName = "power_cut_disk";
    cut_disk.xOpen = open;
    cut_disk.xDelete = remove;
  }
  disk = {};
  sqlite3_vfs_register(&cut_disk, 1);
}

power_cut_disk::~power_cut_disk() {
  sqlite3_vfs_unregister(&cut_disk);
  sqlite3_vfs_register(real_disk, 1);
}

std::int64_t power_cut_disk::changes() const { return disk.changes; }
void power_cut_disk::cut_after(std::int64_t changes) { disk.cut_at = disk.changes + changes; }
void power_cut_disk::fail_once_after(std::int64_t changes) { disk.fail_at = disk.changes + changes; }
void power_cut_disk::calm_down() { disk.cut_at = disk.fail_at = never; }
bool power_cut_disk::is_off() const { return disk.off; }

void power_cut_disk::power_on(std::mt19937_64& draw) {
  const auto how = static_cast<manner>(draw() % 5);
  for (auto& [path, m] : disk.files) {
    std::filesystem::remove(path);
    const bool is_new = !m.is_there && how != manner::nothing && !m.unsynced.empty() && draw() % 2 == 0;
    if (m.is_there || is_new) std::ofstream(path, std::ios::binary) << surviving(m, how, draw);
    else if (m.removed && draw() % 2 == 0) std::ofstream(path, std::ios::binary) << *m.removed;
  }
  disk = {};
}
