// full_disk.hpp: a disk of limited size for SQLite: an object of this class makes files opened while it lives see it.
#pragma once

#include <cstdint>

class full_disk {
 public:
  full_disk();
  full_disk(const full_disk&) = delete;
  full_disk& operator=(const full_disk&) = delete;
  /// Files opened through it must be closed by now.
  ~full_disk();

  /// From now on so many bytes can be written until SQLITE_FULL.
  void set_space(std::int64_t bytes);
  void set_unlimited();
};
