// store_faults_test.cpp: a node's whole life, and every call that it makes to its store failing once in each way that the store
// may fail in. Whatever fails, nothing is lost and nobody is called twice; who was not concerned notices nothing.
#include "tests/catch.hpp"

#include <algorithm>
#include <random>
#include <set>

#include "tests/actors/node/witnessed_campaign.hpp"
#include "tests/sanitized.hpp"

using namespace chainring::actors::testing;

namespace {

using way = faulty_store::way;

struct whole_life {
  std::vector<std::string> calls;
  std::map<std::int64_t, witnessed_campaign::chain_end> ends;
  std::int64_t took_ms = 0;

  whole_life() {
    witnessed_campaign campaign;
    const auto complaint = campaign.run_to_its_end();
    INFO(campaign.log());
    REQUIRE(complaint == "");
    CHECK(campaign.broken_promises() == std::vector<std::string>{});
    CHECK(campaign.nodes() == 1);
    calls = campaign.faults().calls();
    ends = campaign.ends();
    took_ms = campaign.took_ms();
  }
};

/// False: the call was not made this time.
bool fails_at(const whole_life& whole, std::int64_t number, way how) {
  constexpr std::int64_t late_ms = 24 * 3'600'000;
  witnessed_campaign campaign;
  campaign.faults().fail(number, how);
  const auto complaint = campaign.run_to_its_end();
  if (!campaign.faults().has_failed()) return false;
  const auto& call = campaign.faults().calls()[static_cast<std::size_t>(number - 1)];
  INFO("call " << number << ", " << call << ": " << faulty_store::name_of(how) << '\n' << campaign.log());
  CHECK(complaint == "");
  CHECK(campaign.broken_promises() == std::vector<std::string>{});
  CHECK(campaign.took_ms() <= whole.took_ms + late_ms);
  const auto ends = campaign.ends();
  CHECK(ends.size() == whole.ends.size());
  for (const auto& [chain_id, end] : ends) {
    // Two kinds may have come to another end: who is told of a call of unknown end, and whose writes were refused for good.
    if (end.has_unknown || chain_id == campaign.faults().refused_chain()) continue;
    CHECK(end.text == whole.ends.at(chain_id).text);
    CHECK_FALSE(end.has_open);
  }
  return true;
}

/// Each as (call, way), in an order that is random, but the same each time.
std::vector<std::pair<std::int64_t, way>> all_faults(const whole_life& whole) {
  std::vector<std::pair<std::int64_t, way>> all;
  for (std::size_t n = 0; n < whole.calls.size(); ++n)
    for (const auto how : faulty_store::all_ways)
      if (faulty_store::may_be(how, whole.calls[n])) all.emplace_back(n + 1, how);
  std::shuffle(all.begin(), all.end(), std::mt19937{1});
  return all;
}

void fail_in_turn(std::size_t most) {
  const whole_life whole;
  auto faults = all_faults(whole);
  faults.resize(std::min(faults.size(), most));
  std::size_t made = 0;
  std::set<std::string> names;
  for (const auto& [number, how] : faults) {
    if (fails_at(whole, number, how)) ++made;
    names.insert(whole.calls[static_cast<std::size_t>(number - 1)]);
  }
  WARN(whole.calls.size() << " calls of " << names.size() << " kinds; " << made << " faults of " << faults.size());
  // Commits gather what is there: a life has a few calls more or less than the first.
  CHECK(10 * made >= 8 * faults.size());
}

} // namespace

TEST_CASE("calls of the store fail, each in every way that a store may fail in", "[store_faults]") {
  fail_in_turn(chainring::tests::under_sanitizer ? 20 : 100);
}

TEST_CASE("every call of the store fails once in every way that a store may fail in", "[.][store_faults_long]") {
  fail_in_turn(SIZE_MAX);
}
