// switchboard_bench.hpp: a switchboard with a trunk that a test tells what to do, and turns as the dialer actor makes them.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "dialer/switchboard.hpp"

namespace chainring::dialer::told {

inline constexpr std::int64_t noon_ms = 1'767'643'200'000; // 2026-01-05T20:00Z, noon in Los Angeles
inline constexpr std::int64_t hour_ms = 3'600'000;

inline const time_zones& zones() {
  static const time_zones made = *time_zones::open();
  return made;
}

/// Every call takes `call_ms` and ends Busy; fails while `fault` is set.
struct told_trunk final : trunk {
  std::string name_ = "told";
  std::string fault;
  std::int64_t call_ms = 1'000;
  std::vector<std::pair<std::int64_t, call>> started;
  std::multimap<std::int64_t, call_ended> running;

  const std::string& name() const override { return name_; }
  result<void> start(const call& c, std::int64_t now_ms) override {
    if (!fault.empty()) return error{fault, name_, "mend it"};
    started.emplace_back(now_ms, c);
    running.emplace(now_ms + call_ms, call_ended{c.id, call_result::busy, now_ms, now_ms + call_ms});
    return {};
  }
  std::int64_t next_due_ms() const override { return running.empty() ? never : running.begin()->first; }
  void collect(std::int64_t now_ms, std::vector<call_ended>& out) override {
    while (!running.empty() && running.begin()->first <= now_ms) {
      out.push_back(running.begin()->second);
      running.erase(running.begin());
    }
  }
  std::size_t live() const override { return running.size(); }
  std::int64_t longest_call_ms() const override { return call_ms; }
};

struct bench {
  do_not_call_list no_calls;
  switchboard board{no_calls, zones()};
  told_trunk* trunk = nullptr;
  std::vector<call_outcome> outcomes;

  explicit bench(std::int32_t channels = 10, double calls_per_second = 1'000) {
    auto made = std::make_unique<told_trunk>();
    trunk = made.get();
    board.add_trunk(std::move(made), {channels, calls_per_second}, *pacing::make(channels, calls_per_second));
    board.add_campaign(1, {0});
    board.add_campaign(2, {0});
    board.add_list(1, "people");
  }
  call_request request(std::int64_t chain_id, std::uint32_t campaign = 1) {
    call_request r;
    r.campaign = campaign;
    r.key = {1, chain_id, 1};
    r.record_id = chain_id * 10;
    r.attempt = 1;
    r.number = "555" + std::to_string(chain_id);
    r.hours = {0, 86'400, *zones().find("America/Los_Angeles")};
    return r;
  }
  void ask(std::vector<call_request> requests, std::int64_t now_ms) {
    board.add(std::move(requests));
    board.settle(now_ms);
  }
  /// A turn as the dialer actor makes it, with a store that commits at once.
  void turn(std::int64_t now_ms) {
    board.advance(now_ms, outcomes);
    auto granted = board.grant(now_ms, outcomes);
    board.confirm(granted.calls);
    board.advance(now_ms, outcomes);
  }
  /// Until nothing is due before `end_ms`.
  void run(std::int64_t now_ms, std::int64_t end_ms) {
    for (turn(now_ms);;) {
      const auto due_ms = board.next_due_ms(now_ms);
      if (due_ms == trunk::never || due_ms > end_ms) return;
      now_ms = std::max(due_ms, now_ms);
      board.settle(now_ms);
      turn(now_ms);
    }
  }
};

} // namespace chainring::dialer::told
