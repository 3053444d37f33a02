// virtual_clock.hpp: time that jumps from deadline to deadline, only when nothing is in flight: a week of retries in seconds
// on the same engine.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

#include "actors/clock.hpp"
#include "actors/participants.hpp"

namespace chainring::actors {

/// A small thread waits until no work is in flight. Then it asks every participant to settle, in order, and once none starts
/// anything any more, sets the time to the earliest deadline and wakes those that are due. Nothing happens before the first
/// work has begun and ended: hold one while setting up.
class virtual_clock final : public clock, private work_counter {
 public:
  static constexpr std::int64_t default_start_ms = 1'767'625'200'000; // 2026-01-05T15:00:00Z

  /// `on_stalled`: nothing is in flight and no deadline exists, so the run is over or waits for the outside. Called once per
  /// such moment by the clock's thread; it may begin work and set deadlines, but not destroy the clock.
  explicit virtual_clock(std::int64_t start_ms = default_start_ms, std::function<void()> on_stalled = {});
  ~virtual_clock() override;
  /// No jump after this returns. The clock itself must live until the last work has ended.
  void stop();

  std::int64_t now_ms() noexcept override { return now_ms_.load(std::memory_order_acquire); }
  std::unique_ptr<deadline> join(participant who) override;
  std::uint64_t stall() const noexcept override;
  std::uint64_t jumps() const noexcept { return jumps_.load(std::memory_order_relaxed); }
  /// Work held now, for the stats page and for tests.
  std::uint32_t work_in_flight() const noexcept { return in_flight(word()); }

 private:
  class own_deadline;
  enum class outcome : std::uint8_t { busy, moved, stalled };

  void on_idle() noexcept override;
  void loop();
  outcome turn();
  outcome jump(std::uint64_t before);

  std::atomic<std::int64_t> now_ms_;
  std::atomic<std::uint64_t> jumps_{0};
  const std::function<void()> on_stalled_;
  participants participants_;
  std::mutex mutex_;
  std::condition_variable idle_;
  std::atomic<std::uint64_t> stalled_at_{0}; // how much work had begun when nothing was left to do, and one; 0: never yet
  bool stopping_ = false;
  std::thread thread_;
};

} // namespace chainring::actors
