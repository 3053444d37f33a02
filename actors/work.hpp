// work.hpp: what is in flight. In virtual time every message to a control actor, commit, fetch and HTTP send carries a
// `work`; the clock moves only when none is left. In real time a `work` is empty and costs nothing.
#pragma once

#include <atomic>
#include <cstdint>
#include <utility>

namespace chainring::actors {

/// Counts the work in flight in one word: {begun since the start : 32, frozen : 1, in flight : 31}. The upper half lets
/// the coordinator of virtual time see work that began and ended while it was looking elsewhere.
class work_counter {
 public:
  void begin() noexcept;
  void end() noexcept;

  std::uint64_t word() const noexcept { return word_.load(std::memory_order_acquire); }
  static std::uint32_t in_flight(std::uint64_t word) noexcept { return static_cast<std::uint32_t>(word) & ~frozen; }
  static std::uint32_t begun(std::uint64_t word) noexcept { return static_cast<std::uint32_t>(word >> 32); }

 protected:
  static constexpr std::uint32_t frozen = 1u << 31; // who begins now waits a moment: the clock is being set

  ~work_counter() = default;
  /// Called by the thread that ended the last work.
  virtual void on_idle() noexcept = 0;

  std::atomic<std::uint64_t> word_{0};
};

/// One thing in flight, copies included. Any thread; must not outlive its clock.
class work {
 public:
  work() noexcept = default;
  work(const work& other) noexcept : counter_(other.counter_) {
    if (counter_) counter_->begin();
  }
  work(work&& other) noexcept : counter_(std::exchange(other.counter_, nullptr)) {}
  work& operator=(work other) noexcept {
    std::swap(counter_, other.counter_);
    return *this;
  }
  ~work() {
    if (counter_) counter_->end();
  }

  /// False in real time.
  explicit operator bool() const noexcept { return counter_ != nullptr; }

 private:
  friend class clock;
  friend class lane;
  explicit work(work_counter* counter) noexcept : counter_(counter) {}
  /// Leaves the count behind, for whoever calls adopt().
  void abandon() noexcept { counter_ = nullptr; }
  static work begin(work_counter* counter) noexcept {
    if (counter) counter->begin();
    return work{counter};
  }
  static work adopt(work_counter* counter) noexcept { return work{counter}; }

  work_counter* counter_ = nullptr;
};

} // namespace chainring::actors
