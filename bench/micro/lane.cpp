// lane.cpp: what an event costs from a sender's thread, in batches of 256, to a step of one of many chains on a lane. The
// chain is the smallest that is honest: 128 bytes of state, a call chart of seven events stepped by hand (the step of an
// interpreter comes on top). Nothing else is mocked: CAF actor, mailbox, slab, wake-ups and credit are those of a node.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <future>
#include <utility>
#include <vector>

#include <caf/actor_cast.hpp>
#include <caf/exit_reason.hpp>

#include "actors/lane.hpp"
#include "actors/real_clock.hpp"
#include "bench/micro/support.hpp"

namespace {

using namespace chainring::actors;
namespace limits = chainring::actors::limits;
using chainring::bench::cpu_ns;

enum class chart_event : std::uint8_t { start, record, call, result, timeout, again, done };
constexpr std::uint64_t chart_events = 7;
using batch = std::vector<addressed<chart_event>>;

/// Goes through the chart again and again; three of the seven events make a call.
class chart_actor final : public lane_actor {
 public:
  chart_actor(caf::actor_config& setup, lane& home) : lane_actor(setup, home) {}
  void step(const chart_event& event, lane&) {
    if (static_cast<std::uint8_t>(event) != state_) return;
    switch (event) {
    case chart_event::call:
    case chart_event::result:
    case chart_event::timeout: ++calls_; break;
    case chart_event::done: ++loops_; break;
    default: ++other_[state_];
    }
    state_ = event == chart_event::done ? 0 : static_cast<std::uint8_t>(state_ + 1);
  }
  void on_message(caf::mailbox_element& message, lane& here) override {
    if (auto* event = local_element<chart_event>::in(message)) return step(*event, here);
    unknown(message, here);
  }
  bool has_seen(std::uint64_t events) const {
    const auto calls =
        events / chart_events * 3 +
        std::min<std::uint64_t>(std::max<std::uint64_t>(events % chart_events, 2) - 2, 3);
    return loops_ == events / chart_events && calls_ == calls && state_ == events % chart_events;
  }

 private:
  std::uint8_t state_ = 0; // what every event touches comes first: lane::prefetch fetches that far
  std::uint64_t calls_ = 0;
  std::uint64_t loops_ = 0;
  std::array<std::uint64_t, chart_events> other_{};
  std::array<std::uint64_t, 6> data_{}; // as much as a session has
};

/// A lane with its chains and the credit of one sender.
class bench_lane {
 public:
  explicit bench_lane(std::uint32_t chains) {
    lane_.start(system_);
    std::promise<void> ready;
    lane_.post([&](lane& here) {
      here.on_message([this](caf::mailbox_element& message, lane& l) {
        found_ += l.deliver_batch<chart_actor, chart_event>(*local_element<batch>::in(message));
        in_flight_.fetch_sub(1, std::memory_order_release);
        in_flight_.notify_one();
      });
      for (std::uint32_t i = 0; i < chains; ++i) names_.push_back(here.spawn<chart_actor>());
      ready.set_value();
    });
    ready.get_future().get();
  }
  ~bench_lane() {
    lane_.stop(caf::exit_reason::user_shutdown);
    lane_.join();
  }
  void send(batch events) {
    auto now = in_flight_.load(std::memory_order_acquire);
    for (; now >= limits::batches_in_flight_max; now = in_flight_.load(std::memory_order_acquire)) in_flight_.wait(now);
    in_flight_.fetch_add(1, std::memory_order_relaxed);
    caf::actor_cast<caf::abstract_actor*>(lane_.handle())->enqueue(local_element<batch>::make(std::move(events)), nullptr);
  }
  void drain() {
    for (auto now = in_flight_.load(); now > 0; now = in_flight_.load()) in_flight_.wait(now);
  }
  const std::vector<chart_actor*>& names() const { return names_; }
  std::uint64_t found() const { return found_; }
  std::int64_t lane_cpu_ns() const { return cpu_ns(lane_.cpu_clock()); }

 private:
  real_clock time_;
  lane lane_{lane::block_bytes<chart_actor>(), time_};
  std::vector<chart_actor*> names_; // none ends during the bench
  std::uint64_t found_ = 0;
  std::atomic<std::uint32_t> in_flight_{0};
  chainring::bench::caf_config config_;
  caf::actor_system system_{config_}; // goes before the lane does
};

/// range(0): chains; range(1): in random order.
void event_to_chain(benchmark::State& state) {
  const auto chains = static_cast<std::uint32_t>(state.range(0));
  const auto order = chainring::bench::numbers(chains, state.range(1) != 0);
  bench_lane target{chains};
  std::vector<addressed<chart_event>> names;
  for (const auto i : order) names.push_back({target.names()[i]->slot(), target.names()[i]->generation(), {}});
  std::uint64_t rounds = 0;
  const auto lane_before = target.lane_cpu_ns();
  for (auto _ : state) {
    const auto event = static_cast<chart_event>(rounds++ % chart_events);
    for (std::size_t i = 0; i < names.size(); i += limits::batch_events_max) {
      batch events(names.begin() + static_cast<std::ptrdiff_t>(i),
                   names.begin() + static_cast<std::ptrdiff_t>(std::min(i + limits::batch_events_max, names.size())));
      for (auto& e : events) e.event = event;
      target.send(std::move(events));
    }
    target.drain();
  }
  const auto events = rounds * chains;
  state.SetItemsProcessed(static_cast<std::int64_t>(events));
  state.counters["lane_cpu_ns"] = static_cast<double>(target.lane_cpu_ns() - lane_before) / static_cast<double>(events);
  if (target.found() != events) state.SkipWithError("events went astray");
  for (const auto* chain : target.names())
    if (!chain->has_seen(rounds)) return state.SkipWithError("a chain is in the wrong state");
}
BENCHMARK(event_to_chain)
    ->ArgNames({"chains", "random"})
    ->ArgsProduct({{1 << 16, 1 << 20}, {0, 1}})
    ->Iterations(21)
    ->MeasureProcessCPUTime()
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

/// Spawning and ending chains on the lane itself, by an event each.
void spawn_and_end(benchmark::State& state) {
  chainring::bench::caf_config config;
  real_clock time;
  lane home{lane::block_bytes<chart_actor>(), time};
  caf::actor_system system{config};
  home.start(system);
  const auto chains = static_cast<std::size_t>(state.range(0));
  for (auto _ : state) {
    std::promise<std::size_t> done;
    home.post([&](lane& here) {
      for (std::size_t i = 0; i < chains; ++i) {
        auto* chain = here.spawn<chart_actor>();
        chain->enqueue(nullptr, caf::make_message_id(),
                       caf::make_message(caf::exit_msg{chain->address(), caf::exit_reason::kill}),
                       &here);
      }
      while (here.live() > 0) here.run_local();
      done.set_value(here.live());
    });
    if (done.get_future().get() != 0) state.SkipWithError("a chain lives on");
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * chains));
  home.stop();
  home.join();
}
BENCHMARK(spawn_and_end)->ArgName("chains")->Arg(1 << 16)->Iterations(10)->UseRealTime()->Unit(benchmark::kMillisecond);

} // namespace
