// document_claims_test.cpp: what chains wait for is asked for once, and a server that is slow is waited for by its own alone.
#include "actors/document_claims.hpp"

#include <set>

#include "actors/real_clock.hpp"
#include "tests/catch.hpp"

using namespace chainring::actors;

namespace {

struct lane_of_claims {
  void add(const std::string& origin, int document, std::uint32_t slot = 0) {
    claims.add(*parse_uri(name(origin, document)), {slot, 0, 0}, time);
  }
  static std::string name(const std::string& origin, int document) { return origin + "/" + std::to_string(document); }
  std::vector<std::string> all_next() {
    std::vector<std::string> out;
    while (auto uri = claims.next()) out.push_back(*uri);
    return out;
  }
  real_clock time;
  document_claims claims;
};

constexpr int most = int{limits::batches_in_flight_max};

} // namespace

TEST_CASE("a document is asked for once, and all who wait for it get it") {
  lane_of_claims l;
  for (std::uint32_t slot = 0; slot < 1'000; ++slot) l.add("http://a", 1, slot);
  CHECK(l.all_next() == std::vector<std::string>{"http://a/1"});
  CHECK(l.claims.waiting() == 1'000);
  CHECK(l.claims.arrived("http://a/1").size() == 1'000);
  CHECK(l.claims.waiting() == 0);
  CHECK(l.claims.arrived("http://a/1").empty());
  l.add("http://a", 1);
  CHECK(l.all_next().size() == 1);
}

TEST_CASE("a server that does not answer keeps documents of no other one waiting") {
  lane_of_claims l;
  for (int n = 0; n < 3 * most; ++n) l.add("http://silent", n);
  CHECK(static_cast<int>(l.all_next().size()) == most);
  for (int n = 0; n < 3; ++n) l.add("http://good", n);
  l.add("file://", 1);
  CHECK(l.all_next().size() == 4);
  for (int n = 0; n < 3; ++n) CHECK(l.claims.arrived(l.name("http://good", n)).size() == 1);
  l.add("http://good", 7);
  CHECK(l.all_next() == std::vector<std::string>{"http://good/7"});
}

TEST_CASE("origins take turns, and each document is asked for") {
  lane_of_claims l;
  for (int n = 0; n < 2 * most; ++n) l.add("http://a", n);
  for (int n = 0; n < 2; ++n) l.add("http://b", n);
  const auto first = l.all_next();
  CHECK(std::vector(first.begin(), first.begin() + 4) ==
        std::vector<std::string>{"http://a/0", "http://b/0", "http://a/1", "http://b/1"});
  std::set<std::string> asked{first.begin(), first.end()};
  std::deque<std::string> on_their_way{first.begin(), first.end()};
  while (!on_their_way.empty()) {
    CHECK(l.claims.arrived(on_their_way.front()).size() == 1);
    on_their_way.pop_front();
    for (const auto& uri : l.all_next()) asked.insert(uri), on_their_way.push_back(uri);
    CHECK(static_cast<int>(on_their_way.size()) <= 2 * most);
  }
  CHECK(asked.size() == 2 * most + 2);
  CHECK(l.claims.waiting() == 0);
}
