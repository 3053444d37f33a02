// back_off_test.cpp: waits double up to a minute, stay within their half, and follow the seed.
#include "actors/back_off.hpp"

#include "tests/catch.hpp"

using namespace chainring::actors;

TEST_CASE("waits double from one second to one minute, less at most a half") {
  for (std::uint64_t seed = 0; seed < 1'000; ++seed) {
    back_off waits{seed};
    for (std::int64_t most : {1'000, 2'000, 4'000, 8'000, 16'000, 32'000, 60'000, 60'000, 60'000}) {
      const auto wait = waits.next_ms();
      REQUIRE(wait <= most);
      REQUIRE(wait >= most / 2);
    }
  }
}

TEST_CASE("a hundred failures in a row wait no longer than a minute") {
  back_off waits{7};
  for (int n = 0; n < 100; ++n) REQUIRE(waits.next_ms() <= 60'000);
  CHECK(waits.failures() == 100);
}

TEST_CASE("a success starts again at the least") {
  back_off waits{7};
  for (int n = 0; n < 5; ++n) waits.next_ms();
  waits.reset();
  CHECK(waits.failures() == 0);
  CHECK(waits.next_ms() <= 1'000);
}

TEST_CASE("the same seed gives the same waits, others spread") {
  back_off one{1}, same{1};
  for (int n = 0; n < 10; ++n) CHECK(one.next_ms() == same.next_ms());
  std::int64_t least = 1'000, most = 0;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    const auto wait = back_off{seed}.next_ms();
    least = std::min(least, wait);
    most = std::max(most, wait);
  }
  CHECK(least < 550);
  CHECK(most > 950);
}
