// share_test.cpp: equal shares, few moves, and an end to moving whatever the order in which members look.
#include "actors/cluster/share.hpp"

#include <random>

#include "tests/catch.hpp"

using namespace chainring;
using namespace chainring::actors;

namespace {

/// Members that have so many shards, one after the other from shard 0 on.
std::vector<dialer::cluster_member> members_with(const std::vector<std::size_t>& shards) {
  std::vector<dialer::cluster_member> all;
  std::size_t next = 0;
  for (const auto count : shards) {
    dialer::cluster_member one{static_cast<std::int64_t>(all.size()) + 1, "n", "", "", 1'000, false, {}};
    for (std::size_t i = 0; i < count; ++i) one.shards.set(next++);
    all.push_back(one);
  }
  return all;
}

/// As the store would carry it out. Returns how many shards changed hands or were claimed.
std::size_t carry_out(std::vector<dialer::cluster_member>& all, dialer::cluster_member& self) {
  const auto plan = plan_share(all, self.epoch);
  dialer::shard_set taken;
  for (const auto& one : all) taken |= one.shards;
  std::size_t moved = plan.give;
  self.shards &= ~to_give(self.shards, {}, plan.give);
  for (std::size_t shard = 0; shard < dialer::shards_count && moved - plan.give < plan.claim; ++shard)
    if (!taken[shard]) self.shards.set(shard), ++moved;
  return moved;
}

} // namespace

TEST_CASE("one member has all, and keeps what it has when nobody wants more", "[cluster]") {
  auto one = members_with({0});
  CHECK(plan_share(one, 1).claim == 256);
  one = members_with({256});
  CHECK(plan_share(one, 1).claim == 0);
  CHECK(plan_share(one, 1).give == 0);
  auto three = members_with({86, 85, 85});
  for (const auto& m : three) {
    CHECK(plan_share(three, m.epoch).claim == 0);
    CHECK(plan_share(three, m.epoch).give == 0);
  }
}

TEST_CASE("who joins gets its share from those with most, and no more changes hands", "[cluster]") {
  auto all = members_with({128, 128, 0});
  CHECK(plan_share(all, 1).give + plan_share(all, 2).give == 85);
  CHECK(plan_share(all, 3).claim == 85);
  CHECK(plan_share(all, 7).claim == 0); // who is not there gets nothing
}

TEST_CASE("who is gone counts for nothing, and keeps its shards until it is ended", "[cluster]") {
  auto all = members_with({128, 128});
  all[1].lease_left_ms = -1;
  CHECK(plan_share(all, 1).claim == 128);
  CHECK(plan_share(all, 1).give == 0);
  CHECK(plan_share(all, 2).claim == 0);
}

TEST_CASE("who leaves takes nothing, and what it had is for the others", "[cluster]") {
  auto all = members_with({100, 100, 56});
  all[2].leaving = true;
  CHECK(plan_share(all, 3).claim == 0);
  CHECK(plan_share(all, 3).give == 0); // what is in a call stays; the rest it has given up by itself
  CHECK(plan_share(all, 1).claim == 28);
  all[0].leaving = all[1].leaving = true;
  CHECK(plan_share(all, 1).claim == 0);
}

TEST_CASE("shards without calls are given up first, others only if there are none without", "[cluster]") {
  const auto mine = members_with({100})[0].shards;
  dialer::shard_set in_calls;
  for (std::size_t shard = 10; shard < 100; ++shard) in_calls.set(shard);
  const auto idle = to_give(mine, in_calls, 30);
  CHECK(idle.count() == 10);
  CHECK((idle & in_calls).none());
  CHECK(to_give(mine, in_calls, 4).count() == 4);
  CHECK(to_give(mine & in_calls, in_calls, 30).count() == 30);
  CHECK(to_give({}, in_calls, 30).none());
}

TEST_CASE("of neighbours every member has some", "[cluster]") {
  const auto all = members_with({256})[0].shards;
  const auto second = to_give(all, {}, 128), third = to_give(all & ~second, {}, 43) | to_give(second, {}, 42);
  for (std::size_t from = 0; from < dialer::shards_count; from += 8) {
    dialer::shard_set neighbours;
    for (std::size_t shard = from; shard < from + 8; ++shard) neighbours.set(shard);
    CHECK((neighbours & all & ~second & ~third).any());
    CHECK((neighbours & second & ~third).any());
    CHECK((neighbours & third).any());
  }
}

TEST_CASE("members that look in any order come to equal shares with the least moves", "[cluster]") {
  std::mt19937_64 draw(3);
  for (int round = 0; round < 300; ++round) {
    const std::size_t count = 1 + draw() % 7;
    std::vector<std::size_t> shards(count);
    std::size_t left = 256 - (draw() % 3 == 0 ? draw() % 256 : 0); // the rest is free
    const auto free = 256 - left;
    for (std::size_t i = 0; i + 1 < count; ++i) left -= shards[i] = draw() % (left + 1);
    shards.back() = left;
    auto all = members_with(shards);
    std::size_t too_few = 0;
    std::sort(shards.rbegin(), shards.rend());
    for (std::size_t i = 0; i < count; ++i) {
      const auto target = 256 / count + (i < 256 % count ? 1 : 0);
      too_few += target > shards[i] ? target - shards[i] : 0;
    }
    std::size_t given = 0, looks = 0;
    for (bool moved = true; moved && looks < 100; ++looks) {
      moved = false;
      std::shuffle(all.begin(), all.end(), draw);
      for (auto& self : all) {
        given += plan_share(all, self.epoch).give;
        moved = carry_out(all, self) > 0 || moved;
      }
    }
    CHECK(looks < 20);
    CHECK(given == too_few - std::min(too_few, free));
    for (const auto& one : all) {
      CHECK(one.shards.count() >= 256 / count);
      CHECK(one.shards.count() <= 256 / count + 1);
    }
  }
}
