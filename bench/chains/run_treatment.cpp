// run_treatment.cpp: any treatment, from its start to where nothing is left to do, with the dialer and a simulated trunk in virtual
// time: what waits costs nothing, and what is left is the work of the engine.
#include <atomic>
#include <chrono>
#include <fstream>
#include <iterator>
#include <thread>

#include "actors/virtual_clock.hpp"
#include "bench/chains/figures.hpp"
#include "bench/chains/people.hpp"
#include "bench/chains/world.hpp"
#include "dialer/ocs_vocabulary.hpp"
#include "scxml/compile.hpp"

namespace chainring::bench {

namespace {

result<std::shared_ptr<const scxml::document>> read(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return error{"the treatment cannot be read", path, "name a file that is there"};
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  auto made = scxml::compile(text, {.name = path, .actions = &dialer::ocs_vocabulary(), .load = {}});
  if (!made.document) return made.first_error();
  return std::move(made.document);
}

/// What chains have come to.
struct ends {
  std::atomic<std::uint64_t> all{0}, faulted{0};
  std::atomic<bool> stalled{false}; // nothing is left that could happen
};

void wait_for(const ends& so_far, const world& w, const chains_options& wanted) {
  for (auto next = std::chrono::steady_clock::now(); so_far.all < wanted.chains && !so_far.stalled;) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    if (wanted.events != 0 && w.events() >= wanted.events) break;
    if (std::chrono::steady_clock::now() < next) continue;
    say("%llu of %u chains have ended, %llu events", static_cast<unsigned long long>(so_far.all), wanted.chains,
        static_cast<unsigned long long>(w.events()));
    next += std::chrono::seconds(1);
  }
}

} // namespace

int run_treatment(const chains_options& wanted) {
  const auto treatment = read(wanted.treatment);
  ends so_far;
  actors::virtual_clock time{actors::virtual_clock::default_start_ms, [&] { so_far.stalled = true; }};
  auto setting_up = time.begin_work();
  auto made = treatment ? world::make(wanted, time,
                                      [&](const actors::chain_finished& end) {
                                        so_far.faulted += end.faulted;
                                        ++so_far.all;
                                      })
                        : result<std::unique_ptr<world>>{treatment.error()};
  if (!made) {
    say("%s", to_line(made.error()).c_str());
    return 1;
  }
  auto& w = **made;
  const auto rss_before = rss_bytes();
  const auto before = now();
  const auto lane_before = w.lane_cpu_ns();
  w.start(*treatment, numbers(wanted.chains, false));
  const auto create_ns = static_cast<double>(w.lane_cpu_ns() - lane_before) / wanted.chains;
  const auto rss_per_chain = (rss_bytes() - rss_before) / wanted.chains;
  setting_up = {};
  wait_for(so_far, w, wanted);
  const auto took = now() - before;
  const auto events = w.events();
  time.stop();
  json_line line;
  line.add("bench", std::string("chains"));
  line.add("treatment", wanted.treatment);
  line.add("chains", std::int64_t{wanted.chains});
  line.add("ended", static_cast<std::int64_t>(so_far.all));
  line.add("events", static_cast<std::int64_t>(events));
  line.add("lanes", std::int64_t{wanted.lanes});
  line.add("store", std::string(wanted.store.empty() ? "off" : "on"));
  line.add("cpu_s", took.cpu_s);
  line.add("wall_s", took.wall_s);
  line.add("events_per_cpu_s", static_cast<double>(events) / took.cpu_s);
  line.add("attempts", static_cast<std::int64_t>(w.counters().attempts));
  line.add("rss_bytes_per_chain", rss_per_chain);
  line.add("create_cpu_ns", create_ns);
  line.print();
  if (so_far.faulted > 0) say("%llu chains have faulted", static_cast<unsigned long long>(so_far.faulted));
  return so_far.faulted == 0 ? 0 : 1;
}

} // namespace chainring::bench
