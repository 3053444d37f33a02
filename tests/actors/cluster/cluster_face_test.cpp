// cluster_face_test.cpp: what the store says of a member, as the API has it.
#include "actors/cluster/cluster_face.hpp"

#include <boost/json.hpp>

#include "tests/catch.hpp"

using namespace chainring;
using namespace chainring::actors;

namespace {

std::string shards_owned(std::initializer_list<std::pair<std::size_t, std::size_t>> ranges) {
  dialer::cluster_member m;
  for (const auto& [first, last] : ranges)
    for (auto n = first; n <= last; ++n) m.shards.set(n);
  const auto one = member_json(m, {}, 0);
  CHECK(one.at("shards") == m.shards.count());
  return std::string(one.at("shards_owned").as_string());
}

} // namespace

TEST_CASE("Which shards a member has, by number", "[cluster]") {
  CHECK(shards_owned({}) == "");
  CHECK(shards_owned({{0, 0}}) == "0");
  CHECK(shards_owned({{0, 84}, {170, 200}}) == "0-84,170-200");
  CHECK(shards_owned({{3, 3}, {5, 6}, {255, 255}}) == "3,5-6,255");
  CHECK(shards_owned({{0, 255}}) == "0-255");
}
