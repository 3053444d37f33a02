// real_clock_test.cpp: wall time that neither goes back nor stands still.
#include "tests/catch.hpp"

#include <chrono>
#include <future>
#include <vector>

#include "actors/real_clock.hpp"

using namespace chainring::actors;
using namespace std::chrono_literals;
using std::chrono::nanoseconds;

TEST_CASE("the clock follows the wall", "[real_clock]") {
  wall_progress p{100s, 5s};
  CHECK(p.advance(100s + 10ms, 5s + 10ms) == 100s + 10ms);
  CHECK(p.advance(100s + 30ms, 5s + 31ms) == 100s + 30ms);
}

TEST_CASE("a forward jump of the wall is taken at once", "[real_clock]") {
  wall_progress p{100s, 5s};
  CHECK(p.advance(3'700s, 5s + 1ms) == 3'700s);
}

TEST_CASE("after a backward jump the clock goes on at half rate until the wall has caught up", "[real_clock]") {
  wall_progress p{100s, 0s};
  CHECK(p.advance(40s, 0s) == 100s); // a minute back
  CHECK(p.advance(50s, 10s) == 105s);
  CHECK(p.advance(100s, 60s) == 130s);
  CHECK(p.advance(160s, 120s) == 160s); // met
  CHECK(p.advance(161s, 121s) == 161s);
}

TEST_CASE("a clock that is read often does not stand still behind a backward jump", "[real_clock]") {
  wall_progress p{100s, 0s};
  nanoseconds steady{0};
  nanoseconds last{100s};
  for (int i = 0; i < 10'000; ++i) {
    steady += 100us;
    const auto now = p.advance(40s + steady, steady);
    REQUIRE(now > last);
    last = now;
  }
  CHECK(last == 100s + 500ms);
}

TEST_CASE("a steady clock that is read out of order by two threads does no harm", "[real_clock]") {
  wall_progress p{100s, 10s};
  CHECK(p.advance(100s + 2ms, 10s + 2ms) == 100s + 2ms);
  CHECK(p.advance(100s + 1ms, 10s + 1ms) == 100s + 2ms);
  CHECK(p.advance(100s + 3ms, 10s + 3ms) == 100s + 3ms);
}

TEST_CASE("a deadline wakes its participant when it has come, not before", "[real_clock]") {
  real_clock time;
  std::promise<std::int64_t> woken;
  auto d = time.join({.name = "one", .order = 0, .wake = [&](work w) {
                        CHECK_FALSE(w);
                        woken.set_value(time.now_ms());
                      },
                      .settle = nullptr});
  const auto due = time.now_ms() + 5;
  d->set(due);
  CHECK(woken.get_future().get() >= due);
}

TEST_CASE("a later deadline does not hold up an earlier one that is set after it", "[real_clock]") {
  real_clock time;
  std::promise<void> late;
  std::promise<void> early;
  auto far = time.join({.name = "far", .order = 0, .wake = [&](work) { late.set_value(); }, .settle = nullptr});
  auto near = time.join({.name = "near", .order = 1, .wake = [&](work) { early.set_value(); }, .settle = nullptr});
  far->set(time.now_ms() + 3'600'000);
  near->set(time.now_ms() + 1);
  early.get_future().get(); // would hang for an hour
  far->set(time.now_ms());  // moved back
  late.get_future().get();
}

TEST_CASE("a participant may set its next deadline while it is woken", "[real_clock]") {
  real_clock time;
  std::promise<void> done;
  std::unique_ptr<deadline> d;
  std::atomic<int> wakes{0};
  std::promise<void> ready;
  auto set_up = ready.get_future().share();
  d = time.join({.name = "again", .order = 0, .wake = [&, set_up](work) {
                   set_up.get();
                   if (++wakes == 20) return done.set_value();
                   d->set(time.now_ms());
                 },
                 .settle = nullptr});
  ready.set_value();
  d->set(time.now_ms());
  done.get_future().get();
  CHECK(wakes == 20);
}
