// campaign_pace_test.cpp: Power's minute, the campaign's channels, Progressive's agents; what is let go is not counted.
#include "dialer/campaign_pace.hpp"

#include <algorithm>
#include <random>
#include <vector>

#include "tests/catch.hpp"

using namespace chainring::dialer;

namespace {

constexpr std::int64_t noon_ms = 1'767'643'200'000;

campaign_pace make(campaign_pace_terms terms) {
  auto made = campaign_pace::make(terms);
  REQUIRE(made.ok());
  return *made;
}

} // namespace

TEST_CASE("No minute has more starts than calls-per-minute, and the rate is reached", "[modes]") {
  const auto rate = GENERATE(1, 7, 60, 90, 600);
  auto pace = make({.calls_per_minute = rate});
  std::mt19937 random(static_cast<unsigned>(rate));
  std::vector<std::int64_t> starts_ms, waiting_ms; // granted, ready to start after a while
  const auto end_ms = noon_ms + 10 * 60'000;
  for (auto now_ms = noon_ms; now_ms < end_ms; now_ms += 1 + static_cast<std::int64_t>(random() % 5)) {
    while (pace.may_grant(now_ms)) {
      pace.grant(now_ms);
      if (random() % 4 == 0) pace.let_go(); // such a grant costs nothing
      else waiting_ms.push_back(now_ms + static_cast<std::int64_t>(random() % 20));
    }
    while (!waiting_ms.empty() && waiting_ms.front() <= now_ms && pace.next_start_ms(now_ms) <= now_ms) {
      waiting_ms.erase(waiting_ms.begin());
      pace.start(now_ms);
      pace.end();
      starts_ms.push_back(now_ms);
    }
  }
  std::size_t busiest = 0;
  for (std::size_t first = 0, last = 0; last < starts_ms.size(); ++last) {
    while (starts_ms[last] - starts_ms[first] >= 60'000) ++first;
    busiest = std::max(busiest, last - first + 1);
  }
  CHECK(busiest <= static_cast<std::size_t>(rate));
  CHECK(static_cast<double>(starts_ms.size()) >= 0.97 * 10 * rate - 1);
  CHECK(pace.granted() == static_cast<std::int32_t>(waiting_ms.size()));
  CHECK(pace.live() == 0);
}

TEST_CASE("No call is granted long before the minute has room for it", "[modes]") {
  auto pace = make({.calls_per_minute = 60});
  for (int n = 0; n < 60; ++n) {
    pace.grant(noon_ms + n * 1'000);
    pace.start(noon_ms + n * 1'000);
    pace.end();
  }
  const auto now_ms = noon_ms + 60'000;
  CHECK(pace.may_grant(now_ms));
  pace.limit(0, 20); // 60 have begun in the minute behind: of these 40 have to be of an earlier one first
  CHECK(pace.next_start_ms(now_ms) == now_ms + 40'000);
  CHECK(pace.next_grant_ms(now_ms) == now_ms + 39'000);
}

TEST_CASE("A share of a campaign's limits holds at once, and what it was made without stays without", "[modes]") {
  auto pace = make({.channels = 4, .calls_per_minute = 120});
  pace.limit(0, 60);
  CHECK(pace.next_grant_ms(noon_ms) == campaign_pace::never);
  pace.limit(4, 0);
  CHECK(pace.next_grant_ms(noon_ms) == campaign_pace::never);
  CHECK(pace.next_start_ms(noon_ms) == campaign_pace::never);
  pace.limit(2, 30);
  pace.grant(noon_ms);
  CHECK(pace.next_grant_ms(noon_ms) == noon_ms + 2'000);
  pace.start(noon_ms);
  pace.grant(noon_ms + 2'000);
  CHECK(pace.next_grant_ms(noon_ms + 9'000) == campaign_pace::never);
  pace.limit(1, 30); // the one that has been granted waits for the one that is live
  CHECK(pace.next_start_ms(noon_ms + 9'000) == campaign_pace::never);
  pace.end();
  CHECK(pace.next_start_ms(noon_ms + 9'000) == noon_ms + 9'000);
  CHECK(pace.started() == 1);

  auto endless = make({.calls_per_minute = 60});
  endless.limit(0, 60);
  CHECK(endless.may_grant(noon_ms));
  auto wide = make({.channels = 1});
  wide.limit(1, 0);
  CHECK(wide.may_grant(noon_ms));
}

TEST_CASE("The channels of a campaign bound what is granted and live together", "[modes]") {
  auto pace = make({.channels = 2});
  pace.grant(noon_ms);
  pace.grant(noon_ms);
  CHECK_FALSE(pace.may_grant(noon_ms));
  CHECK(pace.next_grant_ms(noon_ms) == campaign_pace::never);
  pace.start(noon_ms);
  CHECK_FALSE(pace.may_grant(noon_ms));
  pace.let_go();
  CHECK(pace.may_grant(noon_ms));
  pace.grant(noon_ms);
  pace.end();
  CHECK(pace.may_grant(noon_ms));
}

TEST_CASE("Progressive: as many calls as agents have lines, as they come and go", "[modes]") {
  CHECK(make({.mode = dialing_mode::progressive, .agents = 10, .lines_per_agent = 0.7}).calls_max() == 7);
  CHECK(make({.mode = dialing_mode::progressive, .agents = 3, .lines_per_agent = 1.5}).calls_max() == 4);
  CHECK(make({.mode = dialing_mode::progressive, .channels = 2, .agents = 3}).calls_max() == 2);
  auto pace = make({.mode = dialing_mode::progressive});
  CHECK_FALSE(pace.may_grant(noon_ms));
  pace.set_agents(2);
  pace.grant(noon_ms);
  pace.grant(noon_ms);
  pace.start(noon_ms);
  pace.set_agents(1);
  CHECK(pace.next_start_ms(noon_ms) == campaign_pace::never); // what is granted waits
  pace.end();
  CHECK(pace.next_start_ms(noon_ms) == noon_ms);
}

TEST_CASE("A pace out of range is refused", "[modes]") {
  CHECK_FALSE(campaign_pace::make({.channels = -1}).ok());
  CHECK_FALSE(campaign_pace::make({.calls_per_minute = 600'001}).ok());
  CHECK_FALSE(campaign_pace::make({.mode = dialing_mode::progressive, .agents = -1}).ok());
  CHECK_FALSE(campaign_pace::make({.mode = dialing_mode::progressive, .lines_per_agent = 0}).ok());
}
