// lane_watch.cpp: see lane_watch.hpp.
#include "actors/lane_watch.hpp"

#include <cstdlib>
#include <ctime>
#include <utility>

#include "actors/limits.hpp"

namespace chainring::actors {

namespace {

std::chrono::nanoseconds cpu_of(const lane& l) {
  timespec used{};
  ::clock_gettime(l.cpu_clock(), &used);
  return std::chrono::seconds{used.tv_sec} + std::chrono::nanoseconds{used.tv_nsec};
}

} // namespace

lane_watch::lane_watch(std::vector<const lane*> lanes, std::chrono::milliseconds between_looks)
    : between_looks_(between_looks) {
  for (const auto* l : lanes) lanes_.push_back({.runs = l});
}

std::optional<lane_hang> lane_watch::look() {
  for (std::size_t n = 0; n < lanes_.size(); ++n) {
    auto& l = lanes_[n];
    const auto beats = l.runs->beats();
    if (l.runs->asleep() || beats != l.beats || l.looks == 0) {
      l.beats = beats;
      l.looks = 1;
      l.cpu = cpu_of(*l.runs);
      l.computes = true;
      continue;
    }
    const bool computes = l.runs->runnable();
    const auto cpu = cpu_of(*l.runs);
    if (computes && cpu - l.cpu < std::chrono::nanoseconds{between_looks_} / limits::lane_cpu_share_min) continue;
    l.cpu = cpu;
    l.computes = l.computes && computes;
    if (++l.looks <= limits::lane_looks_max || l.told) continue;
    l.told = true;
    return lane_hang{n, l.computes};
  }
  return std::nullopt;
}

lane_watchdog::lane_watchdog(lane_watch watch, std::chrono::milliseconds between_looks,
                             std::function<void(const lane_hang&)> on_hang)
    : watch_(std::move(watch)), between_looks_(between_looks), on_hang_(std::move(on_hang)), thread_([this] { loop(); }) {}

lane_watchdog::~lane_watchdog() {
  {
    std::lock_guard guard{mutex_};
    stopping_ = true;
  }
  stop_.notify_one();
  thread_.join();
}

bool lane_watchdog::wait(std::chrono::milliseconds most) {
  std::unique_lock lock{mutex_};
  return stop_.wait_for(lock, most, [this] { return stopping_; });
}

void lane_watchdog::loop() {
  while (!wait(between_looks_)) {
    const auto hang = watch_.look();
    if (!hang) continue;
    on_hang_(*hang);
    if (!wait(std::chrono::milliseconds{limits::hung_process_ms_max})) std::_Exit(EXIT_FAILURE);
    return;
  }
}

} // namespace chainring::actors
