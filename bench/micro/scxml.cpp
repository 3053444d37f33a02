// scxml.cpp: the engine alone: what a document costs to compile, a session to start, an event to process. The document is
// bench/chain.scxml, the chart that the peers run: a loop of seven external events that must make three calls.
#include <benchmark/benchmark.h>

#include <fstream>
#include <iterator>
#include <memory>
#include <string>

#include "scxml/compile.hpp"
#include "scxml/interpret.hpp"
#include "scxml/models/ecmascript/ecmascript.hpp"

namespace {

using namespace chainring::scxml;

std::string chart_text() {
  std::ifstream in(CHAINRING_BENCH_FOLDER "/chain.scxml", std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::shared_ptr<const document> chart() {
  static const auto made = compile(chart_text(), {.name = "chain.scxml"}).document;
  return made;
}

/// A host without a world: the chart asks for nothing.
struct quiet_host final : host {
  std::vector<std::pair<std::string, std::string>> processors;
  std::int64_t now_ms() const override { return 0; }
  reach reachable(const session&, std::string_view, std::string_view) const override { return reach::ok; }
  const std::vector<std::pair<std::string, std::string>>& io_processors(const session&) const override { return processors; }
};

event named(const char* name, const char* key = nullptr, const char* text = nullptr) {
  event e;
  e.name = name;
  if (key) {
    object data;
    data.set(key, text);
    e.data = std::move(data);
  }
  return e;
}

const std::vector<event>& loop_of_seven() {
  static const std::vector<event> loop{
      named("ocs.record", "phone", "15551234567"), named("ocs.callresult", "callresult", "Busy"),     named("ocs.timeout"),
      named("ocs.callresult", "callresult", "NoAnswer"), named("ocs.timeout"), named("ocs.callresult", "callresult", "Answer"),
      named("ocs.next")};
  return loop;
}

session fresh(datamodel_source& models) {
  session s;
  s.document = chart();
  s.model = *models.open(s.document);
  s.id = 1;
  return s;
}

void parse_and_compile(benchmark::State& state) {
  const auto text = chart_text();
  for (auto _ : state) {
    auto done = compile(text, {.name = "chain.scxml"});
    if (!done.document) state.SkipWithError("the chart does not compile");
    benchmark::DoNotOptimize(done);
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) * static_cast<std::int64_t>(text.size()));
}
BENCHMARK(parse_and_compile);

void start_a_session(benchmark::State& state) {
  quiet_host world;
  interpreter runs{world};
  auto models = make_ecmascript_source();
  effects wanted;
  auto keep = fresh(*models); // so that the realm stays
  for (auto _ : state) {
    auto s = fresh(*models);
    runs.start(s, {}, wanted);
    if (s.phase != session_phase::stable) state.SkipWithError("the session did not start");
    wanted.clear();
  }
}
BENCHMARK(start_a_session);

void event_on_quickjs(benchmark::State& state) {
  quiet_host world;
  interpreter runs{world};
  auto models = make_ecmascript_source();
  effects wanted;
  auto s = fresh(*models);
  runs.start(s, {}, wanted);
  runs.process(s, named("ocs.start"), wanted);
  const auto& loop = loop_of_seven();
  std::uint64_t events = 0;
  for (auto _ : state) {
    runs.process(s, loop[events % loop.size()], wanted);
    wanted.clear();
    ++events;
  }
  while (events % loop.size() != 0) runs.process(s, loop[events++ % loop.size()], wanted);
  if (!s.is_active(chart()->find_state("chain_done")) && !s.is_active(chart()->find_state("next_record")))
    state.SkipWithError("the chart is not where seven events leave it");
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()));
}
BENCHMARK(event_on_quickjs);

} // namespace
