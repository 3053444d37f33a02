// agent_shares.cpp: see agent_shares.hpp.
#include "actors/cluster/agent_shares.hpp"

#include <utility>

namespace chainring::actors {

std::int32_t part_of_agents(std::int32_t total, std::size_t rank, std::size_t members) {
  if (rank >= members) return 0;
  const auto n = static_cast<std::size_t>(total);
  return static_cast<std::int32_t>(n / members + (rank < n % members ? 1 : 0));
}

void agent_shares::tell(telling dialer) {
  std::lock_guard guard{mutex_};
  dialer_ = std::move(dialer);
}

bool agent_shares::order(std::uint32_t campaign, std::int32_t total) {
  std::lock_guard guard{mutex_};
  const auto found = totals_.find(campaign);
  if (found == totals_.end()) return false;
  found->second = total;
  if (dialer_) dialer_(campaign, part_of_agents(total, rank_, members_));
  return true;
}

bool agent_shares::has(std::uint32_t campaign) const {
  std::lock_guard guard{mutex_};
  return totals_.contains(campaign);
}

void agent_shares::share(std::size_t rank, std::size_t members) {
  std::lock_guard guard{mutex_};
  if (rank == rank_ && members == members_) return;
  rank_ = rank;
  members_ = members;
  if (!dialer_) return;
  for (const auto& [campaign, total] : totals_) dialer_(campaign, part_of_agents(total, rank_, members_));
}

} // namespace chainring::actors
