// Pacing: the three rules of dialer/pacing.hpp hold under random arrivals, and the full rate is reached.
#include "dialer/pacing.hpp"

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "dialer/limits.hpp"
#include "tests/catch.hpp"

using chainring::dialer::pacing;

namespace {

pacing make(std::int32_t channels, double calls_per_second) {
  auto made = pacing::make(channels, calls_per_second);
  REQUIRE(made.ok());
  return *made;
}

/// The most starts in any 1000 consecutive milliseconds, counted the slow way.
std::size_t busiest_window(const std::vector<std::int64_t>& starts_ms) {
  std::size_t most = 0;
  for (std::size_t first = 0, last = 0; last < starts_ms.size(); ++last) {
    while (starts_ms[last] - starts_ms[first] >= 1'000) ++first;
    most = std::max(most, last - first + 1);
  }
  return most;
}

} // namespace

TEST_CASE("A window of 1000 ms never carries more starts than the rate, whatever the arrivals") {
  const double rate = GENERATE(0.5, 1.0, 1.5, 2.0, 3.0, 7.0, 30.0, 333.0, 5000.0);
  const auto seed = GENERATE(range(1u, 9u));
  std::mt19937 random(seed);
  pacing trunk = make(1'000'000, rate);
  std::vector<std::int64_t> starts_ms;
  std::int64_t now_ms = 1'767'625'200'000 + static_cast<std::int64_t>(random() % 1'000);
  while (starts_ms.size() < 4'000 && now_ms < 1'767'625'200'000 + 400'000) {
    // Bursts, gaps of a few ms, and pauses of seconds.
    const auto kind = random() % 100;
    now_ms += kind < 60 ? random() % 3 : kind < 98 ? random() % 40 : random() % 5'000;
    for (auto wanted = random() % 200; wanted > 0; --wanted) {
      const auto said_ms = trunk.next_start_ms(now_ms);
      const bool started = trunk.try_start(now_ms);
      REQUIRE(started == (said_ms == now_ms));
      if (!started) break;
      starts_ms.push_back(now_ms);
    }
  }
  REQUIRE(starts_ms.size() > 10);
  CHECK(busiest_window(starts_ms) <= std::max<std::size_t>(1, static_cast<std::size_t>(rate)));
  if (rate < 1)
    for (std::size_t i = 1; i < starts_ms.size(); ++i)
      CHECK(starts_ms[i] - starts_ms[i - 1] >=
            static_cast<std::int64_t>(1'000 / rate));
}

TEST_CASE("A trunk that is always asked reaches its full rate, evenly") {
  const double rate = GENERATE(0.5, 1.0, 3.0, 7.0, 100.0, 999.0, 5'000.0);
  pacing trunk = make(1'000'000, rate);
  std::vector<std::int64_t> starts_ms;
  std::int64_t now_ms = 5'000;
  while (now_ms < 5'000 + 20'000) {
    if (trunk.try_start(now_ms)) starts_ms.push_back(now_ms);
    else now_ms = trunk.next_start_ms(now_ms);
  }
  CHECK(starts_ms.size() == static_cast<std::size_t>(20 * rate));
  // Even: each of the 20 s after the catch-up has its share of every tenth of a second.
  std::vector<int> tenths(200);
  for (const auto at_ms : starts_ms) ++tenths[static_cast<std::size_t>((at_ms - 5'000) / 100)];
  CHECK(*std::max_element(tenths.begin(), tenths.end()) <= std::ceil(rate / 10) + std::ceil(rate / 20));
}

TEST_CASE("A caller who comes late makes up for a little, not for all") {
  pacing trunk = make(1'000'000, 1'000);
  REQUIRE(trunk.try_start(0));
  int at_once = 0;
  while (trunk.try_start(10'000)) ++at_once;
  CHECK(at_once == chainring::dialer::limits::start_catch_up_ms_max + 1);
}

TEST_CASE("Channels are never exceeded and come back") {
  pacing trunk = make(2, 1'000);
  REQUIRE(trunk.try_start(0));
  REQUIRE(trunk.try_start(1));
  CHECK_FALSE(trunk.try_start(500));
  CHECK(trunk.next_start_ms(500) == pacing::never);
  CHECK(trunk.live() == 2);
  trunk.ended();
  CHECK(trunk.next_start_ms(500) == 500);
  CHECK(trunk.try_start(500));
  CHECK(trunk.live() == 2);
}

TEST_CASE("A window that reaches over changes of the rate carries no more starts than its largest rate, and channels hold") {
  const auto seed = GENERATE(range(1u, 17u));
  std::mt19937 random(seed);
  const double full = seed % 4 == 0 ? 0.5 : seed % 4 == 1 ? 3.0 : 40.0;
  pacing trunk = make(30, full);
  std::vector<std::int64_t> starts_ms, changes_ms{0};
  std::vector<double> rates{full}; // from each change on
  std::int32_t channels = 30;
  for (std::int64_t now_ms = 1; now_ms < 200'000; now_ms += static_cast<std::int64_t>(random() % 30)) {
    if (random() % 40 == 0) {
      channels = static_cast<std::int32_t>(random() % 31);
      const auto less = full < 1 ? full : 1.0 + static_cast<double>(random() % static_cast<unsigned>(full));
      const auto rate = random() % 4 == 0 ? 0.0 : less;
      trunk.limit(channels, rate);
      changes_ms.push_back(now_ms);
      rates.push_back(rate);
    }
    for (auto over = random() % 4; over > 0 && trunk.live() > 0; --over) trunk.ended();
    for (auto wanted = random() % 60; wanted > 0; --wanted) {
      const auto may_ms = trunk.next_start_ms(now_ms);
      const bool started = trunk.try_start(now_ms);
      REQUIRE(started == (may_ms == now_ms));
      if (!started) break;
      REQUIRE(trunk.live() <= channels);
      REQUIRE(rates.back() > 0);
      starts_ms.push_back(now_ms);
      // The window that ends with this start.
      const auto in_window = std::count_if(starts_ms.begin(), starts_ms.end(), [&](auto at_ms) { return at_ms > now_ms - 1'000; });
      REQUIRE(in_window <= std::max(1, static_cast<int>(rates.back())));
    }
  }
  CHECK(starts_ms.size() > 20);
}

TEST_CASE("calls-per-minute that change: no minute has more starts than its last start's rate") {
  auto minute = *pacing::per_minute(300);
  std::mt19937 random(3);
  std::vector<std::int64_t> starts_ms;
  int rate = 300;
  for (std::int64_t now_ms = 1; now_ms < 20 * 60'000; now_ms += static_cast<std::int64_t>(random() % 100)) {
    if (random() % 400 == 0) minute.limit(1'000, rate = static_cast<int>(random() % 301));
    if (!minute.try_start(now_ms)) continue;
    minute.ended();
    starts_ms.push_back(now_ms);
    const auto in_window = std::count_if(starts_ms.begin(), starts_ms.end(), [&](auto at_ms) { return at_ms > now_ms - 60'000; });
    REQUIRE(in_window <= rate);
  }
  CHECK(starts_ms.size() > 1'000);
}

TEST_CASE("A rate that comes back is reached at once, and nothing starts without a rate or a channel") {
  pacing trunk = make(10, 5);
  trunk.limit(10, 0);
  CHECK_FALSE(trunk.try_start(1'000));
  CHECK(trunk.next_start_ms(1'000) == pacing::never);
  trunk.limit(0, 5);
  CHECK_FALSE(trunk.try_start(1'000));
  trunk.limit(10, 5);
  std::vector<std::int64_t> starts_ms;
  for (std::int64_t now_ms = 2'000; now_ms < 7'000;) {
    if (trunk.live() > 0) trunk.ended();
    if (trunk.try_start(now_ms)) starts_ms.push_back(now_ms);
    else now_ms = trunk.next_start_ms(now_ms);
  }
  CHECK(starts_ms.size() == 25);
}

TEST_CASE("An instant that goes backwards counts as the latest seen") {
  pacing trunk = make(10, 1);
  REQUIRE(trunk.try_start(10'000));
  CHECK(trunk.next_start_ms(2'000) == 11'000);
  CHECK_FALSE(trunk.try_start(2'000));
  CHECK(trunk.try_start(11'000));
}

TEST_CASE("Figures out of range are refused") {
  for (const double rate : {0.0, -1.0, 1e9, std::nan("")}) {
    auto made = pacing::make(10, rate);
    REQUIRE_FALSE(made.ok());
    CHECK(made.error().what == "calls-per-second is out of range");
  }
  for (const std::int32_t channels : {0, -5, 1'000'001}) {
    auto made = pacing::make(channels, 1);
    REQUIRE_FALSE(made.ok());
    CHECK(made.error().what == "capacity is out of range");
  }
}
