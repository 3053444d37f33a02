// real_clock.cpp: reads both system clocks; waits for the next deadline.
#include "actors/real_clock.hpp"

#include <algorithm>
#include <utility>

#include "actors/limits.hpp"

namespace chainring::actors {
namespace {

using std::chrono::nanoseconds;

nanoseconds wall() { return std::chrono::system_clock::now().time_since_epoch(); }
nanoseconds steady() { return std::chrono::steady_clock::now().time_since_epoch(); }

} // namespace

nanoseconds wall_progress::advance(nanoseconds wall_now, nanoseconds steady_now) {
  const auto elapsed = std::max(steady_now - steady_, nanoseconds{0});
  steady_ = std::max(steady_, steady_now);
  now_ = std::max(wall_now, now_ + elapsed / 2);
  return now_;
}

class real_clock::own_deadline final : public deadline {
 public:
  own_deadline(real_clock& owner, participants::seat& place) : owner_(owner), seat_(place) {}
  ~own_deadline() override { owner_.participants_.remove(seat_); }
  void set(std::int64_t due_ms) override { owner_.set(seat_, due_ms); }

 private:
  real_clock& owner_;
  participants::seat& seat_;
};

real_clock::real_clock() : progress_(wall(), steady()) {}

real_clock::~real_clock() {
  {
    std::lock_guard guard{mutex_};
    stopping_ = true;
  }
  changed_.notify_one();
  if (thread_.joinable()) thread_.join();
}

std::int64_t real_clock::now_ms() noexcept {
  std::lock_guard guard{progress_mutex_};
  return std::chrono::duration_cast<std::chrono::milliseconds>(progress_.advance(wall(), steady())).count();
}

std::unique_ptr<deadline> real_clock::join(participant who) {
  auto& place = participants_.add(std::move(who));
  std::lock_guard guard{mutex_};
  if (!thread_.joinable()) thread_ = std::thread{[this] { loop(); }};
  return std::make_unique<own_deadline>(*this, place);
}

void real_clock::set(participants::seat& place, std::int64_t due_ms) {
  place.due_ms.store(due_ms);
  {
    std::lock_guard guard{mutex_};
    if (due_ms >= planned_ms_) return;
    planned_ms_ = due_ms;
    moved_ = true;
  }
  changed_.notify_one();
}

void real_clock::loop() {
  for (;;) {
    std::unique_lock calling{participants_.mutex()};
    participants_.wake_due(now_ms(), *this);
    std::unique_lock lock{mutex_};
    planned_ms_ = participants_.earliest_ms(); // whoever sets an earlier one from here on says so
    calling.unlock();
    const auto woken = [this] { return stopping_ || moved_; };
    if (planned_ms_ == never) {
      changed_.wait(lock, woken);
    } else {
      const auto rest_ms = std::clamp<std::int64_t>(planned_ms_ - now_ms(), 0, limits::lane_sleep_ms_max);
      changed_.wait_for(lock, std::chrono::milliseconds{rest_ms}, woken);
    }
    if (stopping_) return;
    moved_ = false;
    planned_ms_ = 0; // the thread looks at all deadlines before it waits again
  }
}

} // namespace chainring::actors
