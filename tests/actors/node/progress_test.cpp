// progress_test.cpp: when a campaign has no way on, judged by counters that are not of one instant.
#include "actors/node/node.hpp"
#include "tests/catch.hpp"

using chainring::actors::campaign_progress;

namespace {

campaign_progress with(std::uint64_t live, std::uint64_t idle, std::uint64_t passive = 0) {
  campaign_progress p;
  p.chains = 10, p.ended = 10 - live - passive, p.live = live, p.idle = idle, p.passive = passive;
  p.all_admitted = true;
  return p;
}

} // namespace

TEST_CASE("a campaign whose every chain waits for nothing, at two looks, is stuck", "[progress]") {
  CHECK(with(3, 3).is_stuck_since(with(3, 3)));
  CHECK_FALSE(with(3, 3).is_stuck_since(with(3, 2)));
  CHECK_FALSE(with(3, 2).is_stuck_since(with(3, 3)));
  CHECK_FALSE(with(3, 3).is_stuck_since(with(3, 3, 1)));
  CHECK_FALSE(with(3, 3).is_stuck_since({}));
}

TEST_CASE("a campaign that has ended but does not know it yet is not stuck", "[progress]") {
  CHECK_FALSE(with(0, 0).is_stuck_since(with(0, 0)));
}

TEST_CASE("a campaign in which something happens between two looks is not stuck", "[progress]") {
  CHECK_FALSE(with(2, 2).is_stuck_since(with(3, 3)));
  auto called = with(3, 3);
  called.attempts = 1;
  CHECK_FALSE(called.is_stuck_since(with(3, 3)));
}
