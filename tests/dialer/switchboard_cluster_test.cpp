// switchboard_cluster_test.cpp: a switchboard of one node among several: calls leave under a lease, and go with their shards.
#include "dialer/limits.hpp"
#include "tests/catch.hpp"
#include "tests/dialer/switchboard_bench.hpp"

using namespace chainring::dialer;
using namespace chainring::dialer::told;

TEST_CASE("nothing is granted and no call leaves while it may not, and all goes on when it may", "[cluster]") {
  bench b(1);
  bool may = true;
  b.board.leave_only_if([&] { return may; });
  b.ask({b.request(1), b.request(2)}, noon_ms);
  auto granted = b.board.grant(noon_ms, b.outcomes);
  REQUIRE(granted.intents.size() == 1);
  may = false; // between the intent and the start
  b.board.confirm(granted.calls);
  b.run(noon_ms, noon_ms + 500);
  CHECK(b.trunk->started.empty());
  const auto due_ms = b.board.next_due_ms(noon_ms + 500);
  CHECK(due_ms > noon_ms + 500); // it looks again, but not at once
  CHECK(due_ms <= noon_ms + 500 + limits::may_leave_look_ms);
  may = true;
  b.run(noon_ms + 1'000, noon_ms + hour_ms);
  CHECK(b.trunk->started.size() == 2);
  CHECK(b.outcomes.size() == 2);
}

TEST_CASE("a switchboard that closes without its lease leaves what has not begun to others", "[cluster]") {
  bench b;
  bool may = true;
  b.board.leave_only_if([&] { return may; });
  b.ask({b.request(1)}, noon_ms);
  b.board.confirm(b.board.grant(noon_ms, b.outcomes).calls);
  may = false;
  b.board.close();
  b.turn(noon_ms);
  CHECK(b.board.idle());
  CHECK(b.trunk->started.empty());
  CHECK(b.outcomes.empty()); // its attempt stays in flight until somebody takes the chain over
}

TEST_CASE("requests of shards that leave are forgotten, also those that come, and others go on", "[cluster]") {
  bench b(1);
  shard_set leaving;
  leaving.set(shard_of(1, 1));
  leaving.set(shard_of(1, 2));
  b.ask({b.request(1), b.request(2), b.request(3)}, noon_ms);
  b.turn(noon_ms); // chain 1 is being called
  b.board.withdraw({{}, leaving}, noon_ms);
  CHECK(b.board.has_calls({{}, leaving}));
  CHECK(b.board.shards_with_calls() == shard_set{}.set(shard_of(1, 1)));
  b.ask({b.request(2)}, noon_ms);
  b.run(noon_ms, noon_ms + hour_ms);
  CHECK_FALSE(b.board.has_calls({{}, leaving}));
  REQUIRE(b.trunk->started.size() == 2);
  CHECK(b.trunk->started[1].second.record_id == 30);
  CHECK(b.board.counts().queued == 0);
  b.board.resume(leaving);
  b.ask({b.request(2)}, noon_ms + hour_ms);
  b.run(noon_ms + hour_ms, noon_ms + 2 * hour_ms);
  CHECK(b.trunk->started.size() == 3);
}

TEST_CASE("a trunk carries what its limit leaves it, calls that are more go on, and what it could carry is told", "[cluster]") {
  bench b(10, 100);
  std::vector<call_request> many;
  for (std::int64_t chain = 1; chain <= 30; ++chain) many.push_back(b.request(chain, chain <= 20 ? 1 : 2));
  b.board.limit(0, {});
  b.ask(std::move(many), noon_ms);
  b.run(noon_ms, noon_ms + 5'000);
  CHECK(b.trunk->started.empty());
  CHECK(b.board.counts().granted == 0); // nothing has an intent that could not begin
  CHECK(b.board.lines()[0].waiting == 30);
  b.board.pause(2);
  CHECK(b.board.lines()[0].waiting == 20);
  b.board.resume(2);
  b.board.limit(0, {8, 100});
  b.run(noon_ms + 5'000, noon_ms + 5'200);
  CHECK(b.trunk->live() == 8);
  b.board.limit(0, {3, 100});
  CHECK(b.board.lines()[0].channels == 3);
  CHECK(b.board.lines()[0].busy == 8);
  std::size_t most = 0; // of those that have begun since
  for (auto now_ms = noon_ms + 5'200; b.board.counts().ended < 30 && now_ms < noon_ms + hour_ms; now_ms += 10) {
    b.board.settle(now_ms);
    b.turn(now_ms);
    if (b.board.counts().ended >= 8) most = std::max(most, b.trunk->live());
  }
  CHECK(b.board.counts().ended == 30);
  CHECK(most == 3);
  b.board.close();
  CHECK(b.board.lines()[0].waiting == 0);
}

TEST_CASE("a gap that another node has left holds a call", "[cluster]") {
  bench b;
  b.board.note_gap(1, 10, noon_ms + hour_ms);
  b.ask({b.request(1)}, noon_ms);
  b.run(noon_ms, noon_ms + 2 * hour_ms);
  REQUIRE(b.trunk->started.size() == 1);
  CHECK(b.trunk->started[0].first == noon_ms + hour_ms);
}
