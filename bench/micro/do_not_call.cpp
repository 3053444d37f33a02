// do_not_call.cpp: a million numbers join the do-not-call list as a node reads them, and calls are checked against it: half of
// them are on it. Bytes are what the heap has more, by mallinfo2.
#include <benchmark/benchmark.h>

#include <malloc.h>

#include <cstdint>
#include <string>
#include <vector>

#include "dialer/do_not_call.hpp"

namespace {

using namespace chainring::dialer;

/// Numbers as people write them; every second one of `count` is even.
std::vector<std::string> numbers(std::size_t count, std::uint64_t step) {
  std::vector<std::string> all;
  for (std::uint64_t i = 0; i < count; ++i) {
    const auto digits = std::to_string(6'500'000'000 + i * step * 7'919 % 3'000'000'000);
    all.push_back("+1 (" + digits.substr(0, 3) + ") " + digits.substr(3, 3) + "-" + digits.substr(6));
  }
  return all;
}

std::size_t heap_bytes() {
  const auto now = mallinfo2();
  return now.uordblks + now.hblkhd;
}

void do_not_call_load(benchmark::State& state) {
  const auto entries = numbers(static_cast<std::size_t>(state.range(0)), 2);
  for (auto _ : state) {
    const auto before = heap_bytes();
    do_not_call_list list;
    for (const auto& text : entries) list.add(store::dnc_kind::phone, text);
    if (list.size() != entries.size()) return state.SkipWithError("entries are lost");
    state.counters["heap_MB"] = static_cast<double>(heap_bytes() - before) / 1e6;
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(do_not_call_load)->Arg(1'000'000)->Unit(benchmark::kMillisecond);

void do_not_call_find(benchmark::State& state) {
  const auto calls = numbers(1'000'000, 1);
  do_not_call_list list;
  for (const auto& text : numbers(1'000'000, 2)) list.add(store::dnc_kind::phone, text);
  std::size_t next = 0, hits = 0;
  for (auto _ : state) {
    if (list.find(calls[next], std::nullopt)) ++hits;
    next = next + 1 == calls.size() ? 0 : next + 1;
  }
  if (hits == 0) return state.SkipWithError("nothing is found");
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(do_not_call_find);

} // namespace
