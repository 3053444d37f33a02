// real_clock.hpp: wall time that never goes back and never stands still.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <thread>

#include "actors/clock.hpp"
#include "actors/participants.hpp"

namespace chainring::actors {

/// The rule by which wall time and steady time make one. It follows the wall, forward jumps included (deadlines are instants
/// of the wall: those that the jump passed are due). When the wall jumps back, it goes on at half the steady rate until the
/// wall has caught up: no deadline is early, and each is late by the jump or by what was left of it, whichever is less.
class wall_progress {
 public:
  wall_progress(std::chrono::nanoseconds wall, std::chrono::nanoseconds steady) : now_(wall), steady_(steady) {}
  /// Both as read just now.
  std::chrono::nanoseconds advance(std::chrono::nanoseconds wall, std::chrono::nanoseconds steady);

 private:
  std::chrono::nanoseconds now_;
  std::chrono::nanoseconds steady_;
};

/// Deadlines of participants are kept by one thread, which starts with the first of them. Lanes keep their own.
class real_clock final : public clock {
 public:
  real_clock();
  ~real_clock() override;
  std::int64_t now_ms() noexcept override;
  std::unique_ptr<deadline> join(participant who) override;

 private:
  class own_deadline;
  void set(participants::seat& seat, std::int64_t due_ms);
  void loop();

  std::mutex progress_mutex_;
  wall_progress progress_;
  participants participants_;
  std::mutex mutex_; // after that of the participants
  std::condition_variable changed_;
  std::int64_t planned_ms_ = 0; // until when the thread means to wait
  bool moved_ = false;
  bool stopping_ = false;
  std::thread thread_;
};

} // namespace chainring::actors
