// assignment.cpp: see assignment.hpp.
#include "actors/assignment.hpp"

#include <spdlog/spdlog.h>

#include "dialer/flex_attributes.hpp"
#include "dialer/pre_dial_validation.hpp"
#include "dialer/switchboard.hpp"

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

std::shared_ptr<const dialer::validation_wanted> assignment::validation_of(const dialer::record& row, std::uint64_t handle,
                                                                           const dialer::text_pairs& options) const {
  bool wanted = validation.all;
  for (const auto& [key, text] : options)
    if (key == dialer::pre_dial_validation_option) wanted = dialer::switch_value(text).value_or(wanted);
  if (!wanted) return nullptr;
  if (validation.uri.empty()) {
    if (!counters->lacks_validation.exchange(true))
      spdlog::warn("list {} chain {}: its treatment asks for pre-dial validation, but campaign {} has no validation-uri: its "
                   "records are dialed unasked",
                   form.name, row.chain_id, campaign_name);
    return nullptr;
  }
  return std::make_shared<dialer::validation_wanted>(dialer::validation_wanted{
      validation.uri, dialer::validation_question(row, form, handle, campaign_name), &form, handle, validation.otherwise});
}

dialer::medium assignment::medium_of(const std::string& trunk) const {
  const auto found = message_trunks.find(trunk);
  return found == message_trunks.end() ? dialer::medium::voice : found->second;
}

std::size_t lane_of(std::int64_t chain_id, std::size_t lanes) {
  return static_cast<std::size_t>((static_cast<std::uint64_t>(chain_id) * 0x9e3779b97f4a7c15u) >> 32) % lanes;
}

} // namespace chainring::actors
