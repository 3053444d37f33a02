// asking_test.cpp: commands that ask a running node: what it says of why it does not do it is their line, and their exit status is
// that of a failure. What is for a node alone they refuse.
#include <functional>
#include <iostream>
#include <sstream>
#include <string>

#include "actors/http/endpoint.hpp"
#include "actors/io_threads.hpp"
#include "actors/node/commands/backup.hpp"
#include "actors/node/commands/campaign.hpp"
#include "actors/node/commands/common.hpp"
#include "actors/node/commands/explain.hpp"
#include "actors/node/commands/import.hpp"
#include "actors/node/commands/run.hpp"
#include "actors/node/commands/status.hpp"
#include "actors/node/node_stats.hpp"
#include "actors/node/options.hpp"
#include "tests/actors/scratch.hpp"
#include "tests/actors/script_server.hpp"
#include "tests/actors/support.hpp"
#include "tests/catch.hpp"

using namespace chainring;
using namespace chainring::actors;

namespace {

struct ran {
  int status;
  std::string err;
};

/// A command that complains on standard error.
template <class Command>
ran with_errors(Command command) {
  std::ostringstream err;
  auto* before = std::cerr.rdbuf(err.rdbuf());
  const int status = command();
  std::cerr.rdbuf(before);
  return {status, err.str()};
}

/// The API of a node that explains as a test says.
struct explaining_node {
  actors::testing::still_clock time;
  io_threads io;
  result<std::optional<std::string>> says = std::optional<std::string>{};
  record_wanted asked;
  std::unique_ptr<node_stats> stats;

  explaining_node() {
    node_sources from;
    from.time = &time;
    from.explain = [this](const record_wanted& wanted, const explanation_answer& answer) {
      asked = wanted;
      answer(says);
    };
    auto started = node_stats::start(io, endpoint_settings{}, std::move(from));
    REQUIRE(started);
    stats = std::move(*started);
  }
  ~explaining_node() {
    stats.reset();
    io.stop();
  }
  ran explain(const std::string& list) const {
    return with_errors([&] { return actors::explain({.record_id = 2, .list = list, .node = {.url = stats->url(), .token = {}}}); });
  }
};

/// A node that answers an order so.
struct ordered_node {
  io_threads io;
  std::unique_ptr<endpoint> server;

  explicit ordered_node(const std::string& answer_to_order) {
    router routes;
    routes.post("/api/v1/campaigns/{name}/stop",
                [=](const http_request&, const responder& answer) { answer(json_response(answer_to_order)); });
    routes.get("/api/v1/campaigns", [](const http_request&, const responder& answer) { answer(json_response("[]")); });
    auto listening = endpoint::listen(io, {.token = "t"}, std::move(routes));
    REQUIRE(listening);
    server = std::move(*listening);
    server->serve();
  }
  ~ordered_node() {
    server->stop();
    io.stop();
  }
  ran stop() const {
    const campaign_command wanted{.verb = "stop", .name = "people", .node = {.url = server->url(), .token = "t"}};
    return with_errors([&] { return order_campaign(wanted); });
  }
};

} // namespace

TEST_CASE("explain of a list that has no such record: one line, of a node as of a store", "[commands]") {
  tests::scratch folder;
  folder.write("people.csv", "record_id,contact_info\n2,5552\n");
  const std::string store = (folder.path / "s.db").string();
  std::ostringstream ignored;
  REQUIRE(run_import({.list = "people", .file = (folder.path / "people.csv").string(), .store = store}, ignored, ignored) == 0);
  const auto of_store = with_errors([&] { return explain({.record_id = 2, .list = "nix", .store = store}); });
  CHECK(of_store.status == exit_failed);
  CHECK(of_store.err == "chainring: there is no such record: record 2 in list nix: name a record_id of an imported list\n");
  explaining_node node;
  const auto of_node = node.explain("nix");
  CHECK(node.asked.list == "nix");
  CHECK(of_node.status == exit_failed);
  CHECK(of_node.err == of_store.err);
  CHECK(node.explain("looked at&more").err.find("record 2 in list looked at&more") != std::string::npos);
}

TEST_CASE("explain of a node whose store is away says that", "[commands]") {
  explaining_node node;
  node.says = error{"the server cannot be reached", "postgresql://db/dialer", "start it"};
  const auto away = node.explain("");
  CHECK(away.status == exit_failed);
  CHECK(away.err == "chainring: the server cannot be reached: postgresql://db/dialer: start it\n");
  http_request request{.method = "GET", .path = "/api/v1/records/2/explanation"};
  const auto status = [&] {
    unsigned said = 0;
    (*node.stats->own_routes().find(request).handler)(request, [&](const http_response& answer) { said = answer.status; });
    return said;
  };
  CHECK(status() == 503);
  node.says = std::optional<std::string>{};
  CHECK(status() == 404);
}

TEST_CASE("an order that a node refuses is a failure, with the line of that node", "[commands]") {
  const auto stopping = ordered_node(R"({"name":"people","state":"","change":3,"nodes":[
    {"node":"a","outcome":"refused","why":"the node stops","mend":"ask it when it is there again"}]})").stop();
  CHECK(stopping.status == exit_failed);
  CHECK(stopping.err == "chainring: node a does not obey: the node stops: campaign people: ask it when it is there again\n");

  const auto differing = ordered_node(R"({"name":"people","state":"loaded","change":3,"nodes":[
    {"node":"a","outcome":"done","state":"loaded"},
    {"node":"b","outcome":"refused","why":"this node has no such campaign","mend":"let all nodes have the same campaigns"}]})")
                             .stop();
  CHECK(differing.status == exit_failed);
  CHECK(differing.err == "chainring: node b does not obey: this node has no such campaign: campaign people: "
                         "let all nodes have the same campaigns\n");
}

TEST_CASE("an order that a node will read in the store is done", "[commands]") {
  const auto silent = ordered_node(R"({"name":"people","state":"loaded","change":3,"nodes":[
    {"node":"a","outcome":"done","state":"loaded"},{"node":"b","outcome":"not reached","why":"it is not connected"}]})").stop();
  CHECK(silent.status == exit_done);
  CHECK(silent.err.empty());
  CHECK(ordered_node(R"({"name":"people","state":"loaded"})").stop().status == exit_done);
}

TEST_CASE("a campaign that is gone while it is unloaded is a failure", "[commands]") {
  const auto gone = ordered_node(R"({"name":"people","state":"unloading"})").stop();
  CHECK(gone.status == exit_failed);
  CHECK(gone.err == "chainring: the campaign is not there any more: campaign people: chainring status names those that are\n");
}

TEST_CASE("whatever is not a node's answer is told as that, by each command that asks", "[commands]") {
  for (const std::string said : {"<p>hello</p>", "", "[{\"name\":\"people\"", "7", "null", "[[]]", "{\"nodes\":{}}"}) {
    tests::script_server other([&](tests::script_connection& c) {
      while (c.read_request())
        if (!c.write("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(said.size()) + "\r\n\r\n" + said)) return;
    });
    const node_address node{other.uri(""), {}};
    const auto expected = "chainring: the answer is not a chainring node's: " + node.url + ": name the stats address of a node\n";
    CAPTURE(said);
    const auto shown = with_errors([&] { return status({.node = node}); });
    CHECK(shown.status == exit_failed);
    CHECK(shown.err == expected);
    const auto ordered = with_errors([&] { return order_campaign({.verb = "stop", .name = "people", .node = node}); });
    CHECK(ordered.status == exit_failed);
    CHECK(ordered.err == expected);
    std::ostringstream out, err;
    CHECK(run_backup({.file = "/nowhere/b.db", .node = node}, out, err) == exit_failed);
    CHECK(err.str() == expected);
  }
}

TEST_CASE("run refuses the configuration of a cluster's node", "[commands]") {
  tests::scratch folder;
  folder.write("n.toml", "[store]\npath = \"postgresql://127.0.0.1:1/none\"\n[cluster]\nenabled = true\n");
  const auto config = (folder.path / "n.toml").string();
  const auto refused = with_errors([&] { return run({.config = config}); });
  CHECK(refused.status == exit_failed);
  CHECK(refused.err == "chainring: [cluster] is enabled, and run works alone on its store: other nodes may have the chains: " +
                         config + ": use chainring node --config " + config + ", or let enabled be false\n");
}
