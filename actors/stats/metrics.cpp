// metrics.cpp: counters are read through a prometheus::Collectable at scrape; its text serializer
// writes them.
#include "actors/stats/metrics.hpp"

#include <cassert>

#include <prometheus/client_metric.h>
#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include "actors/limits.hpp"

namespace chainring::actors {

namespace {

prometheus::MetricType type_of(family_kind kind) {
  switch (kind) {
  case family_kind::counter: return prometheus::MetricType::Counter;
  case family_kind::histogram: return prometheus::MetricType::Histogram;
  case family_kind::gauge: break;
  }
  return prometheus::MetricType::Gauge;
}

prometheus::MetricFamily& family_in(std::map<std::string_view, prometheus::MetricFamily>& all,
                                    const family& of) {
  auto [found, created] = all.try_emplace(of.name);
  if (created) found->second = {std::string{of.name}, std::string{of.help}, type_of(of.kind), {}};
  return found->second;
}

prometheus::ClientMetric labelled(const family& of,
                                  std::initializer_list<std::string_view> labels) {
  assert(labels.size() == of.label_count());
  prometheus::ClientMetric out;
  const auto* name = of.labels.data();
  for (const auto& value : labels) out.label.push_back({std::string{*name++}, std::string{value}});
  return out;
}

} // namespace

samples::samples() = default;
samples::~samples() = default;

void samples::add(const family& of, double value, std::initializer_list<std::string_view> labels) {
  if (++series_ > limits::metric_series_max) return void(++dropped_);
  auto metric = labelled(of, labels);
  (of.kind == family_kind::counter ? metric.counter.value : metric.gauge.value) = value;
  family_in(families_, of).metric.push_back(std::move(metric));
}

void samples::add(const family& of, const histogram_snapshot& value,
                  std::initializer_list<std::string_view> labels) {
  assert(of.kind == family_kind::histogram);
  series_ += value.counts.size() + 2;
  if (series_ > limits::metric_series_max) return void(++dropped_);
  auto metric = labelled(of, labels);
  std::uint64_t so_far = 0;
  for (std::size_t n = 0; n < value.bounds.size(); ++n)
    metric.histogram.bucket.push_back({so_far += value.counts[n], value.bounds[n]});
  metric.histogram.sample_count = so_far + value.counts.back();
  metric.histogram.sample_sum = value.sum;
  family_in(families_, of).metric.push_back(std::move(metric));
}

std::vector<prometheus::MetricFamily> samples::take() {
  auto& dropped = family_in(families_, families::series_dropped).metric.emplace_back();
  dropped.gauge.value = static_cast<double>(dropped_);
  std::vector<prometheus::MetricFamily> out;
  for (auto& [name, found] : families_) out.push_back(std::move(found));
  families_.clear();
  return out;
}

metrics::registration metrics::add(gatherer read) {
  const std::lock_guard lock{state_->mutex};
  const auto number = state_->next++;
  state_->gatherers.emplace(number, std::move(read));
  return {nullptr, [from = state_, number](void*) {
            const std::lock_guard inner{from->mutex};
            from->gatherers.erase(number);
          }};
}

namespace {

/// What Prometheus' own collecting code could take from us, too.
template <class Read> class collector final : public prometheus::Collectable {
 public:
  explicit collector(Read read)
      : read_(std::move(read)) {}
  std::vector<prometheus::MetricFamily> Collect() const override {
    samples out;
    read_(out);
    return out.take();
  }

 private:
  Read read_;
};

} // namespace

std::string metrics::text() const {
  const collector all{[this](samples& out) {
    const std::lock_guard lock{state_->mutex};
    for (const auto& [number, read] : state_->gatherers) read(out);
  }};
  return prometheus::TextSerializer{}.Serialize(all.Collect());
}

} // namespace chainring::actors
