// share.hpp: which shards a member should have, given who is there: equal numbers, and as few as possible change hands.
#pragma once

#include <cstdint>
#include <vector>

#include "dialer/store/shared_store.hpp"

namespace chainring::actors {

struct share_plan {
  std::size_t claim = 0; // that many of those that are nobody's
  std::size_t give = 0;  // that many of its own, to others that have too few
};

/// For the member of that epoch. Members whose lease is over count for nothing, but keep what they have until they are ended.
share_plan plan_share(const std::vector<dialer::cluster_member>& members, std::int64_t epoch);

/// Which shards a member gives up: those without calls, which are for others at once; if all have some, any, whose calls it waits
/// for. At most so many.
dialer::shard_set to_give(const dialer::shard_set& mine, const dialer::shard_set& in_calls, std::size_t most);

} // namespace chainring::actors
