// replay.cpp: runs kept inputs through a target that was built without libFuzzer: each file of each directory that is
// there. Whatever a target finds ends the process; the input at work is named first.
#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

namespace fs = std::filesystem;

/// A target that has never failed has no past.
std::vector<fs::path> files_of(int count, char** directories) {
  std::vector<fs::path> files;
  for (int i = 0; i < count; ++i)
    if (fs::is_directory(directories[i]))
      for (const auto& entry : fs::directory_iterator(directories[i])) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

} // namespace

int main(int argc, char** argv) {
  const auto files = files_of(argc - 1, argv + 1);
  for (const auto& file : files) {
    std::ifstream in(file, std::ios::binary);
    if (!in) return std::cerr << "replay: cannot read: " << file.string() << ": look at its rights\n", 1;
    const std::vector<char> bytes{std::istreambuf_iterator<char>(in), {}};
    std::cout << file.string() << std::endl; // at once: the input may end the process
    LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
  }
  if (files.empty()) return std::cerr << "replay: no inputs: name directories\n", 1;
  std::cout << files.size() << " inputs, no complaint\n";
}
