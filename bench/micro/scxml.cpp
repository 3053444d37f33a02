// scxml.cpp: the engine alone: what a document costs to compile, a session to start and to keep, an event to process. The
// document is bench/chain.scxml, the chart that the peers run: a loop of seven external events that must make three calls;
// on the compiled model, on QuickJS, and written by hand as a switch.
#include <benchmark/benchmark.h>

#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include <malloc.h>
#include <rapidxml/rapidxml.hpp>

#include "scxml/compile.hpp"
#include "scxml/interpret.hpp"
#include "scxml/limits.hpp"
#include "scxml/models/ecmascript/ecmascript.hpp"
#include "scxml/models/models.hpp"

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

/// What a session has saved of its data after so many loops, on either model.
std::string data_after(const document& d, std::uint64_t loops) {
  auto models = make_models();
  session s;
  s.document = chart();
  s.model = *models->open(s.document);
  surroundings around{s};
  around.cpu_us_left = limits::macrostep_cpu_us_max;
  s.model->create(around);
  for (const auto& item : d.data) {
    value v = 10;
    if (item.id == "attempts" || item.id == "maxAttempts") v = 3;
    if (item.id == "calls") v = static_cast<double>(3 * loops);
    if (item.id == "lastResult") v = "Answer";
    if (item.id == "phone") v = "15551234567";
    if (loops > 0 && item.id == "delay") v = 30;
    s.model->set_item(around, item.id, v);
  }
  return *s.model->save(around);
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

/// RapidXML alone on the same bytes.
void parse_bare(benchmark::State& state) {
  const auto text = chart_text();
  for (auto _ : state) {
    auto copy = text;
    rapidxml::xml_document<> parsed;
    parsed.parse<rapidxml::parse_validate_closing_tags>(copy.data());
    benchmark::DoNotOptimize(parsed.first_node());
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) * static_cast<std::int64_t>(text.size()));
}
BENCHMARK(parse_bare);

/// The states of the chart over and over, up to the largest document there may be.
std::string large_chart_text() {
  const auto text = chart_text();
  const auto from = text.find("<state id=\"treatment\">"), end = text.find("<final"), size = end - from;
  std::string made = text.substr(0, end);
  constexpr std::size_t comment = 2'000; // makes up for the bound of elements
  for (int n = 0; made.size() + size + 2 * comment < limits::document_bytes_max; ++n) {
    std::string part = text.substr(from, size);
    for (const char* name : {"treatment", "next_record", "dialing", "wait", "chain_done"})
      for (const char* attribute : {" id=\"", " target=\""}) {
        const std::string word = attribute + std::string(name) + "\"";
        for (auto at = part.find(word); at != std::string::npos; at = part.find(word, at + word.size()))
          part.insert(at + word.size() - 1, std::to_string(n));
      }
    made += part + "<!-- " + std::string(comment, '.') + " -->\n";
  }
  return made + text.substr(end);
}

void compile_a_large_document(benchmark::State& state) {
  const auto text = large_chart_text();
  for (auto _ : state) {
    auto done = compile(text, {.name = "large.scxml"});
    if (!done.document || !done.document->program) state.SkipWithError("the chart does not compile");
    benchmark::DoNotOptimize(done);
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) * static_cast<std::int64_t>(text.size()));
}
BENCHMARK(compile_a_large_document)->Unit(benchmark::kMillisecond);

std::unique_ptr<datamodel_source> quickjs() { return make_ecmascript_source(); }
std::unique_ptr<datamodel_source> compiled_model() { return make_models(); }
using models_maker = std::unique_ptr<datamodel_source>();

void start_a_session(benchmark::State& state, models_maker& make) {
  quiet_host world;
  interpreter runs{world};
  auto models = make();
  effects wanted;
  auto keep = fresh(*models); // so that what sessions share stays
  for (auto _ : state) {
    auto s = fresh(*models);
    runs.start(s, {}, wanted);
    if (s.phase != session_phase::stable) state.SkipWithError("the session did not start");
    wanted.clear();
  }
}
BENCHMARK_CAPTURE(start_a_session, on_compiled, compiled_model);
BENCHMARK_CAPTURE(start_a_session, on_quickjs, quickjs);

/// Bytes of the heap for each of many sessions, in vectors' own memory the sessions themselves.
void keep_sessions(benchmark::State& state, models_maker& make) {
  constexpr std::size_t count = 50'000; // fewer than a realm takes
  quiet_host world;
  interpreter runs{world};
  auto models = make();
  effects wanted;
  auto keep = fresh(*models);
  double each = 0;
  for (auto _ : state) {
    std::vector<session> all;
    all.reserve(count);
    const auto before = mallinfo2();
    for (std::size_t i = 0; i < count; ++i) {
      all.push_back(fresh(*models));
      runs.start(all.back(), {}, wanted);
      for (const char* name : {"ocs.start", "ocs.record"}) runs.process(all.back(), named(name, "phone", "15551234567"), wanted);
      wanted.clear();
    }
    each = static_cast<double>(mallinfo2().uordblks - before.uordblks) / count + sizeof(session);
  }
  state.counters["bytes_each"] = each;
}
BENCHMARK_CAPTURE(keep_sessions, on_compiled, compiled_model)->Iterations(1);
BENCHMARK_CAPTURE(keep_sessions, on_quickjs, quickjs)->Iterations(1);

void event_in_a_hot_session(benchmark::State& state, models_maker& make) {
  quiet_host world;
  interpreter runs{world};
  auto models = make();
  effects wanted;
  auto s = fresh(*models);
  runs.start(s, {}, wanted);
  runs.process(s, named("ocs.start"), wanted);
  const auto& loop = loop_of_seven();
  std::size_t next = 0;
  std::uint64_t events = 0;
  for (auto _ : state) {
    runs.process(s, loop[next], wanted);
    wanted.clear();
    ++events;
    if (++next == loop.size()) next = 0;
  }
  for (; next != 0 && next != loop.size(); ++next, ++events) runs.process(s, loop[next], wanted);
  surroundings around{s};
  around.cpu_us_left = limits::macrostep_cpu_us_max;
  const auto data = s.model->save(around);
  if (!data || *data != data_after(*s.document, events / loop.size()))
    state.SkipWithError("the chart has not made three calls a loop");
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()));
}
BENCHMARK_CAPTURE(event_in_a_hot_session, on_compiled, compiled_model);
BENCHMARK_CAPTURE(event_in_a_hot_session, on_quickjs, quickjs);

// -- the same chart by hand -----------------------------------------------------------------------------------------

/// What a person would write who has the chart before him and does not need another one.
class chain_by_hand {
 public:
  void process(const event& e) {
    switch (state_) {
    case idle:
      if (e.name == "ocs.start") state_ = next_record;
      return;
    case next_record:
      if (e.name == "ocs.record") {
        attempts_ = 0;
        phone_ = text(e, "phone");
        return dial();
      }
      break;
    case dialing:
      if (e.name == "ocs.callresult") return hear(text(e, "callresult"));
      break;
    case wait:
      if (e.name == "ocs.timeout") return dial();
      break;
    case chain_done:
      if (e.name == "ocs.next") state_ = next_record;
      break;
    case done: return;
    }
    if (e.name == "ocs.stop") state_ = done;
  }
  std::uint64_t calls() const { return static_cast<std::uint64_t>(calls_); }

 private:
  enum { idle, next_record, dialing, wait, chain_done, done } state_ = idle;

  static const std::string& text(const event& e, std::string_view name) {
    static const std::string none;
    const value* found = e.data.find(name);
    const auto* held = found ? found->as<std::string>() : nullptr;
    return held ? *held : none;
  }
  void dial() {
    state_ = dialing;
    ++attempts_, ++calls_;
  }
  void hear(const std::string& result) {
    if (result == "Busy" && attempts_ < attempts_max_) {
      delay_ = 10, last_result_ = result, state_ = wait;
    } else if (result == "NoAnswer" && attempts_ < attempts_max_) {
      delay_ = 30, last_result_ = result, state_ = wait;
    } else {
      if (result == "Answer") last_result_ = result;
      state_ = chain_done;
    }
  }

  double attempts_ = 0, attempts_max_ = 3, calls_ = 0, delay_ = 10;
  std::string last_result_, phone_;
};

void event_by_hand(benchmark::State& state) {
  chain_by_hand chain;
  chain.process(named("ocs.start"));
  const auto& loop = loop_of_seven();
  std::size_t next = 0;
  std::uint64_t events = 0;
  for (auto _ : state) {
    chain.process(loop[next]);
    benchmark::ClobberMemory();
    ++events;
    if (++next == loop.size()) next = 0;
  }
  for (; next != 0 && next != loop.size(); ++next, ++events) chain.process(loop[next]);
  if (chain.calls() != 3 * events / loop.size()) state.SkipWithError("not three calls a loop");
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()));
}
BENCHMARK(event_by_hand);

} // namespace
