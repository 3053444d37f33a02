// fetcher_cache_test.cpp: when servers are asked again, what becomes of the last good document, and where redirections lead.
#include "actors/fetcher.hpp"

#include <atomic>
#include <chrono>
#include <filesystem>
#include <string>

#include "actors/stats/servers.hpp"
#include "tests/actors/fetching_node.hpp"
#include "tests/actors/script_server.hpp"

using namespace chainring;
using namespace chainring::actors;
using namespace chainring::tests;
using namespace std::chrono_literals;
using std::chrono::steady_clock;

namespace {

/// A node whose documents grow stale when the test says so.
struct aging_node {
  explicit aging_node(fetch_settings wanted = {}) : node(with_time(std::move(wanted))) {}
  fetch_settings with_time(fetch_settings wanted) {
    wanted.now = [this] { return steady_clock::time_point{std::chrono::milliseconds{now_ms}}; };
    return wanted;
  }
  void pass(std::chrono::milliseconds time) { now_ms += time.count(); }

  std::atomic<std::int64_t> now_ms{1'000'000};
  fetching_node node;
};

/// Answers with what is in it now; 304 to who has it.
struct changing_server {
  std::atomic<int> version{1}, status{200}, asked{0}, sent{0};
  std::string headers = "Cache-Control: max-age=10\r\n";
  bool broken = false;
  script_server server{[this](script_connection& c) {
    while (const auto head = c.read_request()) {
      ++asked;
      const auto etag = "\"v" + std::to_string(version) + "\"";
      if (status != 200) c.write(http_answer(status, ""));
      else if (head->find("If-None-Match: " + etag) != std::string::npos)
        c.write("HTTP/1.1 304 Not Modified\r\nETag: " + etag + "\r\n" + headers + "\r\n");
      else
        c.write(http_answer(200, broken ? "<scxml" : document("v" + std::to_string(version)), "ETag: " + etag + "\r\n" + headers)),
            ++sent;
    }
  }};
  std::string uri = server.uri("/t.scxml");
};

bool has(const fetched& got, const std::string& state) { return got.document && got.document->find_state(state) != scxml::none; }

/// Sends whoever asks to another place.
script_server redirecting(std::string to, int status = 302) {
  return script_server{[to = std::move(to), status](script_connection& c) {
    while (c.read_request())
      if (!c.write(http_answer(status, "", "Location: " + to + "\r\n"))) return;
  }};
}

} // namespace

TEST_CASE("a document is asked for again when it is stale, and not before") {
  aging_node n;
  changing_server server;
  const auto first = n.node.get(server.uri);
  CHECK(has(first, "v1"));
  CHECK(first.fresh == 10s);
  n.pass(9s);
  CHECK(n.node.get(server.uri).document == first.document);
  CHECK(server.asked == 1);
  n.pass(2s);
  CHECK(n.node.get(server.uri).document == first.document);
  CHECK(server.asked == 2);
  CHECK(server.sent == 1); // the second was 304
  CHECK(n.node.get(server.uri).document == first.document);
  CHECK(server.asked == 2); // which has made it fresh again
  const auto& c = n.node.counters(server.server.uri(""));
  CHECK(c.hits == 2);
  CHECK(c.revalidations == 1);
  CHECK(c.unchanged == 1);
  CHECK(server.server.connections() == 1);
}

TEST_CASE("a document that has changed is another one, and who holds the old one keeps it") {
  aging_node n;
  changing_server server;
  const auto old = n.node.get(server.uri);
  server.version = 2;
  n.pass(11s);
  const auto now = n.node.get(server.uri);
  CHECK(has(now, "v2"));
  CHECK(has(old, "v1"));
  CHECK(n.node.all.cache().bytes() == bytes_of(*now.document));
}

TEST_CASE("who must have it as it is now gets it so, fresh or not") {
  aging_node n;
  changing_server server;
  n.node.get(server.uri);
  server.version = 2;
  n.pass(1s);
  const auto since = n.with_time({}).now();
  CHECK(has(n.node.get(server.uri), "v1"));
  CHECK(has(n.node.get(server.uri, since), "v2"));
  CHECK(has(n.node.get(server.uri, since), "v2"));
  CHECK(server.asked == 2); // once since then is enough
}

TEST_CASE("whatever a server says, it is not asked more often than every second") {
  aging_node n;
  changing_server server;
  server.headers = "Cache-Control: no-cache\r\n";
  for (int k = 0; k < 10; ++k) CHECK(has(n.node.get(server.uri), "v1"));
  CHECK(server.asked == 1);
  n.pass(1001ms);
  n.node.get(server.uri);
  CHECK(server.asked == 2);
}

TEST_CASE("a server that says nothing is asked again after the interval of the configuration") {
  aging_node n{fetch_settings{.fresh_default = 5s}};
  changing_server server;
  server.headers = "";
  CHECK(n.node.get(server.uri).fresh == 5s);
  n.pass(4999ms);
  n.node.get(server.uri);
  CHECK(server.asked == 1);
  n.pass(2ms);
  n.node.get(server.uri);
  CHECK(server.asked == 2);
}

TEST_CASE("where time jumps no document grows stale") {
  aging_node n{fetch_settings{.time_is_real = false}};
  changing_server server;
  CHECK_FALSE(n.node.get(server.uri).fresh);
  n.pass(24h);
  CHECK(has(n.node.get(server.uri), "v1"));
  CHECK(server.asked == 1);
}

TEST_CASE("the last good document stays when the server is down, lost it, or sends a broken one") {
  aging_node n;
  changing_server server;
  const auto good = n.node.get(server.uri);
  const auto& c = n.node.counters(server.server.uri(""));
  int asked = 1;
  for (const auto& [status, broken, why] : {std::tuple{404, false, "404"}, {200, true, "t.scxml:1:"}}) {
    server.status = status;
    server.broken = broken;
    server.version = server.version + 1;
    n.pass(60s);
    const auto got = n.node.get(server.uri);
    CHECK(got.document == good.document);
    CHECK_THAT(to_line(got.problem), Catch::Contains(why));
    CHECK(server.asked == ++asked);
    CHECK(c.cached->kept == 1);
    CHECK(n.node.get(server.uri).document == good.document); // and there is a wait before the server is asked again
    CHECK(server.asked == asked);
  }
  server.broken = false;
  n.pass(60s);
  const auto mended = n.node.get(server.uri);
  CHECK(has(mended, "v3"));
  CHECK(mended.problem.what.empty());
  CHECK(c.cached->kept == 0);
}

TEST_CASE("a file that changes is another document") {
  aging_node n;
  n.node.write("t.scxml", document("old"));
  const auto uri = file_uri(n.node.path / "t.scxml");
  CHECK(has(n.node.get(uri), "old"));
  n.node.write("t.scxml", document("newer"));
  CHECK(has(n.node.get(uri), "old"));
  n.pass(61s);
  CHECK(has(n.node.get(uri), "newer"));
  n.pass(61s);
  n.node.get(uri);
  CHECK(n.node.counters("file:").unchanged == 1);
  std::filesystem::remove(n.node.path / "t.scxml");
  n.pass(61s);
  const auto gone = n.node.get(uri);
  CHECK(has(gone, "newer"));
  CHECK_THAT(gone.problem.what, Catch::Contains("no such file"));
}

TEST_CASE("a script that changes makes another document of the same text") {
  aging_node n;
  document_server server;
  server.put("/t", document("s", "<script src=\"lib.js\"/>"));
  server.put("/lib.js", "var x = 1;", "text/javascript");
  const auto first = n.node.get(server.uri("/t"));
  REQUIRE(first.document);
  n.pass(61s);
  CHECK(n.node.get(server.uri("/t")).document == first.document);
  server.put("/lib.js", "var x = 2;", "text/javascript");
  n.pass(61s);
  const auto second = n.node.get(server.uri("/t"));
  REQUIRE(second.document);
  CHECK(second.document != first.document);
  CHECK(second.document->hash != first.document->hash);
}

TEST_CASE("the same text in two folders is two documents when it invokes others by name") {
  aging_node n;
  document_server server;
  const auto text = document("s", "<state id=\"i\"><invoke type=\"scxml\" src=\"part.scxml\"/></state>");
  server.put("/one/t", text);
  server.put("/two/t", text);
  const auto one = n.node.get(server.uri("/one/t")), two = n.node.get(server.uri("/two/t"));
  REQUIRE(one.document);
  CHECK(one.document->source == server.uri("/one/t"));
  CHECK(two.document->source == server.uri("/two/t"));
}

TEST_CASE("redirections on the same server are followed, to a bound") {
  fetching_node n;
  std::atomic<int> hops{0};
  script_server server{[&](script_connection& c) {
    while (const auto head = c.read_request()) {
      const auto path = target_in(*head);
      if (path == "/end") c.write(http_answer(200, document("s")));
      else if (path == "/circle") ++hops, c.write(http_answer(301, "", "Location: circle\r\n"));
      else c.write(http_answer(307, "moved", "Location: /" + (path.size() > 4 ? path.substr(2) : std::string{"end"}) + "\r\n"));
    }
  }};
  CHECK(has(n.get(server.uri("/xxxxxxx")), "s")); // 5 hops
  CHECK_THAT(n.complaint(server.uri("/xxxxxxxx")), Catch::Contains("more than 5 redirections"));
  CHECK_THAT(n.complaint(server.uri("/circle")), Catch::Contains("circle"));
  CHECK(hops == int{limits::redirects_max} + 1);
  CHECK(server.connections() == 1);
}

TEST_CASE("a server cannot send us to another one of this machine, unless that is allowed") {
  document_server other;
  other.put("/t", document("s"));
  auto server = redirecting(other.uri("/t"));
  {
    fetching_node n;
    CHECK_THAT(n.complaint(server.uri("/t")), Catch::Contains("private network") && Catch::Contains("redirect-to"));
    CHECK(other.connections() == 0);
  }
  fetching_node n{fetch_settings{.redirect_to = {other.uri("")}}};
  CHECK(has(n.get(server.uri("/t")), "s"));
}

TEST_CASE("a server cannot send us to a file, or to no place at all") {
  fetching_node n;
  n.write("t.scxml", document("s"));
  for (const std::string& to : {file_uri(n.path / "t.scxml"), std::string{"gopher://h/x"}, std::string{"http://[/"}}) {
    auto server = redirecting(to);
    INFO(to);
    CHECK_THAT(n.complaint(server.uri("/t")), Catch::Contains("no place"));
  }
}

TEST_CASE("what servers are like is in the JSON of the API") {
  aging_node n;
  changing_server server;
  n.node.get(server.uri);
  n.pass(11s);
  n.node.get(server.uri);
  const auto text = servers_json(n.node.all);
  CHECK_THAT(text, Catch::Contains("\"origin\":\"" + server.server.uri("") + "\"") && Catch::Contains("\"unchanged\":1") &&
                       Catch::Contains("\"breaker\":\"closed\"") && Catch::Contains("\"connects\":1"));
}
