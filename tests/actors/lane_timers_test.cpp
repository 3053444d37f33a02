// lane_timers_test.cpp: a wheel on a lane, in real and in virtual time.
#include "tests/catch.hpp"

#include <algorithm>
#include <future>
#include <random>
#include <stdexcept>
#include <vector>

#include <caf/send.hpp>

#include "actors/lane_timers.hpp"
#include "actors/real_clock.hpp"
#include "actors/virtual_clock.hpp"
#include "tests/actors/support.hpp"

using namespace chainring::actors;
using namespace chainring::actors::testing;

namespace {

constexpr std::int64_t start_ms = virtual_clock::default_start_ms;

struct expiry {
  std::int64_t due_ms;
  std::int64_t now_ms;
  std::uint32_t sequence;
};

/// Arms itself again until it has had `left` expiries.
class alarm_clock final : public lane_actor {
 public:
  alarm_clock(caf::actor_config& setup, lane& home, timer_wheel& wheel, std::vector<expiry>& log)
      : lane_actor(setup, home), wheel_(wheel), log_(log) {}
  void start(int count, unsigned seed, std::int64_t span_ms, std::int64_t now_ms) {
    left_ = count;
    random_.seed(seed);
    span_ms_ = span_ms;
    arm(now_ms);
  }
  bool wants(const timer& t) const { return t.sequence == sequence_; }
  void step(const timer& t, lane& here) {
    if (!wants(t)) return;
    log_.push_back({t.due_ms, here.time().now_ms(), t.sequence});
    if (--left_ == 0) return quit();
    arm(here.now_ms());
    if (peer) caf::actor_cast<caf::abstract_actor*>(peer)->enqueue(local_element<int>::make(3), &here);
  }
  void on_message(caf::mailbox_element& message, lane& here) override {
    if (auto* t = local_element<timer>::in(message)) return step(*t, here);
    if (auto* hops = local_element<int>::in(message)) {
      ++heard;
      if (peer && *hops > 0) caf::actor_cast<caf::abstract_actor*>(peer)->enqueue(local_element<int>::make(*hops - 1), &here);
      return;
    }
    unknown(message, here);
  }
  void on_end(lane&) override { peer = nullptr; }

  caf::actor peer;
  int heard = 0;

 private:
  void arm(std::int64_t now_ms) {
    const auto due_ms = now_ms + 1 + static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(span_ms_));
    // CHECK is not for several threads: an actor that ends here is missed in the log.
    const bool armed = wheel_.arm({due_ms, slot(), generation(), ++sequence_}) &&
                       wheel_.arm({due_ms + 1, slot(), generation(), sequence_ - 1}); // one that it does not want
    if (!armed) throw std::length_error("the wheel is full");
    wheel_.note_cancelled();
  }

  timer_wheel& wheel_;
  std::vector<expiry>& log_;
  std::mt19937 random_;
  int left_ = 0;
  std::int64_t span_ms_ = 1;
  std::uint32_t sequence_ = 0;
};

/// A lane with its wheel; the log belongs to the lane's thread.
struct lane_with_wheel {
  lane l;
  timer_wheel wheel;
  std::vector<expiry> log;
  explicit lane_with_wheel(chainring::actors::clock& time)
      : l(lane::block_bytes<alarm_clock>(), time)
      , wheel(time.now_ms(), tick_ms(time)) {}
  void start(caf::actor_system& system) {
    l.start(system);
    l.post([this](lane& here) { here.timers(fire_on_lane<alarm_clock>(wheel)); });
  }
  void spawn(int actors, int expiries, std::int64_t span_ms) {
    l.post([=, this](lane& here) {
      for (int i = 0; i < actors; ++i)
        here.spawn<alarm_clock>(wheel, log)->start(expiries, static_cast<unsigned>(i), span_ms, here.now_ms());
    });
  }
};

bool due_order(const std::vector<expiry>& log) {
  return std::is_sorted(log.begin(), log.end(), [](const auto& a, const auto& b) { return a.due_ms < b.due_ms; });
}

} // namespace

TEST_CASE("in real time no expiry is early, each comes once, and the lane sleeps between them", "[lane][timers]") {
  real_clock time;
  lane_with_wheel one{time};
  quiet_config config;
  caf::actor_system system{config};
  one.start(system);
  one.spawn(20, 5, 30);
  one.l.stop(); // when the last has had its last
  one.l.join();
  CHECK(one.log.size() == 100);
  const auto early = std::count_if(one.log.begin(), one.log.end(), [](const auto& e) { return e.now_ms < e.due_ms; });
  CHECK(early == 0);
  CHECK(one.l.wakeups() <= 120); // about one for each tick that has something due, not one for each tick or turn
}

TEST_CASE("in virtual time every expiry is exact and in order, and years pass at once", "[lane][timers]") {
  virtual_clock time{start_ms};
  lane_with_wheel one{time};
  quiet_config config;
  caf::actor_system system{config};
  {
    const auto setting_up = time.begin_work();
    one.start(system);
    one.spawn(50, 40, std::int64_t{90} * 86'400'000);
    one.l.stop();
  }
  one.l.join();
  CHECK(one.log.size() == 2'000);
  const auto off = std::count_if(one.log.begin(), one.log.end(), [](const auto& e) { return e.now_ms != e.due_ms; });
  CHECK(off == 0);
  CHECK(due_order(one.log));
  CHECK(time.now_ms() > start_ms + std::int64_t{365} * 86'400'000);
}

TEST_CASE("virtual time waits for the messages between two lanes", "[lane][timers][storm]") {
  std::promise<void> stalled;
  std::atomic<bool> once{false};
  virtual_clock time{start_ms, [&] {
                       if (!once.exchange(true)) stalled.set_value();
                     }};
  lane_with_wheel one{time};
  lane_with_wheel other{time};
  std::promise<int> heard[2];
  quiet_config config;
  caf::actor_system system{config};
  constexpr int expiries = 2'000;
  {
    const auto setting_up = time.begin_work();
    for (auto* w : {&one, &other}) w->start(system);
    caf::actor names[2];
    int i = 0;
    for (auto* w : {&one, &other})
      names[i++] = on_lane(w->l, [&](lane& here) { return here.spawn<alarm_clock>(w->wheel, w->log)->handle(); });
    i = 0;
    for (auto* w : {&one, &other}) {
      on_lane(w->l, [&](lane& here) {
        auto& a = *static_cast<alarm_clock*>(caf::actor_cast<caf::abstract_actor*>(names[i]));
        a.peer = names[1 - i];
        a.start(expiries, static_cast<unsigned>(7 + i), 20, here.now_ms());
      });
      ++i;
    }
  }
  stalled.get_future().get(); // both have ended, nothing is in flight; hangs if a wake-up is lost
  for (auto* w : {&one, &other}) {
    w->l.stop();
    w->l.join();
    CHECK(w->log.size() == expiries);
    const auto off = std::count_if(w->log.begin(), w->log.end(), [](const auto& e) { return e.now_ms != e.due_ms; });
    CHECK(off == 0);
    CHECK(due_order(w->log));
  }
  CHECK(time.work_in_flight() == 0);
}

TEST_CASE("a lane that sleeps until next year wakes for a message and then sees that the wall has jumped", "[lane][timers]") {
  still_clock time; // never advances by itself: only the message can wake it
  lane_with_wheel one{time};
  quiet_config config;
  caf::actor_system system{config};
  one.start(system);
  on_lane(one.l, [&](lane& here) {
    auto& a = *here.spawn<alarm_clock>(one.wheel, one.log);
    a.start(1, 1, 1, here.now_ms() + std::int64_t{365} * 86'400'000);
  });
  CHECK(on_lane(one.l, [&](lane&) { return one.wheel.next_due_ms(); }) > time.now_ms());
  time.advance(std::int64_t{366} * 86'400'000); // the wall jumps
  on_lane(one.l, [](lane&) {});
  on_lane(one.l, [](lane&) {}); // the turn of the first has fired
  one.l.stop();
  one.l.join();
  REQUIRE(one.log.size() == 1);
  CHECK(one.log[0].now_ms >= one.log[0].due_ms);
}
