// charts_target.cpp: charts made of the input's choices, played by the engine and by the naive interpreter of the tests:
// Appendix D read aloud.
#include "tests/fuzz/judge.hpp"
#include "tests/fuzz/stage.hpp"
#include "tests/scxml/chart.hpp"
#include "tests/scxml/naive_interpreter.hpp"

using namespace chainring;
using namespace chainring::fuzz;
using namespace chainring::scxml;

namespace {

constexpr int events_max = 16;
// The naive interpreter is slow.
constexpr std::size_t states_max = 20;
constexpr int microsteps_max = 60;

/// Moves of the engine in the naive interpreter's words.
class moves final : public observer {
 public:
  explicit moves(const document& d)
      : claims_(d) {}
  std::vector<std::string> lines;

 private:
  void entered(const session& s, index i) override {
    require(!claims_.never_enters(s.document->states[i]), "lint says that a state is never entered, and it is");
    lines.push_back("+" + s.document->states[i].id);
  }
  void taken(const session& s, index t) override {
    require(!claims_.never_takes(s.document->transitions[t]), "lint says that a transition is never taken, and it is");
  }
  void exited(const session& s, index i) override { lines.push_back("-" + s.document->states[i].id); }

  const lint_claims claims_;
};

void compare(choices& in) {
  const auto c = testing::chosen_chart([&](unsigned n) { return in.below(n); });
  if (c.order.size() > states_max) return;
  const auto made = compile_as_node(testing::to_scxml(c));
  judge(made);
  require(made.document != nullptr, "a chart of choices is refused");
  testing::naive_interpreter oracle(c);
  oracle.microsteps_max = microsteps_max;
  moves seen(*made.document);
  runner_setup setup;
  setup.watching = &seen;
  runner engine(made.document, model_for(made.document), {}, setup);
  oracle.interpret();
  if (oracle.exhausted()) return;
  engine.start();
  for (int i = 0; i <= events_max; ++i) {
    require(oracle.trace == seen.lines, "the engine and the naive interpreter move apart");
    require(oracle.running() == (engine.state() == runner::outcome::waiting), "one of them has ended");
    if (!oracle.running() || in.empty()) return;
    judge(engine.self());
    event e;
    e.name = "e" + std::to_string(in.below(4));
    oracle.external(e.name);
    if (oracle.exhausted()) return;
    engine.deliver(std::move(e));
  }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  choices in(data, size);
  compare(in);
  return 0;
}
