// full_disk.cpp: the system's VFS with xWrite counted. SQLite wants C structures; they live as long as the program.
#include "tests/dialer/store/full_disk.hpp"

#include <limits>
#include <map>
#include <memory>

#include <sqlite3.h>

namespace {

std::int64_t space_bytes = std::numeric_limits<std::int64_t>::max();
sqlite3_vfs* real_disk = nullptr;
sqlite3_vfs limited_disk{};

/// The methods of the real file with one replaced; the original ones are found through it.
struct limited_methods : sqlite3_io_methods {
  const sqlite3_io_methods* real = nullptr;
};

int limited_write(sqlite3_file* file, const void* bytes, int count, sqlite3_int64 offset) {
  if (count > space_bytes) return SQLITE_FULL;
  space_bytes -= count;
  return static_cast<const limited_methods*>(file->pMethods)->real->xWrite(file, bytes, count, offset);
}

const sqlite3_io_methods* limited(const sqlite3_io_methods* real) {
  static std::map<const sqlite3_io_methods*, std::unique_ptr<limited_methods>> made;
  auto& methods = made[real];
  if (!methods) {
    methods = std::make_unique<limited_methods>();
    static_cast<sqlite3_io_methods&>(*methods) = *real;
    methods->xWrite = limited_write;
    methods->real = real;
  }
  return methods.get();
}

int limited_open(sqlite3_vfs*, sqlite3_filename name, sqlite3_file* file, int flags, int* out_flags) {
  const int code = real_disk->xOpen(real_disk, name, file, flags, out_flags);
  if (code == SQLITE_OK && file->pMethods != nullptr) file->pMethods = limited(file->pMethods);
  return code;
}

} // namespace

full_disk::full_disk() {
  if (real_disk == nullptr) {
    real_disk = sqlite3_vfs_find(nullptr);
    limited_disk = *real_disk;
    limited_disk.zName = "full_disk";
    limited_disk.xOpen = limited_open;
  }
  sqlite3_vfs_register(&limited_disk, 1);
}

full_disk::~full_disk() {
  sqlite3_vfs_unregister(&limited_disk);
  sqlite3_vfs_register(real_disk, 1);
  set_unlimited();
}

void full_disk::set_space(std::int64_t bytes) { space_bytes = bytes; }

void full_disk::set_unlimited() { space_bytes = std::numeric_limits<std::int64_t>::max(); }
