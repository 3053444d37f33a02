// live_explanation.hpp: what a running node says of a record: rows from the keeper, what its chain waits for from the lane, where
// its call is from the dialer. In a cluster the node that has the chain is asked.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
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
  /// Of a member: which node has the chains of that shard. Null: this one has all. Any thread.
  std::function<chain_whereabouts(std::size_t shard)> whereabouts;
  /// Of a member that talks to others: what that one says of a record of one list, heard on any thread. Null: it says nothing.
  using heard = std::function<void(result<std::string>)>;
  std::function<void(std::int64_t epoch, const record_wanted& what, heard answer)> ask_other;
};

/// Answers later, on another thread: the text; nothing, there is no such record; or why the store cannot be read.
using explanation_answer = std::function<void(result<std::optional<std::string>>)>;
/// What this node alone knows; what another one has is left to that.
void explain_live(const live_explanation_terms& terms, const record_wanted& wanted, explanation_answer answer);
/// The same, but other nodes are asked about the chains that they have.
void explain_everywhere(const live_explanation_terms& terms, const record_wanted& wanted, explanation_answer answer);

} // namespace chainring::actors
