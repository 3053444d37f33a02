// sample_test.cpp: what `make run` uses is right: the configuration loads, the treatments compile without a warning,
// every call result can occur.
#include <fstream>
#include <iterator>
#include <set>

#include "actors/node/configuration.hpp"
#include "dialer/ocs_vocabulary.hpp"
#include "scxml/compile.hpp"
#include "tests/catch.hpp"

using namespace chainring;
using namespace chainring::actors;

namespace {

configuration sample() {
  auto outcome = load_configuration("conf/sample/campaign.toml");
  for (const auto& problem : outcome.errors) UNSCOPED_INFO(to_line(problem));
  REQUIRE(outcome.settings);
  CHECK(outcome.warnings.empty());
  return *outcome.settings;
}

} // namespace

TEST_CASE("the sample campaigns use three lists and three treatments", "[sample]") {
  const configuration c = sample();
  std::set<std::string> lists, treatments;
  for (const auto& campaign : c.campaigns) {
    lists.insert(campaign.lists.begin(), campaign.lists.end());
    treatments.insert(campaign.treatment_uri);
    CHECK(campaign.trunks == std::vector<std::string>{"sim"});
  }
  CHECK(lists == std::set<std::string>{"companies", "families", "members"});
  CHECK(treatments.size() == 3);
}

TEST_CASE("every call result can occur in the sample", "[sample]") {
  const configuration c = sample();
  REQUIRE(c.trunks.size() == 1);
  std::set<dialer::call_result> possible = {dialer::call_result::do_not_call}; // from the do-not-call list
  for (const auto& [result, weight] : c.trunks[0].weights)
    if (weight > 0) possible.insert(result);
  CHECK_FALSE(c.do_not_call.csv.empty());
  for (const auto& entry : dialer::all_call_results()) {
    INFO(entry.name);
    CHECK(possible.count(entry.code) == 1);
  }
}

TEST_CASE("the sample treatments compile without a complaint", "[sample]") {
  for (const char* name : {"retry", "daytime", "options"}) {
    const std::string path = std::string{"conf/sample/"} + name + ".scxml";
    std::ifstream file(path, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(file), {}};
    scxml::compile_options options;
    options.name = path;
    options.actions = &dialer::ocs_vocabulary();
    const auto compiled = scxml::compile(bytes, options);
    for (const auto& complaint : compiled.complaints) UNSCOPED_INFO(to_line(scxml::to_error(complaint)));
    CHECK(compiled.complaints.empty());
    CHECK(compiled.document);
  }
}
