// share.cpp: see share.hpp.
#include "actors/cluster/share.hpp"

#include <algorithm>

namespace chainring::actors {

share_plan plan_share(const std::vector<dialer::cluster_member>& members, std::int64_t epoch) {
  // Who has most keeps the odd one out, so that a tie moves nothing; among equals the elder.
  std::vector<const dialer::cluster_member*> live;
  for (const auto& one : members)
    if (one.lease_left_ms > 0 && !one.leaving) live.push_back(&one);
  std::stable_sort(live.begin(), live.end(), [](const auto* a, const auto* b) {
    return a->shards.count() != b->shards.count() ? a->shards.count() > b->shards.count() : a->epoch < b->epoch;
  });
  share_plan plan;
  std::size_t wanted = 0; // by others that have too few
  std::size_t given = 0;  // by those before this one
  const dialer::cluster_member* self = nullptr;
  std::size_t own_target = 0;
  std::size_t taken = 0;
  for (const auto& one : members) taken += one.shards.count();
  for (std::size_t place = 0; place < live.size(); ++place) {
    const auto target = dialer::shards_count / live.size() + (place < dialer::shards_count % live.size() ? 1 : 0);
    const auto has = live[place]->shards.count();
    if (live[place]->epoch == epoch) {
      self = live[place];
      own_target = target;
    } else if (has < target) {
      wanted += target - has;
    } else if (!self) {
      given += has - target;
    }
  }
  if (!self) return plan;
  const auto has = self->shards.count();
  if (has < own_target) {
    plan.claim = own_target - has;
    return plan;
  }
  // What is free goes first, then what members with more than this one give.
  const auto free = dialer::shards_count - std::min(taken, dialer::shards_count);
  plan.give = std::min(has - own_target, wanted > free + given ? wanted - free - given : 0);
  return plan;
}

namespace {

/// Neighbours lie far apart in it: of few chains, whose ids follow one another, every member has its part. The inverse of 159,
/// which is about the golden section of all; postgres/membership.cpp takes what is free in the order of shard * 159 % 256.
constexpr std::size_t step = 95;
static_assert(step * 159 % dialer::shards_count == 1);

} // namespace

dialer::shard_set to_give(const dialer::shard_set& mine, const dialer::shard_set& in_calls, std::size_t most) {
  const auto idle = mine & ~in_calls;
  const auto& from = idle.any() ? idle : mine;
  dialer::shard_set chosen;
  for (std::size_t place = dialer::shards_count; place-- > 0 && chosen.count() < most;)
    if (const auto shard = place * step % dialer::shards_count; from[shard]) chosen.set(shard);
  return chosen;
}

} // namespace chainring::actors
