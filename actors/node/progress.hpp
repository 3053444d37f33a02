// progress.hpp: what a run shows while it goes and when it has ended.
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>

#include "actors/node/node.hpp"

namespace chainring::actors {

/// A bar that redraws itself on a terminal, a line now and then elsewhere.
class progress_display {
 public:
  /// To `out`, which outlives it. `start_ms`: the clock's instant when the run began; `wall_ms`: a steady clock's.
  progress_display(std::FILE* out, std::int64_t wall_ms);
  /// Call as often as you like; shows at most ten times a second on a terminal, every two seconds elsewhere.
  void show(const campaign_progress& p, const dialer::switchboard_counts& calls, std::int64_t wall_ms);
  /// Ends the bar's line.
  void finish();

 private:
  std::string line(const campaign_progress& p, const dialer::switchboard_counts& calls, std::int64_t wall_ms) const;

  std::FILE* out_;
  bool terminal_;
  int columns_;
  std::int64_t began_ms_;
  std::int64_t shown_ms_ = INT64_MIN;
  std::uint64_t started_before_ = 0; // calls started at the last show, for the rate
  double calls_per_second_ = 0;
  std::uint64_t ended_at_start_ = UINT64_MAX;
  bool drawn_ = false;
};

/// Several campaigns as one.
campaign_progress sum(const std::vector<campaign_progress>& all);

/// The lines after a run: chains, attempts, results by name, history records if there are any, duration, where the rows are.
std::string summary(const campaign_progress& p, const node::history_progress& told, std::int64_t wall_ms, std::int64_t virtual_ms,
                    const std::string& store);

/// "1 min 12 s", "3.2 s", "2 d 4 h".
std::string duration_text(std::int64_t ms);

} // namespace chainring::actors
