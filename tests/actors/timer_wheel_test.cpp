// timer_wheel_test.cpp: the wheel against an ordered map, in virtual time.
#include "tests/catch.hpp"

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <vector>

#include "actors/timer_wheel.hpp"

using chainring::actors::never;
using chainring::actors::timer;
using chainring::actors::timer_wheel;
namespace limits = chainring::actors::limits;

namespace {

constexpr std::int64_t start_ms = 1'767'625'200'000;
constexpr std::int64_t day_ms = 86'400'000;

const auto no_prefetch = [](const timer&) {};

timer at(std::int64_t due_ms, std::uint32_t sequence = 0) { return {due_ms, 7, 1, sequence}; }

std::vector<timer> fire_all(timer_wheel& wheel, std::int64_t now_ms) {
  std::vector<timer> fired;
  const auto keep = [&](const timer& t) {
    fired.push_back(t);
    return true;
  };
  while (wheel.fire(now_ms, keep, no_prefetch) > 0) {}
  return fired;
}

/// Deadlines as treatments have them: mostly seconds to minutes, some hours, days, months, years.
std::int64_t random_delay(std::mt19937_64& random) {
  static constexpr std::int64_t spans[] = {1, 300, 3'000, 60'000, 3'600'000, day_ms, 60 * day_ms, 4'000 * day_ms};
  return static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(spans[random() % std::size(spans)] + 1));
}

/// The reference: {tick, order of arming}.
struct naive {
  std::int64_t tick_ms;
  std::map<std::pair<std::int64_t, std::uint64_t>, timer> pending{};
  std::uint64_t armed = 0;

  std::int64_t rounded(std::int64_t due_ms) const { return (due_ms - start_ms + tick_ms - 1) / tick_ms * tick_ms + start_ms; }
  void arm(const timer& t, std::int64_t now_ms) {
    const auto now_tick = (now_ms - start_ms) / tick_ms * tick_ms + start_ms;
    pending.emplace(std::pair{std::max(rounded(t.due_ms), now_tick), armed++}, t);
  }
};

} // namespace

TEST_CASE("an empty wheel has no deadline", "[timer_wheel]") {
  timer_wheel wheel{start_ms, 10};
  CHECK(wheel.next_due_ms() == never);
  CHECK(fire_all(wheel, start_ms + 1'000 * day_ms).empty());
  CHECK(wheel.pending() == 0);
}

TEST_CASE("a deadline is rounded up to its tick and never early", "[timer_wheel]") {
  timer_wheel wheel{start_ms, 10};
  REQUIRE(wheel.arm(at(start_ms + 11)));
  CHECK(wheel.next_due_ms() == start_ms + 20);
  CHECK(fire_all(wheel, start_ms + 19).empty());
  CHECK(fire_all(wheel, start_ms + 20).size() == 1);
}

TEST_CASE("with ticks of 1 ms timers fire exactly, in due order, ties in the order of arming", "[timer_wheel]") {
  timer_wheel wheel{start_ms, 1};
  const auto far = start_ms + 3 * day_ms + 12'345;
  REQUIRE(wheel.arm(at(far, 1))); // stands on a high level
  REQUIRE(wheel.arm(at(far - 1, 2)));
  REQUIRE(wheel.arm(at(far, 3)));
  CHECK(fire_all(wheel, far - 100).empty());
  REQUIRE(wheel.arm(at(far, 4))); // now it is near
  REQUIRE(wheel.arm(at(far - 1, 5)));
  CHECK(wheel.next_due_ms() == far - 1);
  std::vector<std::uint32_t> order;
  for (const auto& t : fire_all(wheel, far)) order.push_back(t.sequence);
  CHECK(order == std::vector<std::uint32_t>{2, 5, 1, 3, 4});
}

TEST_CASE("a timer that is due already fires at the next call, not in the one that armed it", "[timer_wheel]") {
  timer_wheel wheel{start_ms, 10};
  REQUIRE(wheel.arm(at(start_ms - day_ms)));
  CHECK(wheel.next_due_ms() <= start_ms);
  int fired = 0;
  const auto again = [&](const timer& t) {
    ++fired;
    CHECK(wheel.arm({start_ms, t.slot, t.generation, t.sequence + 1}));
    return true;
  };
  wheel.fire(start_ms, again, no_prefetch);
  CHECK(fired == 1);
  wheel.fire(start_ms, again, no_prefetch);
  CHECK(fired == 2);
  CHECK(wheel.pending() == 1);
}

TEST_CASE("one call fires at most as many as it is told, and the rest keep their order", "[timer_wheel]") {
  timer_wheel wheel{start_ms, 1};
  for (std::uint32_t i = 0; i < 1'000; ++i) REQUIRE(wheel.arm(at(start_ms + i / 10, i)));
  std::uint32_t expected = 0;
  const auto in_order = [&](const timer& t) { return t.sequence == expected++; };
  std::size_t calls = 0;
  while (wheel.next_due_ms() <= start_ms + 100) {
    const auto fired = wheel.fire(start_ms + 100, in_order, no_prefetch, 64);
    CHECK(fired <= 64);
    ++calls;
  }
  CHECK(expected == 1'000);
  CHECK(calls == 16);
  CHECK(wheel.next_due_ms() == never);
}

TEST_CASE("every timer is announced once, eight ahead at most, before it fires", "[timer_wheel]") {
  timer_wheel wheel{start_ms, 10};
  for (std::uint32_t i = 0; i < 500; ++i) REQUIRE(wheel.arm(at(start_ms + i, i)));
  std::uint32_t announced = 0;
  std::uint32_t fired = 0;
  wheel.fire(start_ms + 1'000,
             [&](const timer& t) {
               CHECK(t.sequence == fired++);
               CHECK(announced >= fired);
               CHECK(announced <= fired + limits::prefetch_distance);
               return true;
             },
             [&](const timer& t) { CHECK(t.sequence == announced++); });
  CHECK(fired == 500);
  CHECK(announced == 500);
}

TEST_CASE("deadlines months, decades and centuries ahead", "[timer_wheel]") {
  for (const std::int64_t tick_ms : {1, 10}) {
    timer_wheel wheel{start_ms, tick_ms};
    const std::vector<std::int64_t> days = {1, 31, 90, 400, 13'000, 40'000, 130'000, 1'000'000};
    for (const auto d : days) REQUIRE(wheel.arm(at(start_ms + d * day_ms, static_cast<std::uint32_t>(d))));
    for (const auto d : days) {
      const auto due = start_ms + d * day_ms;
      CHECK(wheel.next_due_ms() == due);
      CHECK(fire_all(wheel, due - 1).empty());
      const auto fired = fire_all(wheel, due);
      REQUIRE(fired.size() == 1);
      CHECK(fired[0].sequence == static_cast<std::uint32_t>(d));
    }
    CHECK(wheel.next_due_ms() == never);
  }
}

TEST_CASE("the farthest deadline there is does not overflow", "[timer_wheel]") {
  timer_wheel wheel{start_ms, 10};
  REQUIRE(wheel.arm(at(never)));
  CHECK(wheel.next_due_ms() > start_ms + 1'000'000 * day_ms);
  CHECK(fire_all(wheel, start_ms + 1'000'000 * day_ms).empty());
  CHECK(wheel.pending() == 1);
}

TEST_CASE("the wheel behaves as an ordered map does", "[timer_wheel]") {
  const std::int64_t tick_ms = GENERATE(1, 10);
  const auto seed = GENERATE(range(1, 9));
  std::mt19937_64 random(static_cast<std::uint64_t>(seed));
  timer_wheel wheel{start_ms, tick_ms};
  naive reference{tick_ms};
  auto now = start_ms;
  std::uint32_t sequence = 0;
  const auto arm_some = [&](std::size_t count) {
    for (; count > 0; --count) {
      const auto t = at(now + random_delay(random), sequence++);
      REQUIRE(wheel.arm(t));
      reference.arm(t, now);
    }
  };
  std::size_t mismatches = 0;
  std::size_t fired = 0;
  arm_some(2'000);
  for (int round = 0; round < 3'000; ++round) {
    // what the wheel says is next is what the map says is next
    const auto next = reference.pending.empty() ? never : reference.pending.begin()->first.first;
    if (wheel.next_due_ms() != next) ++mismatches;
    now = random() % 2 || next == never ? now + random_delay(random) / 16 : std::max(now, next);
    wheel.fire(now,
               [&](const timer& t) {
                 ++fired;
                 auto first = reference.pending.begin();
                 if (first == reference.pending.end() || first->second.sequence != t.sequence || t.due_ms > now) ++mismatches;
                 if (first != reference.pending.end()) reference.pending.erase(first);
                 if (random() % 4 == 0) arm_some(1);
                 return true;
               },
               no_prefetch, 1'000'000);
    arm_some(random() % 8);
    // nothing is late: the map has no more that is due, but for what was armed in this very call
    if (!reference.pending.empty() && wheel.next_due_ms() > now && reference.pending.begin()->first.first <= now) ++mismatches;
  }
  CHECK(mismatches == 0);
  CHECK(fired > 5'000);
  CHECK(wheel.pending() == reference.pending.size());
}

TEST_CASE("cancelled timers are purged when they outnumber the others", "[timer_wheel]") {
  timer_wheel wheel{start_ms, 10};
  std::mt19937_64 random(42);
  constexpr std::uint32_t count = 400'000;
  for (std::uint32_t i = 0; i < count; ++i) REQUIRE(wheel.arm(at(start_ms + 1 + random_delay(random), i)));
  const auto wanted = [](const timer& t) { return t.sequence % 4 == 0; };
  wheel.note_cancelled(100'000);
  CHECK_FALSE(wheel.worth_purging());
  wheel.note_cancelled(200'000);
  REQUIRE(wheel.worth_purging());
  const auto bytes = wheel.bytes();
  wheel.purge(wanted);
  CHECK(wheel.pending() == count / 4);
  CHECK(wheel.cancelled() == 0);
  CHECK(wheel.bytes() < bytes);
  std::set<std::uint32_t> left;
  auto now = start_ms;
  bool early = false;
  while (wheel.next_due_ms() != never) {
    now = wheel.next_due_ms();
    for (const auto& t : fire_all(wheel, now)) {
      early |= t.due_ms > now;
      left.insert(t.sequence);
    }
  }
  CHECK_FALSE(early);
  CHECK(left.size() == count / 4);
  CHECK(std::all_of(left.begin(), left.end(), [](std::uint32_t n) { return n % 4 == 0; }));
}

TEST_CASE("a stale timer that fires is no longer counted as cancelled", "[timer_wheel]") {
  timer_wheel wheel{start_ms, 10};
  REQUIRE(wheel.arm(at(start_ms + 10)));
  wheel.note_cancelled();
  wheel.fire(start_ms + 10, [](const timer&) { return false; }, no_prefetch);
  CHECK(wheel.cancelled() == 0);
  CHECK(wheel.pending() == 0);
}

TEST_CASE("the number of timers is bounded", "[timer_wheel]") {
  timer_wheel wheel{start_ms, 10};
  std::size_t refused = 0;
  for (std::size_t i = 0; i < limits::timers_per_lane_max; ++i) refused += wheel.arm(at(start_ms + 1'000)) ? 0 : 1;
  CHECK(refused == 0);
  CHECK_FALSE(wheel.arm(at(start_ms + 1'000)));
  CHECK(wheel.pending() == limits::timers_per_lane_max);
  std::size_t fired = 0;
  const auto count = [&](const timer&) {
    ++fired;
    return true;
  };
  while (wheel.fire(start_ms + 1'000, count, no_prefetch) > 0) {}
  CHECK(fired == limits::timers_per_lane_max);
  CHECK(wheel.bytes() < (limits::timer_chunks_kept_max + 64) * 1'024); // the burst's memory has gone back
  CHECK(wheel.arm(at(start_ms + 2'000)));
}
