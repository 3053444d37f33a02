// breaker_test.cpp: a server that fails is left alone for a while, longer and longer, and asked by one request first.
#include "actors/fetch/breaker.hpp"

#include "tests/catch.hpp"

using namespace chainring::actors;

TEST_CASE("a breaker opens after some failures in a row") {
  breaker b{7};
  for (std::uint32_t n = 1; n < limits::breaker_failures_max; ++n) {
    b.failed(1'000);
    CHECK(b.allows(1'000));
  }
  b.succeeded();
  for (std::uint32_t n = 1; n < limits::breaker_failures_max; ++n) b.failed(1'000);
  CHECK(b.state() == breaker_state::closed);
  b.failed(1'000);
  CHECK(b.state() == breaker_state::open);
  CHECK_FALSE(b.allows(1'000));
}

TEST_CASE("one request finds out whether the server is there again") {
  breaker b{7};
  for (std::uint32_t n = 0; n < limits::breaker_failures_max; ++n) b.failed(1'000);
  const auto first = b.until_ms();
  CHECK(first >= 1'000 + limits::back_off_min.count() / 2);
  CHECK_FALSE(b.allows(first - 1));
  CHECK(b.allows(first));
  CHECK(b.state() == breaker_state::probing);
  b.failed(first);
  CHECK_FALSE(b.allows(first));
  CHECK(b.until_ms() - first >= limits::back_off_min.count()); // of the second wait, 2 s less up to a half
  CHECK(b.allows(b.until_ms()));
  b.succeeded();
  CHECK(b.state() == breaker_state::closed);
}

TEST_CASE("waits have an end, and are those of the seed") {
  breaker b{1}, same{1}, other{2};
  std::int64_t now_ms = 0, longest = 0;
  bool differs = false;
  for (int n = 0; n < 40; ++n) {
    for (auto* each : {&b, &same, &other}) {
      each->allows(now_ms + 100'000'000);
      each->failed(now_ms);
    }
    if (b.state() == breaker_state::open) longest = std::max(longest, b.until_ms() - now_ms);
    CHECK(b.until_ms() == same.until_ms());
    differs = differs || b.until_ms() != other.until_ms();
    now_ms += 100'000'000;
  }
  CHECK(longest <= limits::back_off_max.count());
  CHECK(longest >= limits::back_off_max.count() / 2);
  CHECK(differs);
}
