// campaign.cpp: a list from its CSV to its last row, on the whole node: store, lanes, dialer, simulated trunk, in virtual
// time, so that ringing costs nothing and what is left is the engine's own work.
#include <benchmark/benchmark.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include <spdlog/spdlog.h>

#include "actors/node/node.hpp"
#include "bench/micro/support.hpp"

namespace {

using namespace chainring;
using namespace chainring::actors;

configuration campaign_of(const std::filesystem::path& folder, std::int64_t chains) {
  std::ofstream csv(folder / "people.csv");
  csv << "record_id,chain_id,chain_n,contact_info,daily_from,daily_till\n";
  for (std::int64_t i = 1; i <= chains; ++i) csv << i << ',' << i << ",1," << 15550000000 + i << ",0,86400\n";
  csv.close();
  configuration c;
  c.node.treatment_roots = {CHAINRING_BENCH_FOLDER};
  c.store.path = (folder / "people.db").string();
  c.stats.enabled = false;
  dialer::simulated_options trunk;
  trunk.name = "sim";
  trunk.capacity = 100'000;
  trunk.calls_per_second = 100'000;
  trunk.weights = {{dialer::call_result::answer, 3}, {dialer::call_result::busy, 1}};
  c.trunks = {trunk};
  list_settings list;
  list.name = "people";
  list.csv = (folder / "people.csv").string();
  c.lists = {list};
  campaign_settings campaign;
  campaign.name = "people";
  campaign.lists = {"people"};
  campaign.treatment_uri = std::string("file://") + CHAINRING_BENCH_FOLDER + "/one_call.scxml";
  c.campaigns = {campaign};
  return c;
}

void list_end_to_end(benchmark::State& state) {
  spdlog::set_level(spdlog::level::warn);
  for (auto _ : state) {
    const auto folder = std::filesystem::temp_directory_path() / ("chainring-bench-" + std::to_string(::getpid()));
    std::filesystem::create_directory(folder);
    const auto settings = campaign_of(folder, state.range(0));
    const auto cpu_before = bench::cpu_ns();
    auto made = node::make(settings, {.virtual_time = true});
    if (!made) {
      state.SkipWithError(to_line(made.error()).c_str());
      break;
    }
    (*made)->start();
    while (!(*made)->progress().front().done) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    const auto p = (*made)->progress().front();
    made->reset();
    state.SetIterationTime(static_cast<double>(bench::cpu_ns() - cpu_before) / 1e9);
    if (p.ended != static_cast<std::uint64_t>(state.range(0)) || p.attempts < p.ended) state.SkipWithError("chains are missing");
    state.counters["attempts"] = static_cast<double>(p.attempts);
    std::filesystem::remove_all(folder);
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()) * state.range(0));
}
BENCHMARK(list_end_to_end)->Arg(1'000)->Arg(100'000)->Iterations(1)->UseManualTime()->Unit(benchmark::kMillisecond);

} // namespace
