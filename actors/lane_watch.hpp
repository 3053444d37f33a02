// lane_watch.hpp: sees a lane that hangs. Every evaluation of a treatment has a budget, but a lane serves thousands of chains,
// so what escapes the budgets must not stay unseen.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <span>
#include <thread>
#include <vector>

#include "actors/lane.hpp"

namespace chainring::actors {

/// A lane that is awake and has not come a step further for limits::lane_looks_max looks that count.
struct lane_hang {
  std::size_t lane = 0;
  /// It has computed all the time: whose step it is in is to blame. Otherwise it waits for something (a log that nobody reads).
  bool busy = false;
};

/// Looks, and nothing else. Counts looks instead of reading a clock, so that a process that was stopped for a while is not
/// taken for one that hangs. Nor does a look count at a lane that would compute and got no processor: a machine may have others
/// to serve.
class lane_watch {
 public:
  lane_watch(std::vector<const lane*> lanes, std::chrono::milliseconds between_looks);
  /// The first lane that hangs; each is told once.
  std::optional<lane_hang> look();

 private:
  struct watched {
    const lane* runs = nullptr;
    std::uint64_t beats = 0;
    std::uint32_t looks = 0; // that count, without a beat
    std::chrono::nanoseconds cpu{}; // used at the last of them
    bool computes = true; // at all of them
    bool told = false;
  };
  std::vector<watched> lanes_;
  const std::chrono::milliseconds between_looks_;
};

/// A thread that looks once per `between_looks`. A lane that hangs can be neither joined nor ended: its process has to go.
class lane_watchdog {
 public:
  /// `on_hang` is called on the thread, at most once, and must not wait: whatever hangs the lane may hang others too. After
  /// limits::hung_process_ms_max the process is ended if it still is there.
  lane_watchdog(lane_watch watch, std::chrono::milliseconds between_looks, std::function<void(const lane_hang&)> on_hang);
  ~lane_watchdog();

 private:
  void loop();
  /// True: the watchdog is being destroyed.
  bool wait(std::chrono::milliseconds most);

  lane_watch watch_;
  const std::chrono::milliseconds between_looks_;
  const std::function<void(const lane_hang&)> on_hang_;
  std::mutex mutex_;
  std::condition_variable stop_;
  bool stopping_ = false;
  std::thread thread_;
};

} // namespace chainring::actors
