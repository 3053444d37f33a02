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

} // namespace chainring::actors
