// compile_target.cpp: any bytes through scan, parse and compile, and what is made of the result for authors.
#include "dialer/ocs_lint.hpp"
#include "scxml/describe.hpp"
#include "scxml/dot.hpp"
#include "scxml/lint/lint.hpp"
#include "scxml/models/ecmascript/ecmascript.hpp"
#include "tests/fuzz/judge.hpp"
#include "tests/fuzz/stage.hpp"

using namespace chainring;

namespace {

constexpr std::size_t scripts_checked_of = 8; // each makes a realm of its own, which takes long

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto made = fuzz::compile_as_node(bytes);
  fuzz::judge(made);
  if (made.document) {
    scxml::lint(*made.document);
    scxml::to_dot(*made.document);
    scxml::to_json(scxml::describe(*made.document));
  }
  if (const auto tables = made.document ? made.document : made.draft) {
    dialer::lint_ocs(*tables);
    if (size % scripts_checked_of == 0) scxml::check_scripts(*tables, bytes);
  }
  scxml::referenced_resources(bytes);
  return 0;
}
