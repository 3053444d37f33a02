// property_test.cpp: on charts made by chance, the engine and the naive reading of Appendix D do
// the same.
#include <random>

#include "scxml/snapshot.hpp"
#include "tests/scxml/chart.hpp"
#include "tests/scxml/naive_interpreter.hpp"
#include "tests/scxml/play.hpp"

using namespace chainring::scxml;
using namespace chainring::scxml::testing;

namespace {

names ordered(const chart& c, const std::set<std::string>& states) {
  names result;
  for (const auto& id : c.order)
    if (states.count(id)) result.push_back(id);
  return result;
}

/// What was entered and left, in order.
names moves(names lines) {
  std::erase_if(lines, [](const auto& line) { return line[0] == '*'; });
  return lines;
}

/// Replaces the session by its restored snapshot.
void save_and_restore(runner& run) {
  const auto bytes = save(run.self());
  REQUIRE(bytes.ok());
  auto restored = restore(*bytes, run.self().document, run.self().model);
  REQUIRE(restored.ok());
  run.self() = std::move(*restored);
}

/// Plays random events on both; false when the chart was too lively to compare.
bool same_behaviour(std::uint32_t seed, const chart& c) {
  const std::string text = to_scxml(c);
  INFO("seed " << seed << "\n" << text);
  naive_interpreter oracle(c);
  oracle.interpret();
  if (oracle.exhausted()) return false;
  play engine(text);
  std::mt19937 chance(seed);
  for (int step = 0; step < 30; ++step) {
    REQUIRE(moves(engine.seen.take()) == std::exchange(oracle.trace, {}));
    REQUIRE((engine.run.state() == runner::outcome::done) == !oracle.running());
    if (!oracle.running()) return true;
    REQUIRE(engine.run.configuration() == ordered(c, oracle.configuration()));
    if (step % 3 == 0) save_and_restore(engine.run);
    const std::string event = "e" + std::to_string(chance() % 4);
    INFO("step " << step << ", event " << event);
    oracle.external(event);
    if (oracle.exhausted()) return false;
    engine << event;
  }
  return true;
}

} // namespace

TEST_CASE("random charts: the engine equals the naive interpreter") {
  int compared = 0;
  for (std::uint32_t seed = 1; seed <= 300; ++seed) compared += same_behaviour(seed, random_chart(seed));
  CAPTURE(compared);
  CHECK(compared > 100);
}

TEST_CASE("random charts with one active atomic state: the ways without sets equal the naive interpreter") {
  int compared = 0;
  std::uint32_t seed = 1'000;
  for (; compared < 150 && seed < 10'000; ++seed) {
    const chart c = random_chart(seed);
    const auto made = compile(to_scxml(c), {});
    if (made.document && made.document->candidates.known()) compared += same_behaviour(seed, c);
  }
  CAPTURE(seed);
  CHECK(compared == 150);
}
