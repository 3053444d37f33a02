// timer_wheel.cpp: a million timers armed, a fifth of them cancelled, the rest fired, against what else there is: CAF's
// delayed_send (few, because it cannot cancel and keeps one thread busy) and Asio's steady_timer. The wheel runs in virtual
// time; the others must wait for real expiries, so CPU time is what compares.
#include <benchmark/benchmark.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <future>
#include <memory>
#include <random>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <caf/actor_clock.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scheduler/abstract_coordinator.hpp>
#include <caf/send.hpp>

#include "actors/timer_wheel.hpp"
#include "bench/micro/support.hpp"

namespace {

using namespace chainring::actors;
using chainring::bench::cpu_ns;

constexpr std::int64_t start_ms = 1'767'625'200'000;
constexpr std::int64_t span_ms = 10'000;

void report(benchmark::State& state, std::int64_t cpu_before, std::uint64_t timers) {
  state.counters["cpu_ns"] = static_cast<double>(cpu_ns() - cpu_before) / static_cast<double>(timers);
  state.SetItemsProcessed(static_cast<std::int64_t>(timers));
}

std::vector<std::int64_t> delays(std::size_t count, std::int64_t most_ms) {
  std::mt19937 random(7);
  std::vector<std::int64_t> all(count);
  for (auto& ms : all) ms = 1 + static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(most_ms));
  return all;
}

/// Owners as chains are: the sequence that they want, in a line of their own.
struct alignas(64) owner {
  std::uint32_t wanted = 1;
  std::uint32_t fired = 0;
};

void wheel_arm_cancel_fire(benchmark::State& state) {
  const auto count = static_cast<std::size_t>(state.range(0));
  const auto in = delays(count, span_ms);
  std::uint64_t timers = 0;
  const auto before = cpu_ns();
  for (auto _ : state) {
    timer_wheel wheel{start_ms, limits::timer_tick_ms};
    std::vector<owner> owners(count);
    for (std::uint32_t i = 0; i < count; ++i)
      if (!wheel.arm({start_ms + in[i], i, 1, 1})) return state.SkipWithError("refused");
    for (std::uint32_t i = 0; i < count; i += 5) {
      owners[i].wanted = 2;
      wheel.note_cancelled();
    }
    std::size_t fired = 0;
    std::size_t early = 0;
    for (auto now = wheel.next_due_ms(); now != never; now = wheel.next_due_ms()) {
      wheel.fire(now,
                 [&](const timer& t) {
                   auto& o = owners[t.slot];
                   if (o.wanted != t.sequence) return false;
                   ++o.fired;
                   ++fired;
                   early += t.due_ms > now ? 1 : 0;
                   return true;
                 },
                 [&](const timer& t) { __builtin_prefetch(&owners[t.slot]); });
    }
    if (fired != count - (count + 4) / 5 || early != 0 || wheel.pending() != 0) return state.SkipWithError("wrong timers fired");
    timers += count;
  }
  report(state, before, timers);
}
BENCHMARK(wheel_arm_cancel_fire)->ArgName("timers")->Arg(10'000)->Arg(1'000'000)->Unit(benchmark::kMillisecond);

/// Every expiry arms the next, as chains do; range(1): delays of 1 to 1,000 ticks, or all of 1,000.
void wheel_rearm(benchmark::State& state) {
  const auto count = static_cast<std::size_t>(state.range(0));
  const auto in = delays(4'096, state.range(1) ? span_ms : 1);
  const auto delay = [&](std::size_t n) { return state.range(1) ? in[n % in.size()] : span_ms; };
  std::vector<owner> owners(count);
  timer_wheel wheel{start_ms, limits::timer_tick_ms};
  for (std::uint32_t i = 0; i < count; ++i)
    if (!wheel.arm({start_ms + delay(i), i, 1, 1})) return state.SkipWithError("refused");
  std::uint64_t fired = 0;
  std::uint64_t refused = 0;
  const auto before = cpu_ns();
  for (auto _ : state) {
    const auto until = fired + count;
    while (fired < until) {
      const auto now = wheel.next_due_ms();
      wheel.fire(now,
                 [&](const timer& t) {
                   ++owners[t.slot].fired;
                   refused += wheel.arm({now + delay(++fired), t.slot, 1, 1}) ? 0 : 1;
                   return true;
                 },
                 [&](const timer& t) { __builtin_prefetch(&owners[t.slot]); });
    }
  }
  report(state, before, fired);
  std::uint64_t sum = 0;
  for (const auto& o : owners) sum += o.fired;
  if (sum != fired || refused != 0 || wheel.pending() != count) state.SkipWithError("timers were lost");
}
BENCHMARK(wheel_rearm)->ArgNames({"timers", "random"})->Args({1'000'000, 0})->Args({1'000'000, 1})->Unit(benchmark::kMillisecond);

void asio_arm_cancel_fire(benchmark::State& state) {
  const auto count = static_cast<std::size_t>(state.range(0));
  const auto in = delays(count, 1'000);
  std::uint64_t timers = 0;
  const auto before = cpu_ns();
  for (auto _ : state) {
    boost::asio::io_context io{1};
    std::vector<boost::asio::steady_timer> all;
    all.reserve(count);
    std::size_t fired = 0;
    std::size_t cancelled = 0;
    const auto now = std::chrono::steady_clock::now();
    for (std::size_t i = 0; i < count; ++i) {
      all.emplace_back(io, now + std::chrono::milliseconds{in[i]});
      all.back().async_wait([&](const boost::system::error_code& problem) { ++(problem ? cancelled : fired); });
    }
    for (std::size_t i = 0; i < count; i += 5) all[i].cancel();
    io.run();
    if (fired + cancelled != count || cancelled != (count + 4) / 5) return state.SkipWithError("wrong timers fired");
    timers += count;
  }
  report(state, before, timers);
}
BENCHMARK(asio_arm_cancel_fire)
    ->ArgName("timers")
    ->Arg(10'000)
    ->Arg(1'000'000)
    ->Iterations(2)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

/// Cannot be cancelled: all fire.
void caf_delayed_send(benchmark::State& state) {
  const auto count = static_cast<std::size_t>(state.range(0));
  const auto in = delays(count, 1'000);
  chainring::bench::caf_config config;
  caf::actor_system system{config};
  std::uint64_t timers = 0;
  const auto before = cpu_ns();
  for (auto _ : state) {
    std::promise<void> done;
    std::size_t fired = 0;
    auto target = system.spawn([&](caf::event_based_actor* self) -> caf::behavior {
      return {[&, self](int) {
        if (++fired < count) return;
        self->quit();
        done.set_value();
      }};
    });
    for (const auto ms : in) caf::delayed_anon_send(target, std::chrono::milliseconds{ms}, 1);
    done.get_future().get();
    if (fired != count) return state.SkipWithError("wrong timers fired");
    timers += count;
  }
  report(state, before, timers);
}
BENCHMARK(caf_delayed_send)->ArgName("timers")->Arg(10'000)->Iterations(2)->UseRealTime()->Unit(benchmark::kMillisecond);

} // namespace
