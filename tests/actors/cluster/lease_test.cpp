// lease_test.cpp: a lease holds until its end and not at it.
#include "actors/cluster/lease.hpp"

#include "tests/catch.hpp"

using namespace chainring::actors;
using namespace std::chrono_literals;

TEST_CASE("a lease holds until its end, and none from the start", "[cluster]") {
  lease one;
  CHECK_FALSE(one.holds());
  const lease::clock::time_point now{100s};
  one.hold_until(now + 2s);
  CHECK(one.holds(now + 1s));
  CHECK_FALSE(one.holds(now + 2s));
  one.hold_until({});
  CHECK_FALSE(one.holds(now));
}
