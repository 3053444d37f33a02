// cluster_face_test.cpp: what the store says of a member, as the API has it; what is asked of one node or of all, and what of that
// the client hears.
#include "actors/cluster/cluster_face.hpp"

#include <future>
#include <string>
#include <utility>

#include <boost/json.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>

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

/// The routes of node a, whose peer b answers as a test says.
class face_of_a {
 public:
  peer_said of_b{peer_said::outcome::answered, {0, 200, "application/json", "{}"}, {}};
  given_order given{order_refusal::not_now, {"the store is away", "", ""}};

  face_of_a() {
    view_.show(std::vector<dialer::cluster_member>{{.epoch = 1, .node = "a", .lease_left_ms = 9'000},
                                                   {.epoch = 2, .node = "b", .lease_left_ms = 9'000}});
    const auto tell = [](const http_request& r, const responder& answer) { answer(text_response("a:" + r.query)); };
    router own;
    own.get_by_strangers("/", tell);
    own.get("/api/v1/node", tell);
    own.get(explanation_route, tell);
    own.get("/api/v1/campaigns", [](const http_request&, const responder& answer) {
      answer(json_response(R"([{"name":"p","state":"running","chains":1,"live":1}])"));
    });
    own.post("/api/v1/campaigns/{name}/start", tell);
    own.post("/api/v1/campaigns/{name}/agents", tell);
    cluster_face_terms terms{.epoch = 1, .node = "a", .members = &view_, .peers = peers_};
    terms.give = [this](const std::string&, campaign_order::verb, auto answer) { answer(given); };
    terms.give_agents = [this](const std::string&, std::int32_t, auto answer) { answer(given); };
    terms.orders = &orders_;
    terms.explain = [](const http_request& r, const responder& answer) {
      answer(text_response("all:" + std::string(r.parameter("record")) + "?" + r.query));
    };
    routes_ = routes_of_cluster(own, std::move(terms));
  }
  ~face_of_a() { caf::anon_send_exit(peers_, caf::exit_reason::user_shutdown); }

  http_response ask(const std::string& method, const std::string& path, const std::string& query = {},
                    const std::string& body = {}) {
    http_request request{.method = method, .path = path, .query = query};
    request.body = body;
    const auto found = routes_.find(request);
    REQUIRE(found.handler);
    const auto answer = std::make_shared<std::promise<http_response>>();
    (*found.handler)(request, [answer](http_response said) { answer->set_value(std::move(said)); });
    return answer->get_future().get();
  }
  std::string get(const std::string& path, const std::string& query) { return ask("GET", path, query).body; }

 private:
  caf::actor_system_config settings_;
  caf::actor_system system_{settings_};
  cluster_view view_;
  order_book orders_{{.order = {}, .state = [](const std::string&) { return std::nullopt; }, .agents = {}}}; // it has no campaign
  caf::actor peers_ = system_.spawn([this](caf::event_based_actor*) -> caf::behavior {
    return {[this](ask_peer& what) { what.heard(of_b); }};
  });
  router routes_;
};

} // namespace

TEST_CASE("Which shards a member has, by number", "[cluster]") {
  CHECK(shards_owned({}) == "");
  CHECK(shards_owned({{0, 0}}) == "0");
  CHECK(shards_owned({{0, 84}, {170, 200}}) == "0-84,170-200");
  CHECK(shards_owned({{3, 3}, {5, 6}, {255, 255}}) == "3,5-6,255");
  CHECK(shards_owned({{0, 255}}) == "0-255");
}

TEST_CASE("What is asked of one node is taken out of the query by its key", "[cluster]") {
  face_of_a face;
  CHECK(face.get("/api/v1/node", "node=a") == "a:");
  CHECK(face.get("/api/v1/node", "xnode=1&node=a") == "a:xnode=1");
  CHECK(face.get("/api/v1/node", "limit=3&node=a&x=node=b") == "a:limit=3&x=node=b");
  CHECK(face.get("/api/v1/node", "node=a&limit=3&node=c") == "a:limit=3");
  CHECK(face.get("/api/v1/node", "xnode=b") == "a:xnode=b");
  CHECK(face.get("/api/v1/node", "node=b") == "{}");
  CHECK(face.ask("GET", "/api/v1/node", "node=c").status == 404);
}

TEST_CASE("Strangers hear nothing of other nodes", "[cluster]") {
  face_of_a face;
  for (const char* query : {"node=a", "node=b", "node=c"}) CHECK(face.get("/", query) == std::string("a:") + query);
}

TEST_CASE("An order that does not stand in the store says whether it ever can", "[cluster]") {
  face_of_a face;
  const auto status = [&](order_refusal why) {
    face.given = {why, {"why", "", ""}};
    const auto by_verb = face.ask("POST", "/api/v1/campaigns/p/start").status;
    CHECK(face.ask("POST", "/api/v1/campaigns/p/agents", {}, R"({"agents":1})").status == by_verb);
    return by_verb;
  };
  CHECK(status(order_refusal::no_campaign) == 404);
  CHECK(status(order_refusal::as_it_is) == 409);
  CHECK(status(order_refusal::not_now) == 503);
}

TEST_CASE("A node that refuses an order says what it needs to obey", "[cluster]") {
  face_of_a face;
  face.given = dialer::standing_order{"p", state_order, 2, 5};
  face.of_b.answer = {0, 409, "application/json",
                      R"({"what":"the node stops","where":"p","mend":"ask it when it is there again"})"};
  const auto nodes = boost::json::parse(face.ask("POST", "/api/v1/campaigns/p/start").body).at("nodes");
  CHECK(nodes == boost::json::parse(R"([
    {"node":"a","outcome":"refused","why":"this node has no such campaign","mend":"let all nodes have the same campaigns"},
    {"node":"b","outcome":"refused","why":"the node stops","mend":"ask it when it is there again"}])"));
}

TEST_CASE("An explanation is asked for everywhere, unless of one node", "[cluster][explain]") {
  face_of_a face;
  CHECK(face.get("/api/v1/records/8/explanation", "list=people") == "all:8?list=people");
  CHECK(face.get("/api/v1/records/8/explanation", "list=people&node=a") == "a:list=people");
  CHECK(face.get("/api/v1/records/8/explanation", "node=b") == "{}");
}

TEST_CASE("A sum says why a node is missing in it", "[cluster]") {
  face_of_a face;
  face.of_b.answer = {0, 503, "application/json", R"({"what":"the answer is too long for a peer"})"};
  const auto sum = boost::json::parse(face.get("/api/v1/campaigns", ""));
  CHECK(sum.at(0).at("not_answered") == boost::json::parse(R"(["b"])"));
  CHECK(sum.at(0).at("why_not") == boost::json::parse(R"({"b":"the answer is too long for a peer"})"));
}

TEST_CASE("What a peer says that is no answer of HTTP is not passed on", "[cluster]") {
  face_of_a face;
  const auto passed_on = [&](peer_answer said) {
    face.of_b.answer = std::move(said);
    return face.ask("GET", "/api/v1/node", "node=b").status;
  };
  CHECK(passed_on({0, 418, "text/plain", "x"}) == 418);
  for (const unsigned status : {0u, 100u, 600u, 70'000u}) CHECK(passed_on({0, status, "text/plain", "x"}) == 502);
  CHECK(passed_on({0, 200, "text/plain\r\nSet-Cookie: a=b", "x"}) == 502);
  CHECK(passed_on({0, 200, std::string(70'000, 'x'), "x"}) == 502); // for which a session's header has no room
}
