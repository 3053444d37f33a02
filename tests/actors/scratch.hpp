// scratch.hpp: a folder of its own for one test, gone afterwards.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>

namespace chainring::tests {

struct scratch {
  scratch() {
    std::string name = (std::filesystem::temp_directory_path() / "chainring-XXXXXX").string();
    if (!::mkdtemp(name.data())) throw std::runtime_error("no scratch folder");
    path = std::filesystem::canonical(name);
  }
  ~scratch() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
  scratch(const scratch&) = delete;
  scratch& operator=(const scratch&) = delete;

  void write(const std::string& name, std::string_view text) const {
    std::ofstream{path / name, std::ios::binary} << text;
  }

  std::filesystem::path path;
};

} // namespace chainring::tests
