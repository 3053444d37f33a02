// metrics.hpp: the one access point for metrics: components say how to read their counters, a
// scrape reads them all.
#pragma once

#include <functional>
#include <initializer_list>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "actors/stats/counters.hpp"
#include "actors/stats/families.hpp"

namespace prometheus {
struct MetricFamily;
}

namespace chainring::actors {

/// What one scrape has read so far.
class samples {
 public:
  samples();
  ~samples();
  samples(const samples&) = delete;
  samples& operator=(const samples&) = delete;

  /// `labels` in the order of the family's. Samples past limits::metric_series_max are dropped and
  /// counted.
  void add(const family& of, double value, std::initializer_list<std::string_view> labels = {});
  void add(const family& of, const histogram_snapshot& value,
           std::initializer_list<std::string_view> labels = {});

  /// By name; the families that have samples.
  std::vector<prometheus::MetricFamily> take();

 private:
  std::map<std::string_view, prometheus::MetricFamily> families_;
  std::size_t series_ = 0;
  std::size_t dropped_ = 0;
};

/// Components register how they are read; chains and lanes only count in atomics and never come
/// here. Thread-safe.
class metrics {
 public:
  /// Called at each scrape, on the thread that scrapes: reads atomics, takes no lock that work
  /// waits for.
  using gatherer = std::function<void(samples&)>;

  /// Stays registered until the returned token is destroyed, which waits for a scrape that runs.
  using registration = std::shared_ptr<void>;
  [[nodiscard]] registration add(gatherer read);

  /// The whole, in Prometheus' text format 0.0.4.
  std::string text() const;
  static constexpr std::string_view content_type = "text/plain; version=0.0.4; charset=utf-8";

 private:
  struct state {
    std::mutex mutex;
    std::map<std::uint64_t, gatherer> gatherers; // guarded by mutex
    std::uint64_t next = 0;                      // guarded by mutex
  };
  std::shared_ptr<state> state_ = std::make_shared<state>();
};

/// CPU, memory, descriptors and threads of this process, from /proc.
void gather_process(samples& out);

} // namespace chainring::actors
