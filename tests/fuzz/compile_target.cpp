// compile_target.cpp: any bytes through scan, parse and compile.
#include "tests/fuzz/judge.hpp"
#include "tests/fuzz/stage.hpp"

using namespace chainring;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  fuzz::judge(fuzz::compile_as_node(bytes));
  scxml::referenced_resources(bytes);
  return 0;
}
