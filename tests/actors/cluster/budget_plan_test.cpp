// budget_plan_test.cpp: fair parts of a budget, floors, turns where there is too little for all, and an end to moving.
#include "actors/cluster/budget_plan.hpp"

#include <numeric>
#include <random>

#include "actors/limits.hpp"
#include "tests/catch.hpp"

using namespace chainring::actors;

namespace {

using standing = budget_part::standing;

struct part {
  std::int32_t has, wanted;
  standing at = standing::lives;
};

std::vector<budget_part> parts(const std::vector<part>& of) {
  std::vector<budget_part> all;
  for (const auto& one : of) all.push_back({static_cast<std::int64_t>(all.size()) + 1, one.has, one.wanted, one.at});
  return all;
}

using figures = std::vector<std::int32_t>;

std::int64_t sum_of(const std::vector<budget_part>& all) {
  return std::accumulate(all.begin(), all.end(), std::int64_t{0}, [](auto sum, const auto& p) { return sum + p.has; });
}

/// As the store would carry it out. Returns whether anything has moved.
bool carry_out(std::vector<budget_part>& all, budget_part& self, std::int32_t budget, std::int64_t turn) {
  const auto move = plan_budget_part(all, budget, self.epoch, turn);
  REQUIRE((move.claim == 0 || move.give == 0));
  REQUIRE(move.claim >= 0);
  REQUIRE(move.give >= 0);
  REQUIRE(move.give <= self.has);
  if (move.claim > 0) REQUIRE(sum_of(all) + move.claim <= budget);
  self.has += move.claim - move.give;
  return move != budget_move{};
}

/// Until nothing moves. Returns how often all have looked.
int settle(std::vector<budget_part>& all, std::int32_t budget, std::int64_t turn, std::mt19937_64& draw) {
  std::vector<std::size_t> order(all.size());
  std::iota(order.begin(), order.end(), 0);
  for (int looks = 1;; ++looks) {
    bool moved = false;
    std::shuffle(order.begin(), order.end(), draw);
    for (const auto n : order) moved = carry_out(all, all[n], budget, turn) || moved;
    if (!moved || looks == 100) return looks;
  }
}

} // namespace

TEST_CASE("one member has all of a trunk, those who want share evenly, and quiet ones keep a floor", "[cluster]") {
  CHECK(fair_parts(parts({{0, 0}}), 300, 0) == figures{300});
  CHECK(plan_budget_part(parts({{0, 0}}), 300, 1, 0) == budget_move{300, 0});
  CHECK(fair_parts(parts({{0, 900}, {0, 900}, {0, 900}}), 300, 0) == figures{100, 100, 100});
  CHECK(fair_parts(parts({{0, 900}, {0, 900}, {0, 0}}), 300, 0) == figures{138, 137, 25});
  CHECK(fair_parts(parts({{0, 900}, {0, 60}, {0, 0}}), 300, 0) == figures{215, 60, 25});
  CHECK(fair_parts(parts({{0, 40}, {0, 0}}), 300, 0) == figures{152, 148}); // what nobody wants is there for both
  CHECK(fair_parts(parts({}), 300, 0).empty());
}

TEST_CASE("nothing is given for what nobody wants, and a floor at once", "[cluster]") {
  CHECK(plan_budget_part(parts({{250, 10}, {50, 40}}), 300, 1, 0) == budget_move{});
  CHECK(plan_budget_part(parts({{150, 900}, {150, 900}}), 300, 1, 0) == budget_move{});
  CHECK(plan_budget_part(parts({{154, 900}, {146, 900}}), 300, 1, 0) == budget_move{}); // too little to move for
  CHECK(plan_budget_part(parts({{300, 900}, {0, 0}}), 300, 1, 0) == budget_move{0, 37});
  CHECK(plan_budget_part(parts({{300, 900}, {0, 900}}), 300, 1, 0) == budget_move{0, 150});
}

TEST_CASE("the part of one who is gone is held, and one who leaves keeps what it uses", "[cluster]") {
  CHECK(plan_budget_part(parts({{100, 900}, {100, 900}, {100, 900, standing::is_gone}}), 300, 1, 0) == budget_move{});
  CHECK(plan_budget_part(parts({{100, 900}, {100, 900}, {40, 900, standing::is_gone}}), 300, 1, 0) == budget_move{50, 0});
  CHECK(fair_parts(parts({{150, 900}, {150, 20, standing::leaves}}), 300, 0) == figures{280, 20});
  CHECK(plan_budget_part(parts({{150, 900}, {150, 20, standing::leaves}}), 300, 2, 0) == budget_move{0, 130});
}

TEST_CASE("a node with a smaller budget joins: what is over is given back", "[cluster]") {
  auto all = parts({{150, 900}, {150, 900}, {0, 900}});
  std::mt19937_64 draw(1);
  settle(all, 90, 0, draw);
  CHECK(sum_of(all) == 90);
  for (const auto& one : all) CHECK(one.has == 30);
}

TEST_CASE("fewer channels than members go by turns to those who want one", "[cluster]") {
  std::mt19937_64 draw(2);
  auto all = parts({{0, 900}, {0, 0}, {0, 900}, {0, 900}});
  figures had(all.size());
  for (std::int64_t turn = 0; turn < 40; ++turn) {
    settle(all, 2, turn, draw);
    CHECK(sum_of(all) == 2);
    for (std::size_t n = 0; n < all.size(); ++n) had[n] += all[n].has;
  }
  CHECK(had[1] <= 4); // what it had is not given before others want it
  for (const auto n : {0, 2, 3}) CHECK(had[static_cast<std::size_t>(n)] >= 15);
}

TEST_CASE("members that look in any order never have more than the budget, and come to fair parts", "[cluster]") {
  std::mt19937_64 draw(4);
  for (int round = 0; round < 400; ++round) {
    const std::int32_t budget = draw() % 4 == 0 ? 1 + static_cast<std::int32_t>(draw() % 8)
                                                : 1 + static_cast<std::int32_t>(draw() % 2'000);
    std::vector<budget_part> all;
    for (std::int64_t epoch = 1, count = 1 + static_cast<std::int64_t>(draw() % 6); epoch <= count; ++epoch)
      all.push_back({epoch, 0, 0, draw() % 8 == 0 ? standing::leaves : standing::lives});
    for (int change = 0; change < 6; ++change) {
      for (auto& one : all) one.wanted = draw() % 3 == 0 ? 0 : static_cast<std::int32_t>(draw() % 1'000);
      if (draw() % 4 == 0) all[draw() % all.size()].at = standing::is_gone;
      const auto turn = static_cast<std::int64_t>(draw() % 100);
      REQUIRE(settle(all, budget, turn, draw) < 20);
      REQUIRE(sum_of(all) <= budget);
      const auto held = std::accumulate(all.begin(), all.end(), 0, [](int sum, const auto& p) {
        return p.at == standing::is_gone ? sum + p.has : sum;
      });
      const auto fair = fair_parts(all, budget, turn);
      const auto slack = std::max(1, budget / limits::share_slack_part);
      for (std::size_t n = 0; n < all.size(); ++n) // who lacks, lacks a little, or what is held
        if (all[n].at == standing::lives) CHECK(std::min(fair[n], all[n].wanted) - all[n].has < slack + held);
    }
  }
}
