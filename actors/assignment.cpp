// assignment.cpp: see assignment.hpp.
#include "actors/assignment.hpp"

#include "dialer/pre_dial_validation.hpp"

namespace chainring::actors {

std::string_view name_of(campaign_state s) {
  switch (s) {
  case campaign_state::not_loaded: return "not loaded";
  case campaign_state::loaded: return "loaded";
  case campaign_state::running: return "running";
  case campaign_state::unloading: return "unloading";
  }
  return "";
}

void campaign_counters::treatment_failure(const error& why) {
  ++treatment_failures;
  std::lock_guard guard{mutex_};
  last_treatment_failure_ = why;
}

error campaign_counters::last_treatment_failure() const {
  std::lock_guard guard{mutex_};
  return last_treatment_failure_;
}

bool assignment::wants_validation(const std::vector<std::pair<std::string, std::string>>& options) const {
  if (validation.uri.empty()) return false;
  for (const auto& [key, text] : options)
    if (key == dialer::pre_dial_validation_option)
      if (const auto given = dialer::switch_from_text(text)) return *given;
  return validation.all;
}

dialer::medium assignment::medium_of(const std::string& trunk) const {
  const auto found = message_trunks.find(trunk);
  return found == message_trunks.end() ? dialer::medium::voice : found->second;
}

std::size_t lane_of(std::int64_t chain_id, std::size_t lanes) {
  return static_cast<std::size_t>((static_cast<std::uint64_t>(chain_id) * 0x9e3779b97f4a7c15u) >> 32) % lanes;
}

} // namespace chainring::actors
