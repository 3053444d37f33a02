// main.cpp: test_conformance SUITE OWN_DOCUMENTS. Exit 0 when every document that is judged passes, and none has silently
// left the judged ones, those that can be saved or those that are compiled.
#include <iostream>

#include "tests/conformance/suites.hpp"

namespace {

// All that there are. One W3C document keeps a function, which cannot be saved; 301 has to be refused.
constexpr int automatic = 194, automatic_restored = 193, manual = 8, manual_restored = 7, scion_all = 127;
// At least so many lie in the part of ECMAScript that is compiled.
constexpr int automatic_compiled = 133, manual_compiled = 5, scion_compiled = 109;

bool holds(const chainring::scxml::conformance::tally& t, int judged, int restored, int compiled) {
  return t.passed == t.judged && t.judged == judged && t.restored >= restored && t.compiled >= compiled;
}

void print(const char* suite, const chainring::scxml::conformance::tally& t) {
  std::cout << suite << " " << t.passed << "/" << t.judged << " (" << t.restored
            << " also saved and restored at every stable configuration, " << t.compiled
            << " compiled and on QuickJS with the same outcome)\n";
}

} // namespace

int main(int argc, char** argv) {
  using namespace chainring::scxml::conformance;
  if (argc != 3 || !std::filesystem::is_directory(std::filesystem::path(argv[1]) / "w3c-ecma")) {
    std::cerr << "usage: test_conformance SUITE OWN_DOCUMENTS, SUITE being the folder `test` of "
                 "@scion-scxml/test-framework\n";
    return 2;
  }
  const w3c_tally w3c = run_w3c(argv[1], argv[2]);
  const tally scion = run_scion(argv[1]);
  print("W3C automatic", w3c.automatic);
  print("W3C manual", w3c.manual);
  print("SCION", scion);
  return holds(w3c.automatic, automatic, automatic_restored, automatic_compiled) &&
                 holds(w3c.manual, manual, manual_restored, manual_compiled) &&
                 holds(scion, scion_all, scion_all, scion_compiled)
             ? 0
             : 1;
}
