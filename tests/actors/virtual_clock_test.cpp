// virtual_clock_test.cpp: time that jumps only when nothing is in flight.
#include "tests/catch.hpp"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <future>
#include <mutex>
#include <random>
#include <thread>
#include <vector>

#include "actors/virtual_clock.hpp"

using namespace chainring::actors;

namespace {

constexpr std::int64_t start_ms = virtual_clock::default_start_ms;

/// Counts stalls and lets a test wait for the next.
class stall_watch {
 public:
  std::function<void()> callback() {
    return [this] {
      std::lock_guard guard{mutex_};
      ++stalls_;
      changed_.notify_all();
    };
  }
  void wait_for(int n) {
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [&] { return stalls_ >= n; });
  }
  int stalls() {
    std::lock_guard guard{mutex_};
    return stalls_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int stalls_ = 0;
};

participant waker(std::string name, int order, std::function<void(work)> wake) {
  return {.name = std::move(name), .order = order, .wake = std::move(wake), .settle = nullptr};
}

} // namespace

TEST_CASE("work is counted, copies included", "[virtual_clock]") {
  virtual_clock time;
  {
    auto a = time.begin_work();
    auto b = a;
    CHECK(time.work_in_flight() == 2);
    auto c = std::move(a);
    CHECK(time.work_in_flight() == 2);
    CHECK_FALSE(a); // NOLINT: moved from is empty
    b = {};
    CHECK(time.work_in_flight() == 1);
    c = work{c};
    CHECK(time.work_in_flight() == 1);
  }
  time.stop();
  CHECK(time.work_in_flight() == 0);
}

TEST_CASE("time stands still while work is held", "[virtual_clock]") {
  stall_watch stalled;
  virtual_clock time{start_ms, stalled.callback()};
  std::int64_t woken_at = 0;
  auto d = time.join(waker("one", 0, [&](work) { woken_at = time.now_ms(); }));
  auto held = time.begin_work();
  d->set(start_ms + 86'400'000);
  CHECK(time.now_ms() == start_ms);
  CHECK(time.jumps() == 0);
  held = {};
  stalled.wait_for(1);
  CHECK(woken_at == start_ms + 86'400'000);
  CHECK(time.now_ms() == woken_at);
  CHECK(time.jumps() == 1);
}

TEST_CASE("a wake holds its instant until its work ends", "[virtual_clock]") {
  stall_watch stalled;
  virtual_clock time{start_ms, stalled.callback()};
  std::promise<work> first;
  std::atomic<bool> second_woken{false};
  auto a = time.join(waker("a", 0, [&](work turn) { first.set_value(std::move(turn)); }));
  auto b = time.join(waker("b", 1, [&](work) { second_woken = true; }));
  {
    auto held = time.begin_work();
    a->set(start_ms + 10);
    b->set(start_ms + 20);
  }
  {
    auto turn = first.get_future().get();
    CHECK(time.now_ms() == start_ms + 10);
    CHECK_FALSE(second_woken);
    CHECK(time.work_in_flight() >= 1);
  }
  stalled.wait_for(1);
  CHECK(second_woken);
  CHECK(time.now_ms() == start_ms + 20);
}

TEST_CASE("those due at one instant are woken in order, at that instant", "[virtual_clock]") {
  stall_watch stalled;
  virtual_clock time{start_ms, stalled.callback()};
  std::vector<std::pair<std::string, std::int64_t>> woken;
  std::vector<std::unique_ptr<deadline>> all;
  {
    auto held = time.begin_work();
    for (const auto& [name, order] : {std::pair{"third", 5}, std::pair{"first", 1},
                                      std::pair{"fourth", 5}, std::pair{"second", 2}}) {
      all.push_back(time.join(waker(name, order, [&, n = std::string{name}](work) { woken.emplace_back(n, time.now_ms()); })));
      all.back()->set(start_ms + 1'000);
    }
  }
  stalled.wait_for(1);
  const std::vector<std::pair<std::string, std::int64_t>> expected = {
      {"first", start_ms + 1'000}, {"second", start_ms + 1'000}, {"third", start_ms + 1'000}, {"fourth", start_ms + 1'000}};
  CHECK(woken == expected);
  CHECK(time.jumps() == 1);
}

TEST_CASE("a deadline that has passed is woken without a jump", "[virtual_clock]") {
  stall_watch stalled;
  virtual_clock time{start_ms, stalled.callback()};
  std::int64_t woken_at = 0;
  auto d = time.join(waker("late", 0, [&](work) { woken_at = time.now_ms(); }));
  d->set(start_ms - 5'000);
  stalled.wait_for(1);
  CHECK(woken_at == start_ms);
  CHECK(time.jumps() == 0);
}

TEST_CASE("before a jump everyone settles, again and again until nothing is started", "[virtual_clock]") {
  stall_watch stalled;
  virtual_clock time{start_ms, stalled.callback()};
  std::vector<std::string> log;
  int gathered = 3;
  work started;
  std::unique_ptr<deadline> d;
  participant dialer{.name = "dialer", .order = 1,
                     .wake = [&](work) { log.push_back("wake " + std::to_string(time.now_ms() - start_ms)); },
                     .settle =
                         [&] {
                           log.push_back("settle " + std::to_string(time.now_ms() - start_ms));
                           if (gathered == 0) return false;
                           --gathered;
                           const auto grant = time.begin_work(); // begun and ended before the jump is decided
                           return true;
                         }};
  {
    auto held = time.begin_work();
    d = time.join(std::move(dialer));
    d->set(start_ms + 7);
  }
  stalled.wait_for(1);
  const std::vector<std::string> expected = {"settle 0", "settle 0", "settle 0", "settle 0", "wake 7", "settle 7"};
  CHECK(log == expected);
}

TEST_CASE("work that begins and ends while the participants settle is noticed", "[virtual_clock]") {
  stall_watch stalled;
  virtual_clock time{start_ms, stalled.callback()};
  int asked = 0;
  auto d = time.join({.name = "keeper", .order = 0, .wake = [](work) {},
                      .settle = [&] {
                        // says no, but a message passed meanwhile: what it changed must be asked about
                        if (++asked == 1) const auto message = time.begin_work();
                        return false;
                      }});
  time.begin_work();
  stalled.wait_for(1);
  CHECK(asked == 2);
}

TEST_CASE("a stall is reported once, and work from outside goes on from it", "[virtual_clock]") {
  stall_watch stalled;
  virtual_clock time{start_ms, stalled.callback()};
  std::atomic<int> wakes{0};
  auto d = time.join(waker("one", 0, [&](work) { ++wakes; }));
  time.begin_work();
  stalled.wait_for(1);
  d->set(start_ms + 60'000); // nothing else is going on
  stalled.wait_for(2);
  CHECK(wakes == 1);
  CHECK(time.now_ms() == start_ms + 60'000);
  time.stop();
  CHECK(stalled.stalls() == 2);
}

TEST_CASE("nothing happens before the first work", "[virtual_clock]") {
  stall_watch stalled;
  virtual_clock time{start_ms, stalled.callback()};
  time.stop();
  CHECK(stalled.stalls() == 0);
  CHECK(time.now_ms() == start_ms);
}

TEST_CASE("a participant that leaves is not woken", "[virtual_clock]") {
  stall_watch stalled;
  virtual_clock time{start_ms, stalled.callback()};
  std::atomic<int> wakes{0};
  {
    auto held = time.begin_work();
    auto d = time.join(waker("gone", 0, [&](work) { ++wakes; }));
    d->set(start_ms + 10);
  }
  stalled.wait_for(1);
  CHECK(wakes == 0);
  CHECK(time.now_ms() == start_ms);
}

TEST_CASE("a clock stops in the middle of a run", "[virtual_clock]") {
  virtual_clock time;
  std::promise<void> enough;
  std::unique_ptr<deadline> d;
  int wakes = 0;
  {
    auto held = time.begin_work();
    d = time.join(waker("endless", 0, [&](work) {
      if (++wakes == 1'000) enough.set_value();
      d->set(time.now_ms() + 1);
    }));
    d->set(start_ms + 1);
  }
  enough.get_future().get();
  time.stop();
  const auto stopped_at = time.now_ms();
  d->set(stopped_at + 1);
  CHECK(time.now_ms() == stopped_at);
  CHECK(stopped_at >= start_ms + 1'000);
}

namespace {

/// A thread with a queue, as an actor is: takes work, passes it on at random, sets its next deadline.
class worker {
 public:
  worker(virtual_clock& time, int order, unsigned seed) : time_(time), random_(seed) {
    deadline_ = time.join(waker("worker", order, [this](work turn) { put({std::move(turn), true}); }));
    thread_ = std::thread{[this] { loop(); }};
  }
  ~worker() {
    put({{}, false, true});
    thread_.join();
  }
  void meet(std::vector<worker*> others) { others_ = std::move(others); }
  void begin(int turns) {
    turns_ = turns;
    plan();
  }

  int turns_done = 0;
  int messages = 0;
  int moved_under_work = 0;
  int not_exact = 0;

 private:
  struct item {
    work carried;
    bool due = false;
    bool end = false;
    int hops = 3;
  };

  void put(item x) {
    {
      std::lock_guard guard{mutex_};
      queue_.push_back(std::move(x));
    }
    changed_.notify_one();
  }
  void plan() {
    planned_ms_ = time_.now_ms() + static_cast<std::int64_t>(random_() % 50);
    deadline_->set(planned_ms_);
  }
  void loop() {
    for (;;) {
      std::unique_lock lock{mutex_};
      changed_.wait(lock, [&] { return !queue_.empty(); });
      auto x = std::move(queue_.front());
      queue_.pop_front();
      lock.unlock();
      if (x.end) return;
      handle(x);
    }
  }
  void handle(item& x) {
    const auto before = time_.now_ms();
    if (x.due) {
      if (before != planned_ms_) ++not_exact;
      ++turns_done;
      if (--turns_ > 0) plan();
      others_[random_() % others_.size()]->put({x.carried, false});
    } else {
      ++messages;
      if (x.hops > 0) others_[random_() % others_.size()]->put({x.carried, false, false, x.hops - 1});
    }
    if (random_() % 64 == 0) std::this_thread::yield();
    if (time_.now_ms() != before) ++moved_under_work;
  }

  virtual_clock& time_;
  std::mt19937 random_;
  std::unique_ptr<deadline> deadline_;
  std::vector<worker*> others_;
  std::int64_t planned_ms_ = 0;
  int turns_ = 0;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<item> queue_;
  std::thread thread_;
};

} // namespace

TEST_CASE("a storm of threads: every deadline exact, no wake lost, no time under work", "[virtual_clock][storm]") {
  constexpr int turns = 1'500;
  stall_watch stalled;
  virtual_clock time{start_ms, stalled.callback()};
  std::vector<std::unique_ptr<worker>> workers;
  for (int i = 0; i < 4; ++i) workers.push_back(std::make_unique<worker>(time, i, 77u + static_cast<unsigned>(i)));
  {
    auto held = time.begin_work();
    for (auto& w : workers) {
      std::vector<worker*> others;
      for (auto& other : workers) others.push_back(other.get());
      w->meet(std::move(others));
    }
    for (auto& w : workers) w->begin(turns);
  }
  // meanwhile somebody outside begins and ends work of his own
  for (int i = 0; i < 20'000; ++i) {
    const auto visiting = time.begin_work();
    const auto before = time.now_ms();
    if (i % 16 == 0) std::this_thread::yield();
    if (time.now_ms() != before) FAIL("time moved under work");
  }
  stalled.wait_for(1); // hangs if a wake is lost
  int messages = 0;
  for (auto& w : workers) {
    CHECK(w->turns_done == turns);
    CHECK(w->moved_under_work == 0);
    CHECK(w->not_exact == 0);
    messages += w->messages;
  }
  CHECK(messages == 4 * turns * 4); // each turn's message makes three more hops
  CHECK(time.work_in_flight() == 0);
}
