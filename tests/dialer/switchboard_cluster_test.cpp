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

TEST_CASE("a gap that another node has left holds a call", "[cluster]") {
  bench b;
  b.board.note_gap(1, 10, noon_ms + hour_ms);
  b.ask({b.request(1)}, noon_ms);
  b.run(noon_ms, noon_ms + 2 * hour_ms);
  REQUIRE(b.trunk->started.size() == 1);
  CHECK(b.trunk->started[0].first == noon_ms + hour_ms);
}
