// models_target.cpp: expressions and documents made of the input's choices, all inside of the compiled subset: the compiled
// model and QuickJS give the same.
#include "tests/fuzz/choices.hpp"
#include "tests/fuzz/judge.hpp"
#include "tests/scxml/models/twins.hpp"

using namespace chainring;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr int expression_steps = 60, document_steps = 8;
  fuzz::choices in(data, size);
  const auto below = [&](unsigned n) { return in.below(n); };
  int compared = 0;
  bool on_two = false;
  const std::string difference = in.below(2) == 0 ? scxml::testing::compare_expressions(below, expression_steps, compared)
                                                  : scxml::testing::compare_documents(below, document_steps, on_two);
  if (!difference.empty()) fuzz::fail(difference);
  return 0;
}
