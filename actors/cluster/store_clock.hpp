// store_clock.hpp: what a member sees of the store's clock, by which leases are over, and which somebody may set.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>

#include "actors/cluster/lease.hpp"

namespace chainring::actors {

class store_clock {
 public:
  using time_point = lease::clock::time_point;

  /// The store has said that it is `store_ms` (since 1970), in answer to a question of `asked`, heard at `now`. Returns by how
  /// much it has been set forward since it was asked before, at least; 0: it may be that nobody has touched it.
  std::chrono::milliseconds hear(std::int64_t store_ms, time_point asked, time_point now) {
    std::chrono::milliseconds forward{0};
    if (last_) {
      const auto passed_most = std::chrono::ceil<std::chrono::milliseconds>(now - last_->asked);
      forward = std::max(forward, std::chrono::milliseconds(store_ms - last_->store_ms) - passed_most);
    }
    last_ = {store_ms, asked};
    return forward;
  }

 private:
  struct answer {
    std::int64_t store_ms = 0;
    time_point asked;
  };
  std::optional<answer> last_;
};

} // namespace chainring::actors
