// seeds.cpp: good snapshots as inputs of the restore target. Made anew for every run, because they follow the format.
// Usage: fuzz_seeds DIRECTORY
#include <fstream>
#include <iostream>

#include "tests/fuzz/snapshots.hpp"
#include "tests/fuzz/stage.hpp"

using namespace chainring::fuzz;

namespace {

constexpr char whole_session = 2, whole_data = 3, no_steps = 0;

bool write(const std::string& directory, unsigned chart, char how, const std::string& bytes) {
  const std::string path = directory + "/good-" + std::to_string(chart) + (how == whole_data ? "-data" : "-session");
  std::ofstream out(path, std::ios::binary);
  out << static_cast<char>(chart) << how << no_steps << bytes;
  return bool(out.flush());
}

} // namespace

int main(int argc, char** argv) {
  if (argc != 2) return std::cerr << "fuzz_seeds: one argument: a directory\n", 2;
  for (unsigned n = 0; n < charts().size(); ++n) {
    stage s(chart(n));
    s.start();
    constexpr std::uint8_t events[] = {0, 6, 17, 0, 7, 20};
    choices in(events, sizeof events);
    while (!in.empty()) s.step(in);
    const auto parts = parts_of(s.run().self());
    if (!parts) continue;
    if (!write(argv[1], n, whole_session, parts->session) || !write(argv[1], n, whole_data, parts->data))
      return std::cerr << "fuzz_seeds: cannot write: " << argv[1] << ": name a directory\n", 1;
  }
}
