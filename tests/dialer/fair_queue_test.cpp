// The queue in front of the trunks: turns of the campaigns, order inside one, the bound, and virtual time's order.
#include "dialer/fair_queue.hpp"

#include <algorithm>
#include <random>
#include <vector>

#include "tests/catch.hpp"

using chainring::dialer::fair_queue;
using chainring::dialer::waiting_call;

namespace {

std::vector<std::uint64_t> drained(fair_queue& queue) {
  std::vector<std::uint64_t> tickets;
  while (auto call = queue.pop()) tickets.push_back(call->ticket);
  return tickets;
}

using tickets = std::vector<std::uint64_t>;

} // namespace

TEST_CASE("Campaigns take turns, however many calls one has waiting") {
  fair_queue queue(100);
  for (std::uint64_t i = 0; i < 5; ++i) REQUIRE(queue.push({1, 10, 1, i}));
  REQUIRE(queue.push({2, 20, 1, 100}));
  REQUIRE(queue.push({2, 20, 1, 101}));
  REQUIRE(queue.push({7, 20, 1, 200}));
  CHECK(drained(queue) == tickets{0, 100, 200, 1, 101, 2, 3, 4});
  CHECK(queue.empty());
}

TEST_CASE("The turn goes on where it was, also when campaigns come and go") {
  fair_queue queue(100);
  REQUIRE(queue.push({1, 1, 1, 10}));
  REQUIRE(queue.push({2, 1, 1, 20}));
  REQUIRE(queue.push({3, 1, 1, 30}));
  CHECK(queue.pop()->ticket == 10);
  const auto is_of_2 = [](const waiting_call& call) { return call.campaign == 2; };
  CHECK(queue.drop_if(is_of_2) == 1);
  CHECK(queue.drop_if(is_of_2) == 0);
  REQUIRE(queue.push({1, 1, 1, 11}));
  CHECK(drained(queue) == tickets{30, 11});
}

TEST_CASE("A campaign that may not have a call is passed over, and the others take their turns") {
  fair_queue queue(100);
  for (std::uint64_t i = 0; i < 3; ++i)
    for (const std::int32_t campaign : {1, 2, 3})
      REQUIRE(queue.push({campaign, 1, 1, static_cast<std::uint64_t>(campaign) * 10 + i}));
  const auto but_2 = [](std::int32_t campaign) { return campaign != 2; };
  CHECK(queue.pop(but_2)->ticket == 10);
  CHECK(queue.pop(but_2)->ticket == 30);
  CHECK(queue.pop(but_2)->ticket == 11);
  CHECK(queue.pop()->ticket == 20); // its turn, now that it may
  CHECK_FALSE(queue.pop([](std::int32_t) { return false; }));
  CHECK(queue.size() == 5);
  CHECK(queue.has(2));
  CHECK(drained(queue) == tickets{31, 12, 21, 32, 22});
  CHECK_FALSE(queue.has(2));
}

TEST_CASE("Inside a campaign calls are served as they came") {
  fair_queue queue(100);
  for (std::uint64_t i = 0; i < 10; ++i) REQUIRE(queue.push({1, 100 - static_cast<std::int64_t>(i), 1, i}));
  CHECK(drained(queue) == tickets{0, 1, 2, 3, 4, 5, 6, 7, 8, 9});
}

TEST_CASE("A full queue refuses and stays as it was") {
  fair_queue queue(2);
  REQUIRE(queue.push({1, 1, 1, 1}));
  REQUIRE(queue.push({2, 1, 1, 2}));
  CHECK_FALSE(queue.push({3, 1, 1, 3}));
  CHECK(queue.size() == 2);
  CHECK(drained(queue) == tickets{1, 2});
  CHECK(queue.push({3, 1, 1, 3}));
}

TEST_CASE("In virtual time the order of arrival has no say") {
  std::vector<waiting_call> calls;
  std::uint64_t ticket = 0;
  for (std::int32_t campaign : {4, 1, 9})
    for (std::int64_t chain = 0; chain < 20; ++chain)
      for (std::int32_t n : {1, 2}) calls.push_back({campaign, chain, n, ticket++});
  std::vector<std::uint64_t> first;
  std::mt19937 random(7);
  for (int round = 0; round < 20; ++round) {
    std::shuffle(calls.begin(), calls.end(), random);
    fair_queue queue(1'000);
    for (const auto& call : calls) REQUIRE(queue.push(call));
    queue.order_arrivals();
    const auto order = drained(queue);
    if (round == 0) first = order;
    REQUIRE(order == first);
  }
  // Campaign 1, 4, 9 by turns; chains and chain_n ascending in each.
  CHECK(tickets(first.begin(), first.begin() + 6) == tickets{40, 0, 80, 41, 1, 81});
}

TEST_CASE("Arrivals of a later instant stand behind those of an earlier one") {
  fair_queue queue(100);
  REQUIRE(queue.push({1, 50, 1, 50}));
  REQUIRE(queue.push({1, 40, 1, 40}));
  queue.order_arrivals();
  REQUIRE(queue.push({1, 30, 1, 30}));
  REQUIRE(queue.push({1, 10, 1, 10}));
  queue.order_arrivals();
  CHECK(queue.pop()->ticket == 40);
  REQUIRE(queue.push({1, 20, 1, 20}));
  REQUIRE(queue.push({1, 5, 1, 5}));
  queue.order_arrivals();
  CHECK(drained(queue) == tickets{50, 10, 30, 5, 20});
}
