// agent_shares_test.cpp: parts make the whole, and the dialer hears of each change once.
#include "actors/cluster/agent_shares.hpp"

#include <vector>

#include "tests/catch.hpp"

using namespace chainring::actors;

TEST_CASE("The parts of all members are all agents", "[agents]") {
  for (const std::int32_t total : {0, 1, 7, 100'000})
    for (std::size_t members = 1; members < 9; ++members) {
      std::int32_t sum = 0;
      for (std::size_t rank = 0; rank < members; ++rank) {
        const auto part = part_of_agents(total, rank, members);
        CHECK(part - part_of_agents(total, members - 1, members) <= 1);
        sum += part;
      }
      CHECK(sum == total);
      CHECK(part_of_agents(total, members, members) == 0);
    }
}

TEST_CASE("A node dials for no agents until it has its part, and hears of what changes", "[agents]") {
  agent_shares shares;
  std::vector<std::pair<std::uint32_t, std::int32_t>> heard;
  shares.begin(3, 10);
  shares.tell([&](std::uint32_t campaign, std::int32_t agents) { heard.emplace_back(campaign, agents); });
  CHECK(shares.has(3));
  CHECK_FALSE(shares.order(0, 5)); // it does not dial against agents
  CHECK(shares.order(3, 7));
  shares.share(1, 2);
  shares.share(1, 2);
  shares.share(0, 1);
  CHECK(shares.order(3, 4));
  CHECK(heard == std::vector<std::pair<std::uint32_t, std::int32_t>>{{3, 0}, {3, 3}, {3, 7}, {3, 4}});
}
