// main.cpp: test_conformance SUITE OWN_DOCUMENTS. Exit 0 when every document that is judged passes, and none has silently
// left the judged ones or those that can be saved.
#include <iostream>

#include "tests/conformance/suites.hpp"

namespace {

// What has been reached: fewer are a step back. One W3C document keeps a value that cannot be saved.
constexpr int w3c_judged_min = 154, w3c_restored_min = 153, scion_judged_min = 127, scion_restored_min = 127;

bool holds(const chainring::scxml::conformance::tally& t, int judged_min, int restored_min) {
  return t.passed == t.judged && static_cast<int>(t.judged) >= judged_min && static_cast<int>(t.restored) >= restored_min;
}

} // namespace

int main(int argc, char** argv) {
  using namespace chainring::scxml::conformance;
  if (argc != 3 || !std::filesystem::is_directory(std::filesystem::path(argv[1]) / "w3c-ecma")) {
    std::cerr << "usage: test_conformance SUITE OWN_DOCUMENTS, SUITE being the folder `test` of "
                 "@scion-scxml/test-framework\n";
    return 2;
  }
  const tally w3c = run_w3c(argv[1], argv[2]);
  const tally scion = run_scion(argv[1]);
  std::cout << "W3C " << w3c.passed << "/" << w3c.judged << " (" << w3c.skipped << " skipped; "
            << w3c.restored << " also saved and restored at every stable configuration)\n"
            << "SCION " << scion.passed << "/" << scion.judged << " (" << scion.restored
            << " also)\n";
  return holds(w3c, w3c_judged_min, w3c_restored_min) && holds(scion, scion_judged_min, scion_restored_min) ? 0 : 1;
}
