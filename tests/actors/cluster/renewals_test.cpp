// renewals_test.cpp: whose lease counts as over after a silence, and a clock that was set forward is told from a late answer.
#include "actors/cluster/renewals.hpp"

#include "tests/catch.hpp"

using namespace chainring::actors;
using namespace std::chrono_literals;

namespace {

constexpr std::int64_t lease_ms = 2'000, store_begin_ms = 5'000'000;
const renewals::time_point start{100s};

/// A member that renews every 400 ms until it does not; the store's clock and its own go alike.
struct member_of_store {
  renewals own{lease_ms};
  std::int64_t last_ms = 0; // since the start

  renewals::gap at(std::int64_t ms) { return answered(ms, ms); }
  /// The renewal is in the store at `ms`, and heard of at `heard_ms`.
  renewals::gap answered(std::int64_t ms, std::int64_t heard_ms) {
    last_ms = ms;
    return own.renewed(store_begin_ms + ms, start + std::chrono::milliseconds(ms), start + std::chrono::milliseconds(heard_ms));
  }
  /// Of another member, which has renewed last at `renewed_ms`: does it lose its lease at `now_ms`, when that is over?
  bool ends(std::int64_t renewed_ms, std::int64_t now_ms) const {
    const auto until_ms = renewed_ms + lease_ms;
    return until_ms < now_ms && store_begin_ms + until_ms <= own.counts_ended_by_ms(start + std::chrono::milliseconds(now_ms));
  }
};

} // namespace

TEST_CASE("A lease that is over counts as over while this member renews its own", "[cluster]") {
  member_of_store m;
  for (std::int64_t ms = 0; ms <= 4'000; ms += 400) CHECK(m.at(ms).silent_ms == 0);
  CHECK(m.ends(1'900, 4'000));
  CHECK_FALSE(m.ends(2'100, 4'000));
}

TEST_CASE("After a silence those are spared for a lease who had renewed about as late", "[cluster]") {
  member_of_store m;
  m.at(0);
  m.at(400);
  CHECK(m.at(5'000).silent_ms == 4'600);
  CHECK_FALSE(m.ends(0, 5'000)); // by its phase, and a look that took long
  CHECK_FALSE(m.ends(400, 5'000));
  CHECK(m.ends(-700, 5'000)); // it was dead before that
  m.at(5'400);
  CHECK_FALSE(m.ends(400, 6'900));
  CHECK(m.ends(400, 7'001));
}

TEST_CASE("An answer that comes when the store is back is no sign that it was there", "[cluster]") {
  member_of_store m;
  m.at(0);
  CHECK(m.answered(400, 5'000).silent_ms == 5'000);
  CHECK_FALSE(m.ends(300, 5'000));
  CHECK(m.at(5'050).silent_ms == 4'650); // by the store's clock
  CHECK_FALSE(m.ends(300, 5'050));
}

TEST_CASE("The store's clock has been set forward if it has gone further than time can have passed", "[cluster]") {
  renewals own{lease_ms};
  const auto forward = [&](std::int64_t store_ms, std::chrono::milliseconds asked, std::chrono::milliseconds now) {
    return own.renewed(store_ms, start + asked, start + now).set_forward_ms;
  };
  CHECK(forward(5'000'000, 0ms, 3ms) == 0);
  CHECK(forward(5'001'000, 1'000ms, 1'003ms) == 0);
  CHECK(forward(5'004'900, 2'000ms, 5'000ms) == 0); // an answer that came late may be of any moment until then
  CHECK(forward(5'010'000, 5'000ms, 5'000ms) == 2'100);
  CHECK(own.counts_ended_by_ms(start + 5'000ms) == 5'005'900); // as after a silence
  CHECK(forward(5'011'000, 6'000ms, 6'000ms) == 0);
  CHECK(forward(1'000'000, 7'000ms, 7'000ms) == 0); // back
  CHECK(forward(1'001'500, 8'000ms, 8'000ms) == 500);
}
