// group_commit_test.cpp: one refused write does not keep back the others.
#include "tests/catch.hpp"

#include <numeric>
#include <optional>

#include "actors/group_commit.hpp"
#include "tests/actors/scripted_store.hpp"

using namespace chainring;
using namespace chainring::actors;
using namespace chainring::actors::testing;

namespace {

/// Requests and what each has heard.
struct requests {
  store_script script;
  scripted_store store{script};
  group_commit gathered;
  std::vector<std::optional<result<std::vector<refused_writes>>>> heard;

  void add(const std::vector<std::int64_t>& chains) {
    heard.emplace_back();
    gathered.add(ends_of(chains), [this, n = heard.size() - 1](auto refused) {
      REQUIRE_FALSE(heard[n]); // once
      heard[n] = std::move(refused);
    });
  }
  /// "0-2 5-6": what of the request was refused; "…" while it waits, "?" when it is unknown.
  std::string refused(std::size_t request) const {
    if (!heard[request]) return "…";
    if (!*heard[request]) return "?";
    std::string text;
    for (const auto& r : **heard[request])
      text += (text.empty() ? "" : " ") + std::to_string(r.first) + "-" + std::to_string(r.last);
    return text;
  }
};

using ids = std::vector<std::int64_t>;

} // namespace

TEST_CASE("what has gathered is one transaction", "[group_commit]") {
  requests all;
  all.add({1, 2});
  all.add({});
  all.add({3});
  CHECK(all.gathered.writes() == 3);
  REQUIRE(all.gathered.store(all.store).ok());
  CHECK(all.script.commits == 1);
  CHECK(all.script.taken == ids{1, 2, 3});
  for (std::size_t n = 0; n < 3; ++n) CHECK(all.refused(n).empty());
  CHECK(all.gathered.empty());
  CHECK(all.gathered.writes() == 0);
}

TEST_CASE("a refused chain is singled out, with all of its writes and with the reason", "[group_commit]") {
  requests all;
  all.script.refused_chains = {5};
  all.add({1, 2});
  all.add({4, 5, 5, 6});
  all.add({7});
  REQUIRE(all.gathered.store(all.store).ok());
  CHECK(all.script.taken == ids{1, 2, 4, 6, 7});
  CHECK(all.refused(0).empty());
  CHECK(all.refused(1) == "1-3");
  CHECK((**all.heard[1])[0].why.where == "chain 5");
  CHECK(all.refused(2).empty());
}

TEST_CASE("a request that is refused alone, first, last, or wholly", "[group_commit]") {
  requests all;
  all.script.refused_chains = {1, 3, 4, 9};
  SECTION("alone") {
    all.add({1});
    REQUIRE(all.gathered.store(all.store).ok());
    CHECK(all.refused(0) == "0-1");
    CHECK(all.script.commits == 1);
  }
  SECTION("the same chain in two requests is two units") {
    all.add({1});
    all.add({1});
    REQUIRE(all.gathered.store(all.store).ok());
    CHECK(all.refused(0) == "0-1");
    CHECK(all.refused(1) == "0-1");
  }
  SECTION("among others") {
    all.add({1, 2});
    all.add({3, 4});
    all.add({8, 9});
    REQUIRE(all.gathered.store(all.store).ok());
    CHECK(all.script.taken == ids{2, 8});
    CHECK(all.refused(0) == "0-1");
    CHECK(all.refused(1) == "0-1 1-2");
    CHECK(all.refused(2) == "1-2");
  }
  CHECK(all.gathered.empty());
}

TEST_CASE("one refused among thousands costs a few commits", "[group_commit]") {
  requests all;
  all.script.refused_chains = {777};
  ids chains(16'384);
  std::iota(chains.begin(), chains.end(), 1);
  all.add(chains);
  REQUIRE(all.gathered.store(all.store).ok());
  CHECK(all.script.taken.size() == chains.size() - 1);
  CHECK(std::is_sorted(all.script.taken.begin(), all.script.taken.end()));
  CHECK(all.script.commits <= 2 * 14 + 1);
}

TEST_CASE("while the store is away everything waits, and nothing is committed twice", "[group_commit]") {
  requests all;
  bool away = true;
  all.script.away = [&] { return away; };
  all.add({1, 2});
  CHECK_FALSE(all.gathered.store(all.store).ok());
  CHECK(all.refused(0) == "…");
  away = false;
  all.add({3});
  REQUIRE(all.gathered.store(all.store).ok());
  CHECK(all.script.taken == ids{1, 2, 3});
}

TEST_CASE("a store that goes away while a refused write is looked for goes on where it was", "[group_commit]") {
  const int works_for = GENERATE(1, 2, 3, 4, 5, 6, 7, 8);
  INFO("away after " << works_for << " commits");
  requests all;
  all.script.refused_chains = {2, 6};
  all.script.away = [&] { return all.script.commits == works_for + 1; };
  all.add({1, 2, 3});
  all.add({4, 5});
  all.add({6, 7, 8});
  auto stored = all.gathered.store(all.store);
  if (!stored) {
    CHECK(stored.error().what == "the disk is full");
    CHECK(all.gathered.writes() == 8 - all.script.taken.size() - (all.gathered.writes() < 7) - (all.refused(2) != "…"));
    all.add({9});
    stored = all.gathered.store(all.store);
  } else {
    all.add({9});
    REQUIRE(all.gathered.store(all.store).ok());
  }
  REQUIRE(stored.ok());
  CHECK(all.script.taken == ids{1, 3, 4, 5, 7, 8, 9});
  CHECK(all.refused(0) == "1-2");
  CHECK(all.refused(1).empty());
  CHECK(all.refused(2) == "0-1");
  CHECK(all.refused(3).empty());
}

TEST_CASE("what is given up is unknown to those who asked for it", "[group_commit]") {
  requests all;
  all.script.away = [] { return true; };
  all.add({1});
  all.add({2});
  CHECK_FALSE(all.gathered.store(all.store).ok());
  all.gathered.give_up({"the node stops", "", ""});
  CHECK(all.refused(0) == "?");
  CHECK(all.refused(1) == "?");
  CHECK(all.gathered.empty());
  CHECK(all.script.taken.empty());
}
