// compiled_differential_test.cpp: random expressions and documents give the same results, types, errors and snapshots on the
// compiled model as on QuickJS.
#include <random>

#include "tests/catch.hpp"
#include "tests/scxml/models/twins.hpp"

using namespace chainring::scxml::testing;

namespace {

constexpr int steps_each = 120, document_steps = 12;

void compare_many_expressions(std::uint32_t seed, int wanted) {
  for (int compared = 0; compared < wanted; ++seed) {
    std::mt19937 chance(seed);
    INFO("seed " << seed);
    REQUIRE(compare_expressions([&](unsigned n) { return static_cast<unsigned>(chance() % n); }, steps_each, compared) == "");
  }
}

void compare_many_documents(std::uint32_t seed, int wanted) {
  for (int compared = 0; compared < wanted; ++seed) {
    std::mt19937 chance(seed);
    bool on_both = false;
    INFO("seed " << seed);
    REQUIRE(compare_documents([&](unsigned n) { return static_cast<unsigned>(chance() % n); }, document_steps, on_both) == "");
    compared += on_both;
  }
}

} // namespace

TEST_CASE("random expressions on both models") { compare_many_expressions(1, 20'000); }
TEST_CASE("random documents on both models") { compare_many_documents(1, 150); }
TEST_CASE("a million random expressions on both models", "[.nightly]") { compare_many_expressions(1'000'000, 1'000'000); }
TEST_CASE("many random documents on both models", "[.nightly]") { compare_many_documents(1'000'000, 50'000); }
