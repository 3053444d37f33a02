// options.cpp: the command line of `chainring-bench chains`.
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <filesystem>

#include <spdlog/spdlog.h>

#include "bench/chains/chains.hpp"
#include "bench/chains/figures.hpp"

namespace chainring::bench {

namespace {

constexpr std::uint32_t chains_max = 8'000'000; // of one lane: limits::timers_per_lane_max
constexpr std::uint32_t lanes_max = 256;

} // namespace

int run_chains(int argc, char** argv) {
  chains_options wanted;
  CLI::App app{"Many chains as the actors of a node: what they cost, beside the bare lane. Progress is on stderr, one JSON line on "
               "stdout.",
               "chainring-bench chains"};
  app.add_option("--chains", wanted.chains, "how many")->check(CLI::Range(1u, chains_max));
  app.add_option("--events", wanted.events, "that are delivered, rounded up to whole loops of the chart; with --treatment: after "
                                            "which the run is broken off");
  app.add_option("--lanes", wanted.lanes, "threads that run chains")->check(CLI::Range(1u, lanes_max));
  app.add_option("--seed", wanted.seed, "of the order of events, and of the simulated trunk");
  app.add_option("--treatment", wanted.treatment, "a file; its chains go their own way with the dialer and a simulated trunk. "
                                                  "Without: bench/chain.scxml, driven from outside");
  app.add_option("--store", wanted.store, "a file to be made: chains are saved there. Without: they are not stored");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? 0 : 2;
  }
  if (!wanted.store.empty() && std::filesystem::exists(wanted.store)) {
    say("%s: there is a file of that name: name one that can be made", wanted.store.c_str());
    return 2;
  }
  spdlog::set_level(spdlog::level::warn);
  return wanted.treatment.empty() ? run_chart(wanted) : run_treatment(wanted);
}

} // namespace chainring::bench
