// fetcher_test.cpp: one fetch and one compile however many ask, one object per content, and clear
// ends.
#include "actors/fetcher.hpp"

#include <chrono>
#include <set>
#include <string>
#include <vector>

#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>

#include "actors/io_threads.hpp"
#include "actors/stats/servers.hpp"
#include "tests/actors/fetching_node.hpp"
#include "tests/actors/script_server.hpp"
#include "tests/catch.hpp"
#include "tests/sanitized.hpp"

using namespace chainring;
using namespace chainring::actors;
using namespace chainring::tests;
using node = chainring::tests::fetching_node;
using std::chrono::milliseconds;

namespace {

/// Asks `count` times at once and reports each document that comes back.
caf::behavior crowd(caf::event_based_actor* self, caf::actor fetcher, std::string uri, int count,
                    caf::actor report) {
  for (int n = 0; n < count; ++n)
    self->request(fetcher, caf::infinite, fetch{uri, {}}).then([=](fetched& f) {
      self->send(report, reinterpret_cast<std::uintptr_t>(f.document.get()));
    });
  return {[](int) {}};
}

} // namespace

TEST_CASE_METHOD(node, "a file treatment") {
  write("a.scxml", document("s1"));
  const auto uri = file_uri(path / "a.scxml");
  const auto got = get(uri);
  INFO(to_line(got.problem));
  REQUIRE(got.document);
  CHECK(got.document->find_state("s1") != scxml::none);
  CHECK(got.document->source == uri);
  CHECK(get(uri + "?list=vip").document == got.document); // another URI, the same bytes
  CHECK(counters("file:").loads == 2);
}

TEST_CASE("what a configuration makes doubtful is asked of a document when it comes, and when it has changed") {
  std::vector<std::string> asked; // on the fetcher's thread, before it answers
  const auto doubt = [&](const scxml::document& d, const std::string& uri) -> std::optional<error> {
    asked.push_back(uri + (d.find_state("s1") != scxml::none ? " s1" : " another"));
    return error{"doubtful", uri, "mend it"};
  };
  node all{fetch_settings{.doubt = doubt}};
  const auto uri = file_uri(all.path / "a.scxml");
  all.write("a.scxml", document("s1"));
  CHECK(all.get(uri).document);
  CHECK(all.get(uri, std::chrono::steady_clock::now()).document); // looked at again, and the same
  CHECK(asked == std::vector{uri + " s1"});
  all.write("a.scxml", document("another"));
  CHECK(all.get(uri, std::chrono::steady_clock::now()).document);
  CHECK(asked == std::vector{uri + " s1", uri + " another"});
}

TEST_CASE_METHOD(node, "a hundred thousand requests, one GET, one document") {
  constexpr int asked = under_thread_sanitizer ? 2'000 : 100'000;
  document_server server;
  server.put("/t.scxml?list=a", document("s1"));
  const auto uri = server.uri("/t.scxml?list=a");
  caf::scoped_actor self{system};
  // Many askers: CAF keeps the open requests of one actor in a sorted vector.
  const auto fetcher_of_all = all.at(uri);
  for (int n = 0; n < 100; ++n)
    system.spawn(crowd, fetcher_of_all, uri, asked / 100, caf::actor_cast<caf::actor>(self));
  std::set<std::uintptr_t> documents;
  int answers = 0;
  self->receive_for(answers, asked)([&](std::uintptr_t d) { documents.insert(d); });
  CHECK(documents.size() == 1);
  CHECK_FALSE(documents.contains(0));
  CHECK(server.asked("/t.scxml?list=a") == 1);
  const auto& c = counters(origin_of(*parse_uri(uri)));
  CHECK(c.requests == asked);
  CHECK(c.loads == 1);
  CHECK(c.waiting == 0);
  CHECK(get(uri).document->find_state("s1") != scxml::none);
  CHECK(server.asked("/t.scxml?list=a") == 1);
}

TEST_CASE_METHOD(node, "the same bytes from two places are one document") {
  document_server one, two;
  one.put("/a", document("s1"));
  two.put("/b", document("s1"));
  two.put("/c", document("s2"));
  const auto a = get(one.uri("/a")), b = get(two.uri("/b")), c = get(two.uri("/c"));
  REQUIRE(a.document);
  CHECK(a.document == b.document);
  CHECK(a.document != c.document);
}

TEST_CASE_METHOD(
    node,
    "scripts and data are fetched before the document is compiled, over the same connection") {
  document_server server;
  server.put("/d/t.scxml",
             document("s1", "<datamodel><data id=\"x\" src=\"x.json?v=1\"/></datamodel>"
                            "<script src=\"/lib.js\"/>"));
  server.put("/d/x.json?v=1", "{\"a\": 17}", "application/json");
  server.put("/lib.js", "var y = 1;", "text/javascript; charset=iso-8859-1");
  const auto got = get(server.uri("/d/t.scxml"));
  INFO(to_line(got.problem));
  REQUIRE(got.document);
  REQUIRE(got.document->data.size() == 1);
  CHECK_FALSE(got.document->data[0].failed_load);
  CHECK(server.asked("/d/x.json?v=1") == 1);
  CHECK(server.asked("/lib.js") == 1);
  CHECK(server.connections() == 1);
}

TEST_CASE_METHOD(
    node, "data that is not there is the document's error, a script that is not there refuses it") {
  document_server server;
  server.put("/data", document("s1", "<datamodel><data id=\"x\" src=\"gone.json\"/></datamodel>"));
  server.put("/script", document("s1", "<script src=\"gone.js\"/>"));
  const auto got = get(server.uri("/data"));
  REQUIRE(got.document);
  CHECK(got.document->data.at(0).failed_load);
  REQUIRE_FALSE(got.warnings.empty());
  CHECK_THAT(to_line(got.warnings[0]), Catch::Contains("404") && Catch::Contains("/gone.json"));
  CHECK_THAT(complaint(server.uri("/script")), Catch::Contains(server.uri("/script")));
}

TEST_CASE_METHOD(node, "a document from a server cannot read files of this machine") {
  write("secret", "1");
  document_server server;
  server.put("/t", document("s1", "<datamodel><data id=\"x\" src=\"" + file_uri(path / "secret") +
                                      "\"/></datamodel>"));
  const auto got = get(server.uri("/t"));
  REQUIRE(got.document);
  CHECK(got.document->data.at(0).failed_load);
  CHECK_THAT(to_line(got.warnings.at(0)), Catch::Contains("must not read files"));
}

TEST_CASE_METHOD(node, "other encodings") {
  document_server server;
  server.put("/latin", document("\xfc"), "application/scxml+xml; charset=ISO-8859-1");
  const auto got = get(server.uri("/latin"));
  INFO(to_line(got.problem));
  REQUIRE(got.document);
  CHECK(got.document->find_state("\xc3\xbc") != scxml::none);
  server.put("/odd", document("s"), "text/xml; charset=ebcdic");
  CHECK_THAT(complaint(server.uri("/odd")), Catch::Contains("'ebcdic'"));
}

TEST_CASE_METHOD(node, "every failure says what, where and how to mend") {
  document_server server;
  server.put(
      "/bad",
      "<scxml xmlns=\"http://www.w3.org/2005/07/scxml\" version=\"1.0\">\n<state>\n</scxml>");
  server.put("/html", "<html><body>Login</body></html>", "text/html");
  CHECK_THAT(complaint(server.uri("/gone")),
             Catch::Contains("404 Not Found: " + server.uri("/gone") + ": "));
  CHECK_THAT(complaint(server.uri("/bad")), Catch::Contains(server.uri("/bad") + ":3:"));
  CHECK_THAT(complaint(server.uri("/html")), Catch::Contains(server.uri("/html") + ":1:"));
  CHECK_THAT(complaint("https://127.0.0.1/x"), Catch::Contains("https"));
  CHECK_THAT(complaint("gopher://h/x"), Catch::Contains("'gopher'"));
  CHECK_THAT(complaint(""), Catch::Contains("empty"));
  CHECK_THAT(complaint(file_uri(path / "gone.scxml")), Catch::Contains("no such file"));
  CHECK_THAT(complaint("file:///etc/passwd"), Catch::Contains("treatment-roots"));
}

TEST_CASE_METHOD(node, "a failure is not remembered") {
  document_server server;
  CHECK_THAT(complaint(server.uri("/t")), Catch::Contains("404"));
  server.put("/t", document("s1"));
  CHECK(get(server.uri("/t")).document);
  CHECK(server.asked("/t") == 2);
}

TEST_CASE_METHOD(node, "a silent server keeps no other origin waiting") {
  script_server silent{[](script_connection& c) { c.wait_until_closed(); }};
  document_server good;
  good.put("/t", document("s1"));
  caf::scoped_actor self{system};
  const auto uri = silent.uri("/t");
  self->send(all.at(uri), fetch{uri, {}});
  CHECK(get(good.uri("/t")).document);
}

TEST_CASE("a silent server costs its deadline") {
  node n{milliseconds{200}};
  script_server silent{[](script_connection& c) { c.wait_until_closed(); }};
  CHECK_THAT(n.complaint(silent.uri("/t")), Catch::Contains("within 200 ms"));
}

TEST_CASE_METHOD(node, "stopping answers who waits") {
  script_server silent{[](script_connection& c) { c.wait_until_closed(); }};
  const auto uri = silent.uri("/t");
  caf::scoped_actor self{system};
  auto waiting = self->request(all.at(uri), caf::infinite, fetch{uri, {}});
  all.stop();
  bool answered = false;
  waiting.receive([&](fetched& f) { answered = f.document == nullptr && !f.problem.what.empty(); },
                  [&](const caf::error&) { answered = true; }); // the fetcher had ended before
  CHECK(answered);
}

TEST_CASE_METHOD(node, "the fetchers' numbers appear in a scrape") {
  document_server server;
  server.put("/t", document("s1"));
  get(server.uri("/t"));
  complaint(server.uri("/gone"));
  metrics scraped;
  const auto kept = scraped.add([this](samples& out) { gather_fetchers(all, out); });
  const auto origin = "{origin=\"" + server.uri("") + "\"} ";
  CHECK_THAT(scraped.text(),
             Catch::Contains("chainring_fetch_requests_total" + origin + "2\n") &&
                 Catch::Contains("chainring_fetch_failures_total" + origin + "1\n") &&
                 Catch::Contains("chainring_documents_cached" + origin + "1\n"));
}
