// main.cpp: test_conformance SUITE OWN_DOCUMENTS. Exit 0 when every document that is judged passes.
#include <iostream>

#include "tests/conformance/suites.hpp"

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
  return w3c.passed == w3c.judged && scion.passed == scion.judged && w3c.judged > 0 &&
                 scion.judged > 0
             ? 0
             : 1;
}
