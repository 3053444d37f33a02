// cluster_sums_test.cpp: what nodes say of themselves, as one.
#include "actors/cluster/cluster_sums.hpp"

#include <limits>
#include <string>

#include <boost/json.hpp>

#include "tests/catch.hpp"

using namespace chainring::actors;
namespace json = boost::json;

namespace {

node_part part(const char* node, std::int64_t epoch, std::string_view text) { return {node, epoch, json::parse(text), {}}; }

} // namespace

TEST_CASE("Campaigns of a cluster: numbers are summed, lists are the same at all, and who is silent is named", "[cluster]") {
  const auto sum = campaigns_of_all(
    {part("a", 4, R"([{"name":"p","state":"running","chains":100,"ended":30,"ended_before":10,"live":5,"done":true,
                       "results":{"Busy":2,"Answer":1},"treatment_failure":"none there"}])"),
     part("b", 9, R"([{"name":"p","state":"running","chains":100,"ended":45,"ended_before":25,"live":6,"done":true,
                       "results":{"Busy":3}},{"name":"q","state":"loaded","chains":7,"ended":0,"live":0,"done":false}])"),
     {"c", 11, nullptr, "silent"}});
  const auto& p = sum.at(0).as_object();
  CHECK(p.at("chains") == 100);
  CHECK(p.at("ended") == 50); // 10 before a, 20 by it, 20 by b
  CHECK(p.at("live") == 11);
  CHECK(p.at("results") == json::parse(R"({"Busy":5,"Answer":1})"));
  CHECK(p.at("state") == "running");
  CHECK(p.at("done") == false); // c may not be
  CHECK(p.at("nodes") == json::parse(R"({"a":"running","b":"running"})"));
  CHECK(p.at("not_answered") == json::parse(R"(["c"])"));
  CHECK(p.at("why_not") == json::parse(R"({"c":"silent"})"));
  CHECK(p.at("treatment_failure") == "none there");
  CHECK(sum.at(1).at("name") == "q");
}

TEST_CASE("What a node had ended that is gone is known since the next one has started", "[cluster]") {
  const auto sum = campaigns_of_all(
    {part("a", 4, R"([{"name":"p","state":"running","chains":100,"ended":30,"ended_before":10,"done":true}])"),
     part("c", 12, R"([{"name":"p","state":"loaded","chains":100,"ended":82,"ended_before":80,"done":true}])")});
  CHECK(sum.at(0).at("ended") == 82);
  CHECK(sum.at(0).at("done") == true);
  CHECK(sum.at(0).at("state") == "differs");
}

TEST_CASE("Trunks of a cluster by name", "[cluster]") {
  const auto sum = trunks_of_all({part("a", 1, R"({"trunks":[{"name":"t","channels":10,"calls_per_second":2.5,"calls":3,
                                                              "fault":""}],"queued":4})"),
                                  part("b", 2, R"({"trunks":[{"name":"t","channels":20,"calls_per_second":4,"calls":1,
                                                              "fault":"away"},
                                                             {"name":"u","channels":1,"calls":0,"fault":""}],"queued":5})")});
  CHECK(sum.at("queued") == 9);
  REQUIRE(sum.at("trunks").as_array().size() == 2);
  CHECK(sum.at("trunks").at(0) == json::parse(R"({"name":"t","channels":30,"calls_per_second":6.5,"calls":4,
                                                        "fault":"away"})"));
}

TEST_CASE("Previews of a cluster, in turn", "[cluster]") {
  const std::vector<node_part> parts = {part("a", 1, R"({"waiting":9,"previews":[{"handle":1},{"handle":2},{"handle":3}]})"),
                                        {"c", 3, nullptr, "silent"},
                                        part("b", 2, R"({"waiting":1,"previews":[{"handle":7}]})")};
  const auto all = previews_of_all(parts, 3);
  CHECK(all.at("waiting") == 10);
  CHECK(all.at("previews") == json::parse(R"([{"handle":1,"node":"a"},{"handle":7,"node":"b"},{"handle":2,"node":"a"}])"));
  CHECK(all.at("not_answered") == json::parse(R"(["c"])"));
  CHECK(previews_of_all(parts, 9).at("previews").as_array().size() == 4);
}

TEST_CASE("Numbers of a peer that no sum holds end where numbers do", "[cluster]") {
  const std::int64_t most = std::numeric_limits<std::int64_t>::max(), least = std::numeric_limits<std::int64_t>::min();
  const auto list = [](const std::string& n) {
    return R"([{"name":"p","chains":)" + n + R"(,"ended":)" + n + R"(,"ended_before":-9223372036854775808,"live":)" + n + "}]";
  };
  const auto live_of = [&](const char* one, const char* other) {
    const std::string a = list(one), b = list(other);
    return campaigns_of_all({part("a", 1, a), part("b", 2, b)}).at(0).at("live");
  };
  for (const char* n : {"9223372036854775807", "9223372036854775808", "18446744073709551615", "18446744073709551616"}) {
    const std::string campaigns = list(n), previews = std::string(R"({"waiting":)") + n + "}", small = list("5");
    const auto sum = campaigns_of_all({part("a", 1, campaigns), part("b", 2, small), part("c", 3, campaigns)});
    CHECK(sum.at(0).at("live").to_number<double>() > 9e18);
    CHECK(sum.at(0).at("ended").to_number<std::int64_t>() >= 0);
    CHECK_NOTHROW(previews_of_all({part("a", 1, previews), part("b", 2, previews)}, 1));
    CHECK_NOTHROW(trunks_of_all({part("a", 1, previews), part("b", 2, previews)}));
  }
  CHECK(live_of("9223372036854775808", "1") == most);
  CHECK(live_of("9223372036854775807", "1") == most);
  CHECK(live_of("-9223372036854775808", "-1") == least);
  CHECK(live_of("9223372036854775807", "-7") == most - 7);
  CHECK(live_of("2", "3") == 5);
}

TEST_CASE("Answers of another shape than a node's count for nothing", "[cluster]") {
  for (const char* text : {"7", "{}", "[7]", "[[]]", R"([{"name":3}])", R"({"trunks":7})", R"({"trunks":[7]})"}) {
    CHECK_NOTHROW(campaigns_of_all({part("a", 1, text)}));
    CHECK_NOTHROW(previews_of_all({part("a", 1, text), part("b", 2, R"({"previews":[7]})")}, 5));
    CHECK_NOTHROW(trunks_of_all({part("a", 1, text), part("b", 2, text)}));
  }
}
