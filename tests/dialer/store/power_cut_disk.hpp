// power_cut_disk.hpp: a disk for SQLite that loses power: files opened while an object of this class lives are on it, and it
// knows of each write whether it was synced.
#pragma once

#include <cstdint>
#include <random>

class power_cut_disk {
 public:
  power_cut_disk();
  power_cut_disk(const power_cut_disk&) = delete;
  power_cut_disk& operator=(const power_cut_disk&) = delete;
  /// Files opened through it must be closed by now.
  ~power_cut_disk();

  /// Changes of files asked for so far: writes, truncations, syncs, removals.
  std::int64_t changes() const;
  /// The power goes with the change after so many: half of it may be done, and nothing works any more.
  void cut_after(std::int64_t changes);
  /// The change after so many fails, with half of it done; then the disk works again.
  void fail_once_after(std::int64_t changes);
  /// Neither is to come any more.
  void calm_down();
  bool is_off() const;

  /// Files must be closed by now. They are what was synced, and of what was not whatever the draw says: nothing, all, what came
  /// first, some sectors, torn ones.
  void power_on(std::mt19937_64& draw);
};
