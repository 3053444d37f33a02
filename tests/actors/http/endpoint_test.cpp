// endpoint_test.cpp: routes, methods and refusals over raw sockets; bad clients are bounded in time
// and number.
#include "actors/http/endpoint.hpp"

#include <atomic>
#include <chrono>
#include <future>
#include <thread>
#include <vector>

#include "actors/http/get.hpp"
#include "actors/io_threads.hpp"
#include "actors/stats/routes.hpp"
#include "tests/actors/raw_client.hpp"
#include "tests/catch.hpp"

using namespace chainring;
using namespace chainring::actors;
using namespace chainring::tests;
using std::chrono::milliseconds;

namespace {

/// Deadlines that no test reaches, however busy the machine is; those that are about deadlines set their own.
endpoint_settings patient() {
  return {.request_timeout = milliseconds{60'000}, .answer_timeout = milliseconds{60'000}};
}

/// An endpoint with a few routes on a free port.
struct served {
  explicit served(endpoint_settings settings = patient()) {
    router routes;
    add_page(routes);
    add_live(routes);
    add_ready(routes, [this] {
      return ready ? std::nullopt : std::optional{error{"the store is closed", "node", "open it"}};
    });
    add_json(routes, "/api/v1/node", [] { return std::string{R"({"version":"1"})"}; });
    routes.get("/api/v1/campaigns/{name}", [](const http_request& r, const responder& answer) {
      answer(json_response(std::string{r.parameter("name")} + "?" + r.query));
    });
    routes.get("/silent", [](const http_request&, const responder&) {});
    routes.get("/later", [this](const http_request&, responder answer) {
      later.set_value(std::move(answer));
    });
    routes.post("/api/v1/campaigns/{name}/{verb}",
                [this](const http_request& r, const responder& answer) {
                  ++changes;
                  answer(json_response(std::string{r.parameter("verb")} + ":" + r.body));
                });
    auto started = endpoint::listen(io, std::move(settings), std::move(routes));
    REQUIRE(started.ok());
    server = *std::move(started);
    server->serve();
  }
  ~served() {
    server->stop();
    io.stop();
  }
  raw_client client() const { return raw_client{server->port()}; }

  std::atomic<bool> ready{true};
  std::atomic<int> changes{0};
  std::promise<responder> later;
  io_threads io;
  std::unique_ptr<endpoint> server;
};

std::string get(std::string_view path) {
  return "GET " + std::string{path} + " HTTP/1.1\r\nHost: x\r\n\r\n";
}

std::string post(std::string_view headers) {
  return "POST /api/v1/campaigns/a/start HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n" +
         std::string{headers} + "\r\nnow";
}

/// Waits for a condition that another thread makes true soon.
template <class Condition> bool eventually(Condition condition) {
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds{20};
  while (!condition()) {
    if (std::chrono::steady_clock::now() > give_up) return false;
    std::this_thread::yield();
  }
  return true;
}

} // namespace

TEST_CASE_METHOD(served, "many requests over one connection") {
  auto c = client();
  for (int n = 0; n < 50; ++n) {
    const auto answer = c.ask(get("/api/v1/node"));
    CHECK_THAT(answer, Catch::StartsWith("HTTP/1.1 200 OK\r\n"));
    CHECK_THAT(answer, Catch::Contains("Content-Type: application/json\r\n"));
    CHECK_THAT(answer, Catch::EndsWith("\r\n\r\n{\"version\":\"1\"}"));
  }
  CHECK(server->connections() == 1);
  CHECK(server->requests() == 50);
}

TEST_CASE_METHOD(served, "requests sent together are answered in order") {
  auto c = client();
  c.send(get("/api/v1/campaigns/one") + get("/api/v1/campaigns/two"));
  CHECK_THAT(c.answer(), Catch::EndsWith("one?"));
  CHECK_THAT(c.answer(), Catch::EndsWith("two?"));
}

TEST_CASE_METHOD(served, "parameters are decoded, the query is handed over") {
  CHECK_THAT(client().ask(get("/api/v1/campaigns/a%20b?x=1")), Catch::EndsWith("\r\n\r\na b?x=1"));
}

TEST_CASE_METHOD(served, "HEAD has the length and no body") {
  auto c = client();
  c.send("HEAD /api/v1/node HTTP/1.1\r\nHost: x\r\n\r\n");
  const auto answer = c.answer(true);
  CHECK_THAT(answer,
             Catch::StartsWith("HTTP/1.1 200") && Catch::Contains("Content-Length: 15\r\n"));
  CHECK_THAT(c.ask(get("/live")),
             Catch::StartsWith("HTTP/1.1 200 OK")); // nothing of a body stands before it
}

TEST_CASE_METHOD(served, "unknown paths and methods") {
  auto c = client();
  CHECK_THAT(c.ask(get("/nothing")),
             Catch::StartsWith("HTTP/1.1 404") && Catch::Contains("\"mend\":"));
  CHECK_THAT(c.ask(get("/api/v1/node/more")), Catch::StartsWith("HTTP/1.1 404"));
  CHECK_THAT(c.ask(get("/api/v1/campaigns/")), Catch::StartsWith("HTTP/1.1 404"));
  const auto refused = c.ask("DELETE /live HTTP/1.1\r\nHost: x\r\n\r\n");
  CHECK_THAT(refused, Catch::StartsWith("HTTP/1.1 405") && Catch::Contains("Allow: GET, HEAD\r\n"));
  CHECK_THAT(c.ask(get("/api/v1/campaigns/a/start")), Catch::Contains("Allow: POST\r\n"));
}

TEST_CASE_METHOD(served, "ready says why not") {
  CHECK_THAT(client().ask(get("/ready")), Catch::StartsWith("HTTP/1.1 200"));
  ready = false;
  CHECK_THAT(client().ask(get("/ready")), Catch::StartsWith("HTTP/1.1 503") &&
                                              Catch::Contains("the store is closed") &&
                                              Catch::Contains("open it"));
}

TEST_CASE_METHOD(served, "the page, and what it may do") {
  const auto html = client().ask(get("/")), style = client().ask(get("/page.css")), script = client().ask(get("/page.js"));
  CHECK_THAT(html, Catch::StartsWith("HTTP/1.1 200") && Catch::Contains("Content-Type: text/html; charset=utf-8\r\n") &&
                     Catch::Contains("Content-Security-Policy: default-src 'self'; base-uri 'none'; form-action 'none'; ") &&
                     Catch::EndsWith("</html>\n"));
  CHECK_THAT(style, Catch::StartsWith("HTTP/1.1 200") && Catch::Contains("Content-Type: text/css; charset=utf-8\r\n") &&
                      Catch::Contains("\r\n\r\n/* page.css"));
  CHECK_THAT(script, Catch::StartsWith("HTTP/1.1 200") && Catch::Contains("Content-Type: text/javascript; charset=utf-8\r\n") &&
                       Catch::Contains("\r\n\r\n// page.js"));
  for (const auto& file : {html, style, script})
    CHECK_THAT(file, Catch::Contains("Cache-Control: no-store\r\n") && Catch::Contains("X-Content-Type-Options: nosniff\r\n"));
}

TEST_CASE_METHOD(served, "changes are refused when no token is configured") {
  CHECK_THAT(client().ask(post("Authorization: Bearer \r\n")), Catch::StartsWith("HTTP/1.1 403"));
  CHECK(changes == 0);
}

TEST_CASE("changes need the token") {
  auto settings = patient();
  settings.token = "secret";
  served s{settings};
  CHECK_THAT(s.client().ask(post("")),
             Catch::StartsWith("HTTP/1.1 401") && Catch::Contains("WWW-Authenticate: Bearer"));
  for (const char* wrong : {"secreT", "secre", "secretsecret", ""})
    CHECK_THAT(s.client().ask(post("Authorization: Bearer " + std::string{wrong} + "\r\n")),
               Catch::StartsWith("HTTP/1.1 401"));
  CHECK(s.changes == 0);
  CHECK_THAT(s.client().ask(post("Authorization: Bearer secret\r\n")),
             Catch::EndsWith("\r\n\r\nstart:now"));
  CHECK(s.changes == 1);
  CHECK_THAT(s.client().ask(get("/live")),
             Catch::StartsWith("HTTP/1.1 200")); // reading does not, on loopback
}

TEST_CASE("an address that others reach needs a token, for reading too") {
  io_threads io;
  const auto open = endpoint::listen(io, {.address = "0.0.0.0"}, {});
  REQUIRE_FALSE(open.ok());
  CHECK_THAT(to_line(open.error()), Catch::Contains("0.0.0.0:0") && Catch::Contains("token"));
  auto settings = patient();
  settings.address = "0.0.0.0";
  settings.token = "secret";
  served s{settings};
  CHECK_THAT(s.client().ask(get("/live")), Catch::StartsWith("HTTP/1.1 401"));
  CHECK_THAT(s.client().ask(get("/")), Catch::StartsWith("HTTP/1.1 200")); // asks the reader for it
  CHECK_THAT(
      s.client().ask("GET /live HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer secret\r\n\r\n"),
      Catch::StartsWith("HTTP/1.1 200"));
  const auto node = "http://127.0.0.1:" + std::to_string(s.server->port()) + "/api/v1/node";
  CHECK(*http_get(node, "secret") == "{\"version\":\"1\"}");
  const auto refused = "the token is missing or wrong: /api/v1/node: give --token TOKEN, the one of [stats] of that node";
  CHECK(to_line(http_get(node).error()) == refused);
  CHECK(to_line(http_get(node, "another").error()) == refused);
}

TEST_CASE_METHOD(served, "a taken port and a bad address are errors") {
  const auto taken = endpoint::listen(io, {.port = server->port()}, {});
  REQUIRE_FALSE(taken.ok());
  CHECK_THAT(to_line(taken.error()),
             Catch::Contains("cannot listen") && Catch::Contains(std::to_string(server->port())));
  CHECK_FALSE(endpoint::listen(io, {.address = "localhost:80"}, {}).ok());
}

TEST_CASE_METHOD(served,
                 "an answer may come later, from another thread, and only the first counts") {
  auto c = client();
  c.send(get("/later"));
  const auto answer = later.get_future().get();
  std::thread{[&] {
    answer(json_response("first"));
    answer(json_response("second"));
  }}.join();
  CHECK_THAT(c.answer(), Catch::EndsWith("\r\n\r\nfirst"));
  CHECK_THAT(c.ask(get("/api/v1/node")), Catch::EndsWith("{\"version\":\"1\"}"));
}

TEST_CASE("nobody answers: 503 at the deadline, and a late answer goes nowhere") {
  served s{{.answer_timeout = milliseconds{50}}};
  auto c = s.client();
  CHECK_THAT(c.ask(get("/silent")), Catch::StartsWith("HTTP/1.1 503"));
  CHECK_THAT(c.ask(get("/later")), Catch::StartsWith("HTTP/1.1 503"));
  s.later.get_future().get()(json_response("late"));
  CHECK_THAT(c.ask(get("/api/v1/node")), Catch::EndsWith("{\"version\":\"1\"}"));
}

TEST_CASE_METHOD(served, "what is too long or no HTTP is refused, and the answer arrives") {
  const std::string big(limits::endpoint_header_bytes_max, 'y');
  auto header = client();
  header.send("GET /live HTTP/1.1\r\nX: " + big + "\r\n\r\n" + big);
  CHECK_THAT(header.until_closed(), Catch::StartsWith("HTTP/1.1 431"));
  auto body = client();
  body.send("POST /live HTTP/1.1\r\nContent-Length: 10000000\r\n\r\n" + big);
  CHECK_THAT(body.until_closed(), Catch::StartsWith("HTTP/1.1 413"));
  auto garbage = client();
  garbage.send("\x16\x03\x01\x02\x03 hello\r\n\r\n");
  CHECK_THAT(garbage.until_closed(), Catch::StartsWith("HTTP/1.1 400"));
  auto old = client();
  old.send("GET /live HTTP/1.0\r\n\r\n");
  CHECK_THAT(old.until_closed(),
             Catch::StartsWith("HTTP/1.1 200") && Catch::Contains("Connection: close"));
}

TEST_CASE("a slow client gets 408, a mute one is cut, both at the deadline") {
  served s{{.request_timeout = milliseconds{150}}};
  auto slow = s.client();
  slow.send("GET /live HTTP/1.1\r\n");
  while (!slow.readable_within(5)) slow.send("X: y\r\n");
  CHECK_THAT(slow.until_closed(), Catch::StartsWith("HTTP/1.1 408"));
  auto mute = s.client();
  CHECK(mute.until_closed().empty());
  auto idle = s.client();
  while (!idle.ask(get("/live")).starts_with("HTTP/1.1 200")) idle = s.client(); // a busy machine is late itself
  CHECK(idle.until_closed().empty());
  CHECK(eventually([&] { return s.server->connections() == 0; }));
}

TEST_CASE("connections past the bound wait until one ends") {
  auto settings = patient();
  settings.connections_max = 20;
  served s{settings};
  std::vector<raw_client> clients;
  for (int n = 0; n < 20; ++n) {
    clients.push_back(s.client());
    CHECK_THAT(clients.back().ask(get("/live")), Catch::StartsWith("HTTP/1.1 200"));
  }
  auto next = s.client();
  next.send(get("/live"));
  CHECK_FALSE(next.readable_within(50));
  CHECK(s.server->connections() == 20);
  clients.pop_back();
  CHECK_THAT(next.answer(), Catch::StartsWith("HTTP/1.1 200"));
}

TEST_CASE(
    "two hundred clients that say nothing do not keep others out for longer than the deadline") {
  served s{{.request_timeout = milliseconds{300}}};
  std::vector<raw_client> mute;
  for (std::size_t n = 0; n < limits::endpoint_connections_max + 50; ++n)
    mute.push_back(s.client());
  CHECK_THAT(s.client().ask(get("/live")), Catch::StartsWith("HTTP/1.1 200"));
  CHECK(s.server->connections() <= limits::endpoint_connections_max);
}

TEST_CASE_METHOD(served, "a small client for commands") {
  CHECK(*http_get(server->url() + "/api/v1/node") == "{\"version\":\"1\"}");
  const auto missing = http_get(server->url() + "/nothing");
  REQUIRE_FALSE(missing.ok());
  CHECK(to_line(missing.error()) == "there is nothing here: /nothing: see /api/v1/node");
  CHECK_THAT(to_line(http_get(server->url() + "/silent", {}, milliseconds{50}).error()),
             Catch::Contains("within 50 ms"));
  CHECK_FALSE(http_get("file:///etc/passwd").ok());
}

TEST_CASE("what another program answers to a command is fit for a line") {
  io_threads io;
  http_response says{404, "text/html", "<html>nobody</html>", {}};
  router routes;
  routes.get("/", [&](const http_request&, const responder& answer) { answer(says); });
  auto server = endpoint::listen(io, patient(), std::move(routes));
  REQUIRE(server);
  (*server)->serve();
  const auto line = [&] { return to_line(http_get((*server)->url() + "/").error()); };
  const auto other = ": " + (*server)->url() + "/: see whether a chainring node listens there";
  CHECK(line() == "the server answered 404 Not Found" + other);
  for (const char* body : {"", "[]", "{}", R"({"what":7})", R"({"what":""})", "{\"what\":\"\xff\"}"}) {
    says.body = body;
    CHECK(line() == "the server answered 404 Not Found" + other);
  }
  says.status = 301;
  CHECK_THAT(line(), Catch::StartsWith("the server answered 301 "));
  says = error_response(503, {"a\x1b[2J\nb\xc2\x9b\xc3\xa9", "w", std::string(100'000, 'm')});
  CHECK_THAT(line(), Catch::StartsWith("a [2J b \xc3\xa9: w: mmm") && Catch::EndsWith("m…"));
  CHECK(line().size() < 600);
  (*server)->stop();
  io.stop();
}

TEST_CASE_METHOD(served, "stopping cuts open connections") {
  auto idle = client();
  CHECK_THAT(idle.ask(get("/live")), Catch::StartsWith("HTTP/1.1 200"));
  server->stop();
  CHECK(idle.until_closed().empty());
}
