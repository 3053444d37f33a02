// switchboard_campaigns_test.cpp: campaigns dial as their mode says beside each other on one trunk; where a request is.
#include "dialer/switchboard.hpp"

#include <algorithm>
#include <vector>

#include "tests/catch.hpp"
#include "tests/dialer/switchboard_bench.hpp"

using namespace chainring;
using namespace chainring::dialer;
using namespace chainring::dialer::told;
using stage = request_place::stage;

namespace {

void ask_many(bench& b, int first, int last, std::uint32_t campaign) {
  std::vector<call_request> all;
  for (int i = first; i <= last; ++i) all.push_back(b.request(i, campaign));
  for (auto& r : all) r.handle = static_cast<std::uint64_t>(r.key.chain_id) + 1'000;
  b.ask(std::move(all), noon_ms);
}

std::vector<std::int64_t> starts_of(const bench& b, std::int64_t first, std::int64_t last) {
  std::vector<std::int64_t> out;
  for (const auto& [ms, c] : b.trunk->started)
    if (c.record_id >= first * 10 && c.record_id <= last * 10) out.push_back(ms);
  return out;
}

void set_pace(bench& b, std::uint32_t campaign, campaign_pace_terms terms) {
  b.board.set_pace(campaign, *campaign_pace::make(terms));
}

stage place(const bench& b, std::int64_t chain_id, std::int64_t now_ms = noon_ms) {
  const auto found = b.board.place_of(1, chain_id * 10, now_ms);
  REQUIRE(found);
  return found->at;
}

} // namespace

TEST_CASE("Power: the calls of a campaign per minute, the other one uses what is left of the trunk", "[modes]") {
  bench b{5, 1'000};
  set_pace(b, 1, {.calls_per_minute = 60});
  ask_many(b, 1, 100, 1);
  ask_many(b, 101, 600, 2);
  b.run(noon_ms, noon_ms + hour_ms);
  const auto slow = starts_of(b, 1, 100), quick = starts_of(b, 101, 600);
  REQUIRE(slow.size() == 100);
  REQUIRE(quick.size() == 500);
  for (std::size_t i = 1; i < slow.size(); ++i) CHECK(slow[i] - slow[i - 1] >= 1'000);
  CHECK(slow.back() == noon_ms + 99'000 + (slow.front() - noon_ms));
  CHECK(quick.back() < noon_ms + 130'000); // at most one of five channels is the other's
  CHECK(b.board.idle());
}

TEST_CASE("A campaign keeps to this node's share of its limits, and says so", "[modes][cluster]") {
  bench b{5, 1'000};
  set_pace(b, 1, {.channels = 4, .calls_per_minute = 600});
  b.board.limit_campaign(1, 0, 0);
  ask_many(b, 1, 30, 1);
  b.turn(noon_ms);
  CHECK(b.trunk->started.empty());
  CHECK(b.board.waiting_of(1) == 30);
  const auto none = b.board.place_of(1, 10, noon_ms);
  REQUIRE(none);
  CHECK(none->at == stage::pace);
  CHECK(none->until_ms == 0);
  CHECK(none->words == "0 (this node's share of 600)");
  b.board.limit_campaign(1, 1, 600);
  b.turn(noon_ms);
  CHECK(b.board.pace_of(1)->live() == 1);
  CHECK(b.board.waiting_of(1) == 29);
  CHECK(b.board.place_of(1, 300, noon_ms + 200)->words == "1 (this node's share of 4)");
  b.board.limit_campaign(1, 4, 600);
  b.run(noon_ms, noon_ms + hour_ms);
  CHECK(b.board.pace_of(1)->started() == 30);
  b.board.pause(1);
  ask_many(b, 31, 40, 1);
  CHECK(b.board.waiting_of(1) == 0);
}

TEST_CASE("The channels of a campaign", "[modes]") {
  bench b{5, 1'000};
  set_pace(b, 1, {.channels = 2});
  ask_many(b, 1, 10, 1);
  ask_many(b, 11, 13, 2);
  b.turn(noon_ms);
  CHECK(starts_of(b, 1, 10).size() == 2);
  CHECK(place(b, 3) == stage::channels);
  CHECK(place(b, 1) == stage::live);
  b.run(noon_ms, noon_ms + hour_ms);
  CHECK(b.outcomes.size() == 13);
  CHECK(starts_of(b, 1, 10).back() >= noon_ms + 4'000);
}

TEST_CASE("Progressive: nothing without agents, then as many calls as they have lines", "[modes]") {
  bench b{50, 1'000};
  set_pace(b, 1, {.mode = dialing_mode::progressive, .lines_per_agent = 1.5});
  ask_many(b, 1, 20, 1);
  b.turn(noon_ms);
  CHECK(b.trunk->started.empty());
  CHECK(b.board.next_due_ms(noon_ms) == trunk::never); // nothing comes about by waiting
  CHECK(place(b, 1) == stage::agents);
  REQUIRE(b.board.set_agents(1, 4));
  b.turn(noon_ms);
  b.turn(noon_ms + 10);
  CHECK(b.trunk->live() == 6);
  REQUIRE(b.board.set_agents(1, 1));
  b.turn(noon_ms + 1'100); // all six have ended
  b.turn(noon_ms + 1'110);
  CHECK(b.trunk->live() == 1);
  CHECK_FALSE(b.board.set_agents(2, 1));
  b.run(noon_ms + 1'200, noon_ms + hour_ms);
  CHECK(b.outcomes.size() == 20);
}

TEST_CASE("A granted call waits when its agent has gone, and holds up no other campaign of its trunk", "[modes]") {
  bench b{50, 1'000};
  set_pace(b, 1, {.mode = dialing_mode::progressive, .agents = 1});
  ask_many(b, 1, 1, 1);
  auto granted = b.board.grant(noon_ms, b.outcomes);
  REQUIRE(granted.calls.size() == 1);
  b.board.set_agents(1, 0);
  b.board.confirm(granted.calls);
  ask_many(b, 2, 3, 2);
  b.turn(noon_ms);
  CHECK(starts_of(b, 1, 1).empty());
  b.turn(noon_ms + 1);
  CHECK(starts_of(b, 2, 3).size() == 2);
  b.run(noon_ms + 1, noon_ms + hour_ms);
  CHECK(b.board.next_due_ms(noon_ms + hour_ms) == trunk::never);
  b.board.set_agents(1, 1);
  b.run(noon_ms + hour_ms, noon_ms + 2 * hour_ms);
  CHECK(starts_of(b, 1, 1).size() == 1);
}

TEST_CASE("Preview: a call waits for its release, and is checked when it is dialed", "[modes]") {
  bench b;
  set_pace(b, 1, {.mode = dialing_mode::preview});
  ask_many(b, 1, 4, 1);
  b.run(noon_ms, noon_ms + hour_ms);
  CHECK(b.trunk->started.empty());
  CHECK(b.board.next_due_ms(noon_ms + hour_ms) == trunk::never);
  CHECK(place(b, 1) == stage::previewed);
  CHECK(b.board.previews_waiting(1) == 4);
  CHECK(b.board.previews_waiting(2) == 0);
  const auto waiting = b.board.previews(1, 3);
  REQUIRE(waiting.size() == 3);
  CHECK(waiting[0].handle == 1'001);
  CHECK(waiting[0].list == "people");
  CHECK(waiting[0].record_id == 10);
  CHECK(waiting[0].number == "5551");

  CHECK_FALSE(b.board.release(7));
  REQUIRE(b.board.release(1'002));
  CHECK_FALSE(b.board.release(1'002));
  b.board.settle(noon_ms);
  b.run(noon_ms, noon_ms + hour_ms);
  REQUIRE(b.trunk->started.size() == 1);
  CHECK(b.trunk->started[0].second.record_id == 20);

  b.no_calls.add(store::dnc_kind::phone, "5553");
  b.outcomes.clear();
  REQUIRE(b.board.release(1'003));
  b.board.settle(noon_ms);
  b.run(noon_ms, noon_ms + hour_ms);
  CHECK(b.trunk->started.size() == 1);
  REQUIRE(b.outcomes.size() == 1);
  CHECK(b.outcomes[0].result == call_result::do_not_call);
  CHECK(b.board.counts().previews == 2);
}

TEST_CASE("A released call that its window holds does not wait for its release again", "[modes]") {
  bench b;
  set_pace(b, 1, {.mode = dialing_mode::preview});
  auto later = b.request(1);
  later.handle = 5;
  later.hours = {13 * 3'600, 14 * 3'600, later.hours.zone};
  b.ask({later}, noon_ms);
  REQUIRE(b.board.release(5));
  b.board.settle(noon_ms);
  b.turn(noon_ms);
  CHECK(place(b, 1) == stage::window);
  b.run(noon_ms, noon_ms + 2 * hour_ms);
  REQUIRE(b.trunk->started.size() == 1);
  CHECK(b.trunk->started[0].first == noon_ms + hour_ms);
}

TEST_CASE("Where a request is", "[modes]") {
  bench b{1, 1'000};
  set_pace(b, 2, {.calls_per_minute = 1});
  CHECK_FALSE(b.board.place_of(1, 10, noon_ms));
  auto gap = b.request(3);
  gap.not_before_ms = noon_ms + 900'000;
  b.ask({b.request(1), b.request(2), gap}, noon_ms);
  auto granted = b.board.grant(noon_ms, b.outcomes);
  CHECK(place(b, 1) == stage::start);
  CHECK(place(b, 2) == stage::channel);
  b.board.confirm(granted.calls);
  b.board.advance(noon_ms, b.outcomes);
  CHECK(place(b, 1) == stage::live);
  b.run(noon_ms, noon_ms + 60'000);
  CHECK(place(b, 3, noon_ms + 60'000) == stage::gap);
  CHECK(b.board.place_of(1, 30, noon_ms + 60'000)->until_ms == noon_ms + 900'000);
  CHECK_FALSE(b.board.place_of(1, 10, noon_ms));
  CHECK_FALSE(b.board.place_of(2, 30, noon_ms));

  ask_many(b, 4, 5, 2);
  b.turn(noon_ms + 60'000);
  CHECK(place(b, 4, noon_ms + 60'000) == stage::live);
  CHECK(place(b, 5, noon_ms + 60'000) == stage::pace);
  CHECK(b.board.place_of(1, 50, noon_ms + 60'000)->until_ms == noon_ms + 120'000);

  bench broken;
  broken.trunk->fault = "no line";
  broken.ask({broken.request(1), broken.request(2)}, noon_ms);
  broken.turn(noon_ms);
  broken.ask({broken.request(9)}, noon_ms);
  CHECK(place(broken, 9) == stage::trunk_fault);
}

TEST_CASE("a campaign that is paused says so, and what waits for its release is withdrawn with it", "[campaigns]") {
  bench b;
  set_pace(b, 1, {.mode = dialing_mode::preview});
  b.ask({b.request(1, 1), b.request(2, 2)}, noon_ms);
  b.board.pause(2);
  CHECK(place(b, 2) == stage::paused);
  b.board.withdraw({1, {}}, noon_ms);
  CHECK(b.board.previews_waiting(1) == 0);
  CHECK_FALSE(b.board.place_of(1, 10, noon_ms));
  CHECK(place(b, 2) == stage::paused);
}
