// lane_watch_test.cpp: a lane that sleeps or works is left alone, one that hangs is seen, and whether it was busy.
#include "tests/catch.hpp"

#include <ctime>

#include "actors/lane_watch.hpp"
#include "tests/actors/support.hpp"

using namespace chainring::actors;
using namespace chainring::actors::testing;

namespace {

constexpr std::chrono::milliseconds between_looks{1};

/// Keeps the lane in one step until released.
struct hanging {
  std::promise<void> begun;
  std::atomic<bool> release{false};

  void begin(lane& l, bool busy) {
    l.post([this, busy](lane&) {
      begun.set_value();
      if (busy)
        while (!release) {
        }
      else release.wait(false);
    });
    begun.get_future().get();
  }
  /// Returns when the lane is out of the step.
  void end(lane& l) {
    release = true;
    release.notify_one();
    on_lane(l, [](lane&) {});
  }
};

std::chrono::nanoseconds cpu_of(const lane& l) {
  timespec used{};
  ::clock_gettime(l.cpu_clock(), &used);
  return std::chrono::seconds{used.tv_sec} + std::chrono::nanoseconds{used.tv_nsec};
}

/// The first hang in so many looks.
std::optional<lane_hang> look(lane_watch& watch, std::uint32_t looks) {
  std::optional<lane_hang> seen;
  for (; looks > 0 && !seen; --looks) seen = watch.look();
  return seen;
}

constexpr auto enough = limits::lane_looks_max + 1;

} // namespace

TEST_CASE_METHOD(one_lane, "a lane that sleeps does not hang, nor one that works", "[lane_watch]") {
  lane_watch watch{{&l}, between_looks};
  while (!l.asleep()) std::this_thread::yield();
  CHECK_FALSE(look(watch, enough * 3));
  for (std::uint32_t n = 0; n < enough * 3; ++n) {
    on_lane(l, [](lane&) {});
    CHECK_FALSE(watch.look());
  }
}

TEST_CASE_METHOD(one_lane, "a lane that waits inside a step hangs without being busy, and is told once", "[lane_watch]") {
  lane_watch watch{{&l}, between_looks};
  hanging step;
  step.begin(l, false);
  while (l.runnable()) std::this_thread::yield();
  CHECK_FALSE(look(watch, enough - 1));
  const auto seen = watch.look();
  REQUIRE(seen);
  CHECK(seen->lane == 0);
  CHECK_FALSE(seen->busy);
  CHECK_FALSE(look(watch, enough * 2));
  step.end(l);
}

TEST_CASE_METHOD(one_lane, "a lane that computes and computes hangs and is busy", "[lane_watch]") {
  lane_watch watch{{&l}, between_looks};
  hanging step;
  step.begin(l, true);
  const auto begun = cpu_of(l);
  CHECK_FALSE(watch.look());
  std::optional<lane_hang> seen;
  while (!seen) seen = watch.look();
  CHECK(seen->busy);
  CHECK(cpu_of(l) - begun >= between_looks * limits::lane_looks_max / limits::lane_cpu_share_min);
  step.end(l);
}

TEST_CASE_METHOD(one_lane, "the watchdog tells once and goes when it is told to", "[lane_watch]") {
  hanging step;
  step.begin(l, false);
  std::promise<lane_hang> told;
  {
    lane_watchdog dog{lane_watch{{&l}, between_looks}, between_looks, [&](const lane_hang& hang) { told.set_value(hang); }};
    CHECK(told.get_future().get().lane == 0);
  }
  step.end(l);
}
