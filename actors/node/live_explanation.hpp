// live_explanation.hpp: what a running node says of a record: rows from the keeper, what its chain waits for from the lane, where
// its call is from the dialer.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <vector>

#include <caf/actor.hpp>

#include "actors/assignment.hpp"
#include "actors/clock.hpp"
#include "actors/lane.hpp"
#include "actors/node/explanation.hpp"

namespace chainring::actors {

/// What there is to ask. Everything outlives the question.
struct live_explanation_terms {
  caf::actor keeper, dialer;
  std::vector<lane*> lanes;
  const dialer::time_zones* zones = nullptr;
  const dialer::do_not_call_list* no_calls = nullptr; // read on the dialer's thread alone
  clock* time = nullptr;
  std::string customer_column;
  std::map<std::string, std::int64_t> redial_gaps_ms; // configuration::redial_gaps_ms()
  /// Of that list; null: no campaign dials it. Any thread.
  std::function<const assignment*(dialer::list_id list, std::optional<campaign_facts>& campaign)> job_of;
};

/// Answers later, on another thread: the text, or that there is no such record.
void explain_live(const live_explanation_terms& terms, std::int64_t record_id, std::function<void(result<std::string>)> answer);

} // namespace chainring::actors
