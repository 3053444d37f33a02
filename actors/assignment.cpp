// assignment.cpp: see assignment.hpp.
#include "actors/assignment.hpp"

namespace chainring::actors {

void campaign_counters::treatment_failure(const error& why) {
  ++treatment_failures;
  std::lock_guard guard{mutex_};
  last_treatment_failure_ = why;
}

error campaign_counters::last_treatment_failure() const {
  std::lock_guard guard{mutex_};
  return last_treatment_failure_;
}

std::size_t lane_of(std::int64_t chain_id, std::size_t lanes) {
  return static_cast<std::size_t>((static_cast<std::uint64_t>(chain_id) * 0x9e3779b97f4a7c15u) >> 32) % lanes;
}

} // namespace chainring::actors
