// budget_sharing_test.cpp: members that come, are quiet, die, freeze, are cut off and leave, in virtual time, with a table for the
// store and pacing for their dialers: no window of all calls together has more of them than the rate, no instant more than the
// channels, and what one does not use another does.
#include "actors/cluster/budget_sharing.hpp"

#include <algorithm>
#include <deque>
#include <map>
#include <memory>
#include <random>

#include "dialer/pacing.hpp"
#include "tests/catch.hpp"

using namespace chainring;
using namespace chainring::actors;
using std::chrono::milliseconds;

namespace {

constexpr std::int64_t lease_ms = 2'000, look_ms = lease_ms / 5;

/// As the rows of the store, each call one transaction.
struct table {
  struct member {
    std::int64_t lease_until_ms = 0;
    bool ended = false, leaving = false;
  };
  std::map<std::int64_t, member> members;
  std::map<std::int64_t, dialer::budget_share> rows;

  void end_expired(std::int64_t now_ms) {
    for (auto& [epoch, m] : members) m.ended = m.ended || m.lease_until_ms < now_ms;
  }
  std::vector<dialer::budget_share> share(std::int64_t epoch, dialer::budget_share own, std::int64_t now_ms) {
    for (auto& [of, row] : rows) {
      const auto& m = members[of];
      if (m.ended && m.lease_until_ms + row.channels_held_ms < now_ms) row.has.channels = 0;
      if (m.ended && m.lease_until_ms + row.starts_held_ms < now_ms) row.has.starts = 0;
    }
    if (!members[epoch].ended) {
      own.epoch = epoch;
      const auto before = rows[epoch].has;
      own.has = {std::min(before.channels, own.has.channels), std::min(before.starts, own.has.starts)};
      rows[epoch] = own;
    }
    std::vector<dialer::budget_share> all;
    for (auto& [of, row] : rows) {
      const auto& m = members[of];
      using standing = dialer::budget_share::standing;
      row.at = m.ended || m.lease_until_ms < now_ms ? standing::is_gone : m.leaving ? standing::leaves : standing::lives;
      all.push_back(row);
    }
    return all;
  }
  dialer::share_units claim(std::int64_t epoch, const dialer::share_units& more) {
    dialer::share_units room{INT32_MAX, INT32_MAX};
    for (const auto& [of, row] : rows) {
      room.channels = std::min(room.channels, row.budget.channels);
      room.starts = std::min(room.starts, std::max(1, static_cast<std::int32_t>(row.budget.start_thousandths / 1'000)));
    }
    for (const auto& [of, row] : rows) room.channels -= row.has.channels, room.starts -= row.has.starts;
    auto& has = rows[epoch].has;
    has.channels += std::min(more.channels, std::max(0, room.channels));
    has.starts += std::min(more.starts, std::max(0, room.starts));
    return has;
  }
};

struct terms_of_world {
  std::int32_t channels = 30;
  double rate = 40;
  std::int64_t call_ms_max = 900;
  budget_terms::subject of = budget_terms::subject::trunk;

  bool is_campaign() const { return of == budget_terms::subject::campaign; }
  std::int64_t window_ms() const { return is_campaign() ? 60'000 : 1'000; }
  std::int64_t step_ms_max() const { return is_campaign() ? 80 : 8; }
  dialer::pacing pacing() const {
    return is_campaign() ? *dialer::pacing::per_minute(static_cast<std::int32_t>(rate)) : *dialer::pacing::make(channels, rate);
  }
};

struct world {
  terms_of_world terms;
  std::mt19937_64 draw;
  table store;
  std::int64_t now_ms = 1'000'000;
  std::deque<std::int64_t> starts_ms;   // of the last window
  std::multimap<std::int64_t, int> up;  // calls on the carrier, by their ends: those of the dead go on
  std::uint64_t started = 0;
  int starts_most = 0, channels_most = 0;

  struct node {
    std::int64_t epoch;
    budget_sharing sharing;
    dialer::pacing pacing;
    dialer::share_units in_force{};
    std::int64_t lease_end_ms = 0, next_look_ms = 0, rested_ms = INT64_MAX, answer_ms = INT64_MAX, tell_ms = INT64_MAX;
    bool then_share = false, cut_off = false;
    std::vector<dialer::share_units> told;
    lease::clock::time_point asked{};
    budget_use used;
    std::multimap<std::int64_t, int> calls; // by their ends
    std::uint64_t waiting = 0, started = 0;
    std::int64_t frozen_until_ms = 0;
  };
  std::vector<std::unique_ptr<node>> nodes;

  lease::clock::time_point now() const { return lease::clock::time_point(milliseconds(now_ms)); }
  std::int64_t below(std::int64_t n) { return static_cast<std::int64_t>(draw() % static_cast<std::uint64_t>(n)); }

  node& join() {
    const auto epoch = static_cast<std::int64_t>(store.members.size()) + 1;
    store.members[epoch] = {now_ms + lease_ms, false, false};
    const budget_terms budget{terms.of, 0, "t", terms.channels, terms.rate, terms.call_ms_max};
    nodes.push_back(std::make_unique<node>(node{epoch, budget_sharing({budget}), terms.pacing()}));
    auto& n = *nodes.back();
    n.pacing.limit(0, 0);
    n.next_look_ms = now_ms;
    return n;
  }

  /// Each step a few milliseconds: what is due of each node, in any order.
  void run(std::int64_t for_ms) {
    for (const auto end_ms = now_ms + for_ms; now_ms < end_ms; now_ms += 1 + below(terms.step_ms_max())) {
      while (!up.empty() && up.begin()->first <= now_ms) up.erase(up.begin());
      std::shuffle(nodes.begin(), nodes.end(), draw);
      for (auto& n : nodes)
        if (n->frozen_until_ms <= now_ms) step(*n);
    }
  }

  void step(node& n) {
    while (!n.calls.empty() && n.calls.begin()->first <= now_ms) n.calls.erase(n.calls.begin()), n.pacing.ended();
    if (now_ms >= n.next_look_ms) look(n);
    if (now_ms >= n.rested_ms) n.rested_ms = INT64_MAX, ask(n, true);
    if (now_ms >= n.tell_ms) tell(n);
    if (now_ms >= n.answer_ms) answered(n);
    while (n.waiting > 0 && now_ms < n.lease_end_ms && n.pacing.try_start(now_ms)) {
      --n.waiting, ++n.started, ++started;
      const auto end_ms = now_ms + below(terms.call_ms_max) + 1;
      n.calls.emplace(end_ms, 0);
      up.emplace(end_ms, 0);
      starts_ms.push_back(now_ms);
      while (starts_ms.front() <= now_ms - terms.window_ms()) starts_ms.pop_front();
      starts_most = std::max(starts_most, static_cast<int>(starts_ms.size()));
      channels_most = std::max(channels_most, static_cast<int>(up.size()));
    }
  }

  void look(node& n) {
    n.next_look_ms = now_ms + look_ms;
    if (n.cut_off) return;
    auto& m = store.members[n.epoch];
    if (m.ended) return;
    m.lease_until_ms = now_ms + lease_ms;
    n.lease_end_ms = now_ms + lease_ms - lease_ms / 10;
    store.end_expired(now_ms);
    ask(n, true);
  }

  void ask(node& n, bool then_share) {
    n.then_share = n.then_share || then_share;
    if (n.tell_ms != INT64_MAX || n.answer_ms != INT64_MAX) return;
    n.told = n.sharing.to_keep();
    n.asked = now();
    n.tell_ms = now_ms + below(60);
  }
  void tell(node& n) { // the dialer's turn
    n.tell_ms = INT64_MAX;
    const auto limit = n.sharing.limits()[0];
    n.pacing.limit(limit.channels, limit.starts);
    n.used = {n.calls.size(), n.waiting, n.started};
    n.answer_ms = now_ms + below(60);
  }
  void answered(node& n) {
    n.answer_ms = INT64_MAX;
    if (const auto rest = n.sharing.kept(n.told, {n.used}, n.asked, now()))
      n.rested_ms = now_ms + rest->count();
    if (!std::exchange(n.then_share, false) || n.cut_off) return;
    const dialer::budget_shares all{store.share(n.epoch, n.sharing.report(now())[0], now_ms), now_ms};
    if (const auto wanted = n.sharing.take(all, n.epoch, 12'000); !wanted.empty()) {
      const auto has = store.claim(n.epoch, wanted[0].more);
      if (below(10) > 0) n.sharing.claimed({has}); // or its answer is lost
    }
    if (n.sharing.is_to_be_told()) ask(n, n.sharing.gives());
  }

  void check_budget() const {
    CHECK(starts_most <= std::max(1, static_cast<int>(terms.rate)));
    CHECK(channels_most <= terms.channels);
  }
  void want(std::uint64_t calls) {
    for (auto& n : nodes) n->waiting = calls;
  }
};

} // namespace

TEST_CASE("whatever becomes of members, all calls together stay within the trunk, or the campaign", "[cluster]") {
  const auto seed = GENERATE(range(1u, 37u));
  world w;
  w.draw.seed(seed);
  if (seed % 6 == 1) w.terms = {3, 5, 2'000};
  if (seed % 6 == 2) w.terms = {100, 2, 300};
  if (seed % 6 == 3) w.terms = {1, 40, 500};
  if (seed % 6 == 4) w.terms = {10, 60, 9'000, budget_terms::subject::campaign};
  if (seed % 6 == 5) w.terms = {100, 300, 20'000, budget_terms::subject::campaign};
  for (int n = 0; n < 3; ++n) w.join();
  for (int episode = 0; episode < 30; ++episode) {
    for (auto& n : w.nodes) n->waiting = w.below(3) == 0 ? 0 : static_cast<std::uint64_t>(w.below(400));
    w.run(500 + w.below(w.terms.is_campaign() ? 80'000 : 4'000));
    auto& victim = w.nodes[static_cast<std::size_t>(w.below(static_cast<std::int64_t>(w.nodes.size())))];
    switch (w.below(5)) {
    case 0: // kill -9: what it had on the carrier goes on there
      w.nodes.erase(std::find(w.nodes.begin(), w.nodes.end(), victim));
      w.join();
      break;
    case 1: victim->frozen_until_ms = w.now_ms + w.below(2 * lease_ms); break;
    case 2: victim->cut_off = !victim->cut_off; break;
    case 3: w.store.members[victim->epoch].leaving = true, victim->sharing.leave(); break;
    default: w.join();
    }
    if (w.nodes.size() > 5) w.nodes.erase(w.nodes.begin());
    if (w.nodes.empty()) w.join();
  }
  w.check_budget();
  CHECK(w.started > 40);
}

TEST_CASE("a trunk is used whatever the number of members, and by the others when one is gone", "[cluster]") {
  world w;
  w.terms = {30, 20, 900};
  w.join();
  w.want(1'000'000);
  w.run(2'000);
  CHECK(w.started >= 30); // at once
  w.join(), w.join();
  w.want(1'000'000);
  w.run(20'000);
  auto before = w.started;
  w.run(20'000);
  CHECK(w.started - before >= 380);
  w.nodes.pop_back(); // dies
  w.run(lease_ms + 2 * look_ms + 1'500);
  before = w.started;
  w.run(20'000);
  CHECK(w.started - before >= 380);
  w.nodes[0]->waiting = 0; // has nothing more to call
  w.run(10'000);
  before = w.started;
  w.run(20'000);
  CHECK(w.started - before >= 340); // all but the floor of the quiet one
  w.check_budget();
}

TEST_CASE("calls-per-minute of a campaign are used whatever the number of members", "[cluster]") {
  world w;
  w.terms = {100, 120, 9'000, budget_terms::subject::campaign};
  w.join();
  w.want(1'000'000);
  w.run(60'000);
  CHECK(w.started >= 115); // by the first alone, at once
  w.join(), w.join();
  w.want(1'000'000);
  w.run(180'000);
  auto before = w.started;
  w.run(300'000);
  CHECK(w.started - before >= 5 * 114);
  for (const auto& n : w.nodes) CHECK(n->started >= 150);
  w.nodes.pop_back(); // dies: what it had is held for a minute
  w.run(lease_ms + 2 * look_ms + 70'000);
  before = w.started;
  w.run(300'000);
  CHECK(w.started - before >= 5 * 114);
  w.check_budget();
}

TEST_CASE("what one does not use of calls-per-minute another has at once, the rest as the minute goes on", "[cluster]") {
  world w;
  w.terms = {100, 1'200, 900, budget_terms::subject::campaign};
  auto& first = w.join();
  first.waiting = 200;
  w.run(20'000);
  CHECK(w.started == 200);
  auto& second = w.join();
  w.run(3 * look_ms);
  second.waiting = 1'000'000;
  w.run(50'000);
  CHECK(second.started > 500); // of 1,000 that are left of this minute
  first.waiting = 1'000'000;
  w.run(200'000);
  const auto before = w.started;
  for (int n = 0; n < 2; ++n) w.join();
  w.want(1'000'000);
  w.run(60'000);
  CHECK(w.started - before > 700); // while half of it changes hands
  w.check_budget();
}

TEST_CASE("a member that leaves begins the calls that it has promised, whatever the others want", "[cluster]") {
  world w;
  w.terms = {100, 90, 900, budget_terms::subject::campaign};
  auto& leaves = w.join();
  w.join(), w.join();
  w.want(1'000'000);
  w.run(150'000);
  leaves.waiting = 1;
  w.store.members[leaves.epoch].leaving = true, leaves.sharing.leave();
  w.run(4'000);
  CHECK(leaves.waiting == 0);
  w.check_budget();
}

TEST_CASE("what a campaign does not limit is nobody's to share", "[cluster]") {
  budget_sharing own({{budget_terms::subject::campaign, 0, "c", budget_terms::unlimited, 60, 900}});
  const dialer::budget_share mine{.key = "campaign/c", .epoch = 1, .budget = {budget_terms::unlimited, 60'000}, .node = "a"};
  dialer::budget_share other{.key = "campaign/c", .epoch = 2, .budget = {5, 60'000}, .node = "b"};
  REQUIRE(own.take({{mine}, 0}, 1, 1).size() == 1);
  own.claimed({{budget_terms::unlimited, 60}});
  CHECK(own.limits()[0].channels == budget_terms::unlimited);
  CHECK(own.limits()[0].starts == 60);
  own.take({{mine, other}, 0}, 1, 1);
  CHECK(own.differences() == std::vector<std::string>{"campaign c: this node has channels 0 (no limit), calls-per-minute 60, b has "
                                                      "channels 5, calls-per-minute 60: the smallest count for all: give all "
                                                      "nodes the same"});
  CHECK(campaign_of_key("campaign/c") == "c");
  CHECK_FALSE(campaign_of_key("campaign"));
}

TEST_CASE("a trunk of less than a call a second serves all its members in turn", "[cluster]") {
  world w;
  w.terms = {10, 0.5, 900};
  for (int n = 0; n < 3; ++n) w.join();
  w.want(1'000'000);
  w.run(600'000);
  CHECK(w.started >= 180);
  CHECK(w.started <= 301);
  for (const auto& n : w.nodes) CHECK(n->started >= 40);
  w.check_budget();
}

TEST_CASE("members of which one has a smaller budget keep to that, and say so once", "[cluster]") {
  budget_sharing own({{budget_terms::subject::trunk, 0, "t", 30, 40, 900}});
  dialer::budget_share mine{.key = "t", .epoch = 1, .budget = {30, 40'000}, .node = "a"};
  dialer::budget_share other{.key = "t", .epoch = 2, .budget = {20, 2'500}, .node = "b"};
  auto wanted = own.take({{mine, other}, 0}, 1, 1);
  REQUIRE(wanted.size() == 1);
  own.claimed({{20, 2}});
  CHECK(own.limits()[0].channels == 20);
  CHECK(own.limits()[0].starts == 2.5);
  const auto told = own.differences();
  REQUIRE(told.size() == 1);
  CHECK(told[0] == "trunk t: this node has capacity 30, calls-per-second 40, b has capacity 20, calls-per-second 2.500: the "
                   "smallest count for all: give all nodes the same");
  own.take({{mine, other}, 0}, 1, 1);
  CHECK(own.differences().empty());
}
