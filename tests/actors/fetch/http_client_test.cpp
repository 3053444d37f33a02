// http_client_test.cpp: one connection, and bounded, clearly named ends whatever the server does.
#include "actors/fetch/http_client.hpp"

#include <atomic>
#include <chrono>
#include <future>
#include <vector>

#include "actors/fetch/http_counters.hpp"
#include "actors/io_threads.hpp"
#include "actors/limits.hpp"
#include "tests/actors/gate.hpp"
#include "tests/actors/gzipped.hpp"
#include "tests/actors/script_server.hpp"
#include "tests/catch.hpp"

using namespace chainring;
using namespace chainring::actors;
using namespace chainring::tests;
using std::chrono::milliseconds;

namespace {

constexpr milliseconds patience{60'000}; // of tests that are not about deadlines

/// A client of one server, with its io thread.
struct one_client {
  explicit one_client(std::string uri, milliseconds timeout = patience)
      : origin(*parse_uri(uri))
      , client(make_http_client(io, origin, timeout)) {}
  one_client(std::string uri, http_client_terms terms)
      : origin(*parse_uri(uri))
      , client(make_http_client(io, origin, std::move(terms))) {}
  ~one_client() {
    client->close();
    io.stop();
  }
  std::future<fetched_bytes> ask(std::string_view path, get_terms terms = {}) {
    auto answer = std::make_shared<std::promise<fetched_bytes>>();
    client->get(*resolve(origin, path), std::move(terms),
                [answer](fetched_bytes got) { answer->set_value(std::move(got)); });
    return answer->get_future();
  }
  fetched_bytes get(std::string_view path) { return ask(path).get(); }

  io_threads io;
  uri origin;
  std::shared_ptr<source> client;
};

/// What one request to a server that does this gets.
fetched_bytes against(std::function<void(script_connection&)> serve,
                      milliseconds timeout = patience) {
  script_server server{std::move(serve)};
  one_client c{server.uri("/doc"), timeout};
  auto got = c.get("/doc");
  if (got.outcome != fetch_outcome::ok) {
    CHECK(got.problem.where == server.uri("/doc"));
    CHECK_FALSE(got.problem.mend.empty());
  }
  return got;
}

std::function<void(script_connection&)> answering(std::string bytes) {
  return [bytes](script_connection& c) {
    while (c.read_request())
      if (!c.write(bytes)) return;
  };
}

} // namespace

TEST_CASE("many requests, one connection, the answers in order") {
  document_server server;
  for (int n = 0; n < 20; ++n)
    server.put("/d" + std::to_string(n) + "?q", "body " + std::to_string(n));
  one_client c{server.uri("/")};
  std::vector<std::future<fetched_bytes>> answers;
  for (int n = 0; n < 20; ++n) answers.push_back(c.ask("/d" + std::to_string(n) + "?q"));
  for (int n = 0; n < 20; ++n) {
    const auto got = answers[n].get();
    CHECK(got.bytes == "body " + std::to_string(n));
    CHECK(got.content_type == "application/xml");
  }
  CHECK(server.connections() == 1);
}

TEST_CASE("the request says what HTTP/1.1 wants") {
  std::string head;
  const auto got = against([&](script_connection& c) {
    head = *c.read_request();
    c.write(http_answer(200, "x"));
    c.wait_until_closed();
  });
  CHECK(got.bytes == "x");
  CHECK_THAT(head, Catch::StartsWith("GET /doc HTTP/1.1\r\n"));
  CHECK_THAT(head, Catch::Contains("\r\nHost: 127.0.0.1:"));
  CHECK_THAT(head, Catch::Contains("\r\nAccept-Encoding: gzip"));
  CHECK_THAT(head, !Catch::Contains("If-"));
}

TEST_CASE("a connection closed between two requests is opened again without a word") {
  std::atomic<int> served{0};
  script_server server{[&](script_connection& c) {
    if (!c.read_request()) return;
    ++served;
    c.write(http_answer(200, "x")); // keep-alive is promised, and not kept
  }};
  one_client c{server.uri("/")};
  for (int n = 0; n < 5; ++n) CHECK(c.get("/doc").outcome == fetch_outcome::ok);
  CHECK(served == 5);
  CHECK(server.connections() == 5);
}

TEST_CASE("a connection closed upon the second request is opened again once") {
  std::atomic<int> connections{0};
  script_server server{[&](script_connection& c) {
    const int number = ++connections;
    c.read_request();
    c.write(http_answer(200, std::to_string(number)));
    c.read_request(); // and closes
  }};
  one_client c{server.uri("/")};
  CHECK(c.get("/doc").bytes == "1");
  CHECK(c.get("/doc").bytes == "2");
}

TEST_CASE("a server that closes every time is not asked for ever") {
  std::atomic<int> requests{0};
  const auto got = against([&](script_connection& c) {
    if (c.read_request()) ++requests;
  });
  CHECK(got.outcome == fetch_outcome::unavailable);
  CHECK_THAT(got.problem.what, Catch::Contains("closed the connection before"));
  CHECK(requests == 1);
}

TEST_CASE("Connection: close and answers without a length") {
  CHECK(against([](script_connection& c) {
          c.read_request();
          c.write("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nuntil the end");
        }).bytes == "until the end");
  CHECK(against(answering("HTTP/1.1 200 OK\r\nTransfer-Encoding: "
                          "chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"))
            .bytes == "abcde");
}

TEST_CASE("statuses are said, and only some may be better later") {
  const auto missing = against(answering(http_answer(404, "<html>no</html>")));
  CHECK(missing.outcome == fetch_outcome::refused);
  CHECK(missing.problem.what == "the server answered 404 Not Found");
  const auto broken = against(answering(http_answer(500, "")));
  CHECK(broken.outcome == fetch_outcome::unavailable);
  CHECK(broken.problem.what == "the server answered 500 Internal Server Error");
  const auto moved = against(answering(http_answer(302, "", "Location: http://else/doc\r\n")));
  CHECK(moved.outcome == fetch_outcome::moved);
  CHECK(moved.location == "http://else/doc");
  CHECK_THAT(moved.problem.mend, Catch::Contains("http://else/doc"));
  CHECK(against(answering(http_answer(204, ""))).outcome == fetch_outcome::refused);
  CHECK(against(answering(http_answer(302, ""))).outcome == fetch_outcome::refused); // to nowhere
}

TEST_CASE("an error answer keeps the connection") {
  document_server server;
  server.put("/doc", "x");
  one_client c{server.uri("/")};
  CHECK(c.get("/other").outcome == fetch_outcome::refused);
  CHECK(c.get("/doc").bytes == "x");
  CHECK(server.connections() == 1);
}

TEST_CASE("silent and slow servers end at the deadline") {
  using clock = std::chrono::steady_clock;
  const auto bounded = [](std::function<void(script_connection&)> serve) {
    const auto begin = clock::now();
    const auto got = against(std::move(serve), milliseconds{150});
    CHECK(clock::now() - begin >= milliseconds{150});
    CHECK(got.outcome == fetch_outcome::unavailable);
    CHECK_THAT(to_line(got.problem),
               Catch::Contains("within 150 ms") && Catch::Contains("http-response-timeout"));
  };
  bounded([](script_connection& c) { c.wait_until_closed(); }); // says nothing
  bounded([](script_connection& c) {                            // promises more than it sends
    c.read_request();
    c.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
    c.wait_until_closed();
  });
  bounded([](script_connection& c) { // a byte now and then
    c.read_request();
    c.write("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
    while (!c.closed_within(5) && c.write("x")) {
    }
  });
  bounded([](script_connection& c) { // header without end
    c.read_request();
    c.write("HTTP/1.1 200 OK\r\n");
    while (!c.closed_within(5) && c.write("X: y\r\n")) {
    }
  });
}

TEST_CASE("a request behind a silent one is served after its deadline, over a new connection") {
  std::atomic<int> connections{0};
  script_server server{[&](script_connection& c) {
    if (++connections == 1) return c.wait_until_closed();
    while (c.read_request()) c.write(http_answer(200, "second"));
  }};
  one_client c{server.uri("/"), milliseconds{150}};
  auto silent = c.ask("/a");
  auto behind = c.ask("/b");
  CHECK(silent.get().outcome == fetch_outcome::unavailable);
  auto got = behind.get();
  while (got.outcome != fetch_outcome::ok && connections < 100) got = c.get("/b"); // a busy machine is late itself
  CHECK(got.bytes == "second");
}

TEST_CASE("an answer that ends early") {
  const auto got = against([](script_connection& c) {
    c.read_request();
    c.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
  });
  CHECK(got.outcome == fetch_outcome::unavailable);
  CHECK_THAT(got.problem.what, Catch::Contains("before the answer was complete"));
}

TEST_CASE("an answer that is broken off at any byte") {
  const auto whole = http_answer(200, "<scxml/>", "Content-Type: text/xml\r\n");
  std::atomic<std::size_t> size{0};
  script_server server{[&](script_connection& c) {
    c.read_request();
    c.write(whole.substr(0, size));
    if (size % 2 == 0) c.reset();
  }};
  one_client c{server.uri("/")};
  for (size = 0; size < whole.size(); ++size) {
    const auto got = c.get("/doc");
    INFO(size);
    CHECK(got.outcome == fetch_outcome::unavailable);
    CHECK(got.failure == fetch_failure::broken);
  }
  CHECK(c.get("/doc").bytes == "<scxml/>");
}

TEST_CASE("bytes behind an answer are never taken for the next one") {
  std::atomic<int> connections{0};
  script_server server{[&](script_connection& c) {
    const int number = ++connections;
    while (c.read_request())
      c.write(http_answer(200, "answer " + std::to_string(number)) + http_answer(200, "forged"));
  }};
  one_client c{server.uri("/")};
  CHECK(c.get("/doc").bytes == "answer 1");
  CHECK(c.get("/doc").bytes == "answer 2");
}

TEST_CASE("answers past the limits are refused") {
  const std::string most(limits::http_body_bytes_max, 'x');
  CHECK(against(answering(http_answer(200, most))).bytes.size() == most.size());
  const auto long_body = against(answering(http_answer(200, most + "x")));
  CHECK(long_body.outcome == fetch_outcome::refused);
  CHECK_THAT(long_body.problem.what, Catch::Contains("longer than 1048576 bytes"));
  const auto endless = against([](script_connection& c) {
    c.read_request();
    c.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    while (c.write("1000\r\n" + std::string(0x1000, 'x') + "\r\n")) {
    }
  });
  CHECK_THAT(endless.problem.what, Catch::Contains("longer than 1048576 bytes"));
  const auto long_header = against(answering(
      "HTTP/1.1 200 OK\r\nX: " + std::string(limits::http_header_bytes_max, 'y') + "\r\n\r\n"));
  CHECK(long_header.outcome == fetch_outcome::refused);
  CHECK_THAT(long_header.problem.what,
             Catch::Contains("header of the answer is longer than 16384 bytes"));
}

TEST_CASE("something that is not HTTP") {
  for (const char* bytes :
       {"SSH-2.0-OpenSSH_9.2\r\n\r\n", "HTTP/3.0 200 OK\r\n\r\n", "HTTP/1.1 999999 X\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", "\x16\x03\x01\x02\x03\r\n\r\n"}) {
    const auto got = against(answering(bytes));
    INFO(bytes);
    CHECK(got.outcome == fetch_outcome::unavailable);
    CHECK_THAT(got.problem.what, Catch::Contains("not HTTP/1.1"));
  }
}

TEST_CASE("nobody listens") {
  std::string gone;
  {
    script_server server{[](script_connection&) {}};
    gone = server.uri("/doc");
  }
  one_client c{gone};
  const auto got = c.get("/doc");
  CHECK(got.outcome == fetch_outcome::unavailable);
  CHECK_THAT(to_line(got.problem), Catch::Contains("cannot be reached") && Catch::Contains(gone));
}

TEST_CASE("closing answers what waits, and what comes later") {
  script_server server{[](script_connection& c) { c.wait_until_closed(); }};
  one_client c{server.uri("/")};
  auto current = c.ask("/a"), queued = c.ask("/b");
  c.client->close();
  auto late = c.ask("/c");
  for (auto* answer : {&current, &queued, &late})
    CHECK_THAT(answer->get().problem.what, Catch::Contains("node stops"));
}

TEST_CASE("no more than the limit wait for one server") {
  script_server server{[](script_connection& c) { c.wait_until_closed(); }};
  one_client c{server.uri("/")};
  std::vector<std::future<fetched_bytes>> answers;
  for (std::size_t n = 0; n < limits::fetch_queue_max + 1; ++n) answers.push_back(c.ask("/a"));
  CHECK_THAT(c.get("/one-more").problem.what, Catch::Contains("256 requests wait"));
}

TEST_CASE("announcements before an answer are passed over, and bounded") {
  const std::string early = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n";
  script_server server{answering(early + http_answer(200, "x"))};
  one_client c{server.uri("/")};
  CHECK(c.get("/doc").bytes == "x");
  CHECK(c.get("/doc").bytes == "x");
  CHECK(server.connections() == 1);
  std::string endless;
  for (std::size_t n = 0; n <= limits::interim_answers_max; ++n) endless += "HTTP/1.1 100 Continue\r\n\r\n";
  CHECK(against(answering(endless + http_answer(200, "x"))).outcome == fetch_outcome::refused);
}

TEST_CASE("compressed answers") {
  const auto compressed = [](const std::string& bytes) {
    return against(answering(http_answer(200, bytes, "Content-Encoding: gzip\r\n")));
  };
  CHECK(compressed(gzipped("<scxml/>")).bytes == "<scxml/>");
  const std::string most(limits::http_body_bytes_max, 'x');
  CHECK(compressed(gzipped(most)).bytes == most);
  const auto bomb = compressed(gzipped(most + "x"));
  CHECK(bomb.outcome == fetch_outcome::refused);
  CHECK_THAT(bomb.problem.what, Catch::Contains("longer than 1048576 bytes"));
  CHECK_THAT(compressed("no gzip").problem.what, Catch::Contains("says that it is gzip"));
  CHECK_THAT(against(answering(http_answer(200, "x", "Content-Encoding: br\r\n"))).problem.what, Catch::Contains("'br'"));
}

TEST_CASE("a version that is known is asked about, and may be unchanged") {
  std::string head;
  script_server server{[&](script_connection& c) {
    while (const auto request = c.read_request()) {
      head = *request;
      c.write(head.find("If-None-Match: W/\"1\"") == std::string::npos
                  ? http_answer(200, "x", "ETag: W/\"1\"\r\nLast-Modified: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
                                          "Cache-Control: private\r\nCache-Control: max-age=7\r\n")
                  : "HTTP/1.1 304 Not Modified\r\nETag: W/\"1\"\r\nCache-Control: max-age=8\r\n\r\n");
    }
  }};
  one_client c{server.uri("/")};
  const auto first = c.get("/doc");
  CHECK(first.etag == "W/\"1\"");
  CHECK(first.last_modified == "Sun, 06 Nov 1994 08:49:37 GMT");
  CHECK(first.fresh_s == 7);
  const auto second = c.ask("/doc", {.known = {first.etag, first.last_modified}}).get();
  CHECK(second.outcome == fetch_outcome::unchanged);
  CHECK(second.fresh_s == 8);
  CHECK_THAT(head, Catch::Contains("If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT"));
  CHECK(server.connections() == 1);
  CHECK(against(answering("HTTP/1.1 304 Not Modified\r\n\r\n")).outcome == fetch_outcome::refused); // nobody has asked
}

TEST_CASE("a document that has just changed may change again and have the same version") {
  const auto changed_at = [](const char* second) {
    return against(answering(http_answer(200, "x", std::string{"ETag: \"1\"\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"} +
                                                       "Last-Modified: Sun, 06 Nov 1994 08:49:" + second + " GMT\r\n")));
  };
  CHECK(changed_at("35").etag == "\"1\"");
  CHECK(changed_at("36").etag.empty());
  CHECK(changed_at("37").last_modified.empty());
}

TEST_CASE("nobody is sent to an address of this machine") {
  document_server server;
  server.put("/doc", "x");
  one_client c{server.uri("/")};
  CHECK(c.get("/doc").outcome == fetch_outcome::ok); // also not over the connection that there is
  const auto got = c.ask("/doc", {.public_only = true}).get();
  CHECK(got.outcome == fetch_outcome::refused);
  CHECK(got.failure == fetch_failure::redirect);
  CHECK_THAT(to_line(got.problem), Catch::Contains("private network") && Catch::Contains("redirect-to"));
  CHECK(server.asked("/doc") == 1);
}

TEST_CASE("a server that fails in a row is left alone, and who waits for it is told") {
  std::atomic<int> requests{0};
  script_server server{[&](script_connection& c) {
    while (c.read_request()) {
      ++requests;
      if (!c.write(http_answer(503, ""))) return;
    }
  }};
  auto counters = std::make_shared<http_counters>();
  one_client c{server.uri("/"), http_client_terms{.response_timeout = patience, .counters = counters, .breaker_seed = 1}};
  std::vector<std::future<fetched_bytes>> answers;
  for (int n = 0; n < 20; ++n) answers.push_back(c.ask("/doc"));
  for (auto& answer : answers) {
    const auto got = answer.get();
    CHECK(got.outcome == fetch_outcome::unavailable);
    CHECK_THAT(got.problem.what, Catch::StartsWith("the server answered 503"));
  }
  CHECK(requests == int{limits::breaker_failures_max});
  CHECK(counters->breaker == breaker_state::open);
  CHECK(counters->failures[static_cast<std::size_t>(fetch_failure::status)] == limits::breaker_failures_max);
  CHECK(counters->failures[static_cast<std::size_t>(fetch_failure::away)] == 20 - limits::breaker_failures_max);
  CHECK(counters->waiting == 0);
  CHECK(counters->in_flight == 0);
}

TEST_CASE("IPv6") {
  one_client c{"http://[::1]:1/", patience};
  CHECK_THAT(c.get("/doc").problem.what, Catch::Contains("cannot be reached"));
}

TEST_CASE("a name service that hangs over one name holds up no server with another") {
  document_server server;
  server.put("/doc", "x");
  gate closed;
  one_client hanging{"http://hangs.example/", {.response_timeout = milliseconds{200}, .look_up = [closed](const std::string&) {
                                                 return closed.wait(), host_addresses{};
                                               }}};
  auto late = hanging.ask("/doc");
  const auto by_name = "http://localhost:" + std::to_string(parse_uri(server.uri("/"))->port) + "/";
  auto other = make_http_client(hanging.io, *parse_uri(by_name), patience);
  std::promise<fetched_bytes> answer;
  other->get(*parse_uri(by_name + "doc"), [&](fetched_bytes got) { answer.set_value(std::move(got)); });
  CHECK(answer.get_future().get().bytes == "x");
  const auto got = late.get();
  CHECK(got.failure == fetch_failure::timeout);
  CHECK_THAT(got.problem.what, Catch::Contains("within 200 ms"));
  other->close();
  closed.open();
}

TEST_CASE("of several addresses those that have failed are tried last") {
  std::atomic<int> silent_asked{0};
  script_server silent{[&](script_connection& c) { // at 127.0.0.1
    if (c.read_request()) ++silent_asked;
    c.wait_until_closed();
  }};
  script_server good{answering(http_answer(200, "x", "Connection: close\r\n")), "127.0.0.2", silent.port()};
  std::atomic<int> lookups{0};
  http_client_terms terms{.response_timeout = milliseconds{300}, .look_up = [&](const std::string&) {
                            ++lookups;
                            return host_addresses{{}, {boost::asio::ip::make_address("127.0.0.9"), // where nobody listens
                                                       boost::asio::ip::make_address("127.0.0.1"),
                                                       boost::asio::ip::make_address("127.0.0.2")}};
                          }};
  one_client c{"http://several.example:" + std::to_string(silent.port()) + "/", std::move(terms)};
  CHECK(c.get("/doc").failure == fetch_failure::timeout);
  for (int n = 0; n < 5; ++n) CHECK(c.get("/doc").bytes == "x");
  CHECK(silent_asked == 1);
  CHECK(good.connections() == 5);
  CHECK(lookups == 6);
}
