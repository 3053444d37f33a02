// agent_shares.hpp: the agents of Progressive campaigns, which are those of all nodes together: each node dials for its part.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>

namespace chainring::actors {

/// Equal parts; those of a lower rank have one more when it does not come out even. Of no members: none.
std::int32_t part_of_agents(std::int32_t total, std::size_t rank, std::size_t members);

class agent_shares {
 public:
  using telling = std::function<void(std::uint32_t campaign, std::int32_t agents)>; // the dialer

  /// By number of the campaign: what its configuration says. Before the node starts.
  void begin(std::uint32_t campaign, std::int32_t total) { totals_[campaign] = total; }
  void tell(telling dialer);
  /// False: the campaign does not dial against agents.
  bool order(std::uint32_t campaign, std::int32_t total);
  bool has(std::uint32_t campaign) const;
  /// This node is that one of so many members.
  void share(std::size_t rank, std::size_t members);

 private:
  mutable std::mutex mutex_;
  telling dialer_;
  std::map<std::uint32_t, std::int32_t> totals_;
  std::size_t rank_ = 0, members_ = 0; // 0: it has no part so far
};

} // namespace chainring::actors
