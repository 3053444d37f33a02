// renewals.cpp: see renewals.hpp.
#include "actors/cluster/renewals.hpp"

#include <algorithm>
#include <chrono>

#include "actors/limits.hpp"

namespace chainring::actors {

renewals::gap renewals::renewed(std::int64_t store_ms, time_point asked, time_point now) {
  gap found;
  if (store_ms_ != 0) {
    using std::chrono::milliseconds;
    const auto by_store_ms = store_ms - store_ms_;
    const auto silent_ms = std::max<std::int64_t>(by_store_ms, std::chrono::duration_cast<milliseconds>(now - heard_).count());
    if (silent_ms > silence_ms_max()) {
      found.silent_ms = silent_ms;
      spares_from_ms_ = store_ms_ + own_left_ms();
      spares_until_ = now + milliseconds(lease_ms_);
    }
    const auto forward_ms = by_store_ms - std::chrono::ceil<milliseconds>(now - asked_).count();
    if (forward_ms > lease_ms_ / limits::lease_margin_part) found.set_forward_ms = forward_ms;
  }
  store_ms_ = store_ms;
  asked_ = asked;
  heard_ = now;
  return found;
}

} // namespace chainring::actors
