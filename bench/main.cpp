// main.cpp: the benches by name. Without one of the names below it is Google Benchmark, as is `chainring-bench micro`.
#include <benchmark/benchmark.h>

#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include <unistd.h>

#include "bench/across/across.hpp"
#include "bench/chains/chains.hpp"
#include "bench/store/store.hpp"

namespace {

int run_micro(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}

/// Goes on as bench/peers/peers.py, which is told where this program is. Returns only when that cannot be started.
int run_peers(int argc, char** argv) {
  std::string script = std::string(CHAINRING_BENCH_FOLDER) + "/peers/peers.py", python = "python3", option = "--program";
  std::string self(4'096, '\0');
  const auto length = ::readlink("/proc/self/exe", self.data(), self.size());
  self.resize(length > 0 ? static_cast<std::size_t>(length) : 0);
  std::vector<char*> words{python.data(), script.data(), option.data(), self.data()};
  words.insert(words.end(), argv + 1, argv + argc);
  words.push_back(nullptr);
  ::execvp(python.c_str(), words.data());
  std::perror("chainring-bench peers: python3 cannot be started: install it");
  return 1;
}

} // namespace

int main(int argc, char** argv) {
  const std::string_view name = argc > 1 ? argv[1] : "";
  if (name == "chains") return chainring::bench::run_chains(argc - 1, argv + 1);
  if (name == "across") return chainring::bench::across(argc - 1, argv + 1);
  if (name == "store") return chainring::bench::store_bench(argc - 1, argv + 1);
  if (name == "peers") return run_peers(argc - 1, argv + 1);
  if (name != "micro") return run_micro(argc, argv);
  argv[1] = argv[0];
  return run_micro(argc - 1, argv + 1);
}
