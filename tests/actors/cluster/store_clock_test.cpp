// store_clock_test.cpp: a clock that was set forward is told from an answer that came late.
#include "actors/cluster/store_clock.hpp"

#include "tests/catch.hpp"

using namespace chainring::actors;
using namespace std::chrono_literals;

TEST_CASE("The store's clock has been set forward if it has gone further than time can have passed", "[cluster]") {
  const store_clock::time_point start{100s};
  store_clock seen;
  CHECK(seen.hear(5'000'000, start, start + 3ms) == 0ms);
  CHECK(seen.hear(5'001'000, start + 1s, start + 1'003ms) == 0ms);
  CHECK(seen.hear(5'004'900, start + 2s, start + 5s) == 0ms); // an answer that came late may be of any moment until then
  CHECK(seen.hear(5'010'000, start + 5s, start + 5s) == 2'100ms);
  CHECK(seen.hear(5'011'000, start + 6s, start + 6s) == 0ms);
  CHECK(seen.hear(1'000'000, start + 7s, start + 7s) == 0ms); // back
  CHECK(seen.hear(1'001'500, start + 8s, start + 8s) == 500ms);
}
