// campaign_shards.cpp: shards of its lists that come to this node and leave it, while the campaign goes on with the others.
#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include "actors/campaign.hpp"

namespace chainring::actors {

/// Their chains stand behind and before those that were looked at.
void campaign::look_from_the_first(work_list& w) {
  ++w.looks;
  w.last_chain_id = INT64_MIN;
  w.told = w.restored = w.exhausted = false;
  w.passive_due_ms = INT64_MIN; // the keeper knows
  terms_.counters->all_admitted = terms_.counters->done = false;
}

void campaign::take_on(const shards_gained& g) {
  for (const auto& one : g.passive)
    if (auto* w = find_list(one.list)) count_passive(*w, one.shard, static_cast<std::int32_t>(one.chains));
  if (!is_loaded()) return; // a load looks for all
  documents_ = nullptr; // those that other nodes have kept
  for (auto& w : lists_) {
    w.untold |= g.shards;
    look_from_the_first(w);
  }
  admit_all();
}

caf::result<chains_are_away> campaign::put_away(const put_shards_away& p) {
  auto promise = make_response_promise<chains_are_away>();
  shards_leaving_.emplace_back(p.shards, promise);
  const auto token = terms_.clock->begin_work();
  for (auto& w : lists_) {
    w.untold &= ~p.shards;
    for (const auto& lane : terms_.lanes) send(lane, actors::put_chains_away{w.job, 0, token, p.shards});
  }
  see_whether_shards_are_away();
  return promise;
}

void campaign::see_whether_shards_are_away() {
  std::erase_if(shards_leaving_, [&](auto& leaving) {
    for (const auto& w : lists_)
      for (std::size_t shard = 0; shard < dialer::shards_count; ++shard)
        if (leaving.first[shard] && w.live[shard] > 0) return false;
    for (auto& w : lists_)
      for (std::size_t shard = 0; shard < dialer::shards_count; ++shard)
        if (leaving.first[shard]) count_passive(w, shard, -w.passive[shard]);
    leaving.second.deliver(chains_are_away{});
    return true;
  });
}

campaign::work_list* campaign::find_list(dialer::list_id list) {
  for (auto& w : lists_)
    if (w.job->list == list) return &w;
  return nullptr;
}

} // namespace chainring::actors
