// virtual_clock.cpp: when time may jump, and where to.
#include "actors/virtual_clock.hpp"

#include <algorithm>
#include <utility>

namespace chainring::actors {

class virtual_clock::own_deadline final : public deadline {
 public:
  own_deadline(virtual_clock& owner, participants::seat& place) : owner_(owner), seat_(place) {}
  ~own_deadline() override { owner_.participants_.remove(seat_); }
  /// Counts as work, so that a deadline set from outside while all is still is seen.
  void set(std::int64_t due_ms) override {
    const auto moving = owner_.begin_work();
    seat_.due_ms.store(due_ms);
  }

 private:
  virtual_clock& owner_;
  participants::seat& seat_;
};

virtual_clock::virtual_clock(std::int64_t start_ms, std::function<void()> on_stalled)
    : now_ms_(start_ms), on_stalled_(std::move(on_stalled)) {
  counter_ = this;
  thread_ = std::thread{[this] { loop(); }};
}

virtual_clock::~virtual_clock() { stop(); }

void virtual_clock::stop() {
  {
    std::lock_guard guard{mutex_};
    stopping_ = true;
  }
  idle_.notify_one();
  if (thread_.joinable()) thread_.join();
}

std::unique_ptr<deadline> virtual_clock::join(participant who) {
  return std::make_unique<own_deadline>(*this, participants_.add(std::move(who)));
}

void virtual_clock::on_idle() noexcept {
  std::lock_guard guard{mutex_}; // the coordinator is either before its check or asleep
  idle_.notify_one();
}

void virtual_clock::loop() {
  std::unique_lock lock{mutex_};
  const auto something_to_do = [this] {
    const auto now = word();
    return stopping_ || (in_flight(now) == 0 && begun(now) + std::uint64_t{1} != std::max<std::uint64_t>(stalled_at_, 1));
  };
  for (;;) {
    idle_.wait(lock, something_to_do);
    if (stopping_) return;
    lock.unlock();
    if (turn() == outcome::stalled && on_stalled_) on_stalled_();
    lock.lock();
  }
}

std::uint64_t virtual_clock::stall() const noexcept {
  const auto now = word();
  const auto last = stalled_at_.load();
  return in_flight(now) == 0 && last == begun(now) + std::uint64_t{1} ? last : 0;
}

virtual_clock::outcome virtual_clock::turn() {
  std::lock_guard calling{participants_.mutex()};
  auto before = word();
  // Our own work, which is not counted as begun: any other that begins from here on changes the word for good.
  if (in_flight(before) != 0 || !word_.compare_exchange_strong(before, before + 1)) return outcome::busy;
  const auto result = participants_.settle() ? outcome::moved : jump(before);
  if (result != outcome::stalled) word_.fetch_sub(1);
  return result;
}

// `before`: the word when nothing was in flight. While the time is frozen, no work can begin, so nobody sees it change.
virtual_clock::outcome virtual_clock::jump(std::uint64_t before) {
  auto alone = before + 1;
  if (!word_.compare_exchange_strong(alone, alone | frozen)) return outcome::busy; // ask again once that has ended
  const auto due_ms = participants_.earliest_ms();
  if (due_ms == never) {
    stalled_at_ = begun(before) + std::uint64_t{1};
    word_.fetch_sub(frozen + std::uint64_t{1});
    return outcome::stalled;
  }
  if (due_ms > now_ms_.load()) {
    now_ms_.store(due_ms);
    jumps_.fetch_add(1, std::memory_order_relaxed);
  }
  word_.fetch_sub(frozen);
  participants_.wake_due(now_ms_.load(), *this);
  return outcome::moved;
}

} // namespace chainring::actors
