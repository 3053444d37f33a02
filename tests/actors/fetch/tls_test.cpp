// tls_test.cpp: servers of https: that speak no TLS end as named as those whose certificates are not right, which
// tests/integration/https.py shows against a real server.
#include "actors/fetch/tls.hpp"

#include <chrono>
#include <future>

#include "actors/fetch/http_client.hpp"
#include "actors/io_threads.hpp"
#include "tests/actors/scratch.hpp"
#include "tests/actors/script_server.hpp"
#include "tests/catch.hpp"

using namespace chainring;
using namespace chainring::actors;
using namespace chainring::tests;
using std::chrono::milliseconds;

namespace {

/// What a GET over TLS from a server that does this ends with.
fetched_bytes over_tls(script_server& server, std::shared_ptr<tls_trust> trust, milliseconds timeout = milliseconds{60'000}) {
  const auto where = *parse_uri("https" + server.uri("/doc").substr(4));
  io_threads io;
  const auto client = make_http_client(io, where, timeout, std::move(trust));
  std::promise<fetched_bytes> answer;
  client->get(where, [&](fetched_bytes got) { answer.set_value(std::move(got)); });
  auto got = answer.get_future().get();
  client->close();
  io.stop();
  CHECK(got.outcome == fetch_outcome::unavailable);
  CHECK(got.problem.where == where.text);
  return got;
}

std::shared_ptr<tls_trust> of_system() { return *tls_trust::make(""); }

} // namespace

TEST_CASE("a server of https: that speaks no TLS is named as such") {
  script_server plain{[](script_connection& c) {
    c.write("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
    c.wait_until_closed();
  }};
  CHECK(over_tls(plain, of_system()).problem.what == "the server speaks no TLS at this port");
  script_server closing{[](script_connection&) {}};
  CHECK(over_tls(closing, of_system()).problem.what == "the server closed the connection before TLS was agreed upon");
  script_server silent{[](script_connection& c) { c.wait_until_closed(); }};
  CHECK(over_tls(silent, of_system(), milliseconds{100}).problem.what == "no complete answer within 100 ms");
}

TEST_CASE("without authorities nothing is sent to a server of https:") {
  script_server server{[](script_connection& c) { c.wait_until_closed(); }};
  CHECK(over_tls(server, nullptr).problem.what == "nobody vouches for servers of https: here");
  CHECK(server.connections() == 0);
}

TEST_CASE("a file with authorities that is none is refused") {
  const scratch folder;
  CHECK(tls_trust::make("").ok());
  const auto gone = (folder.path / "gone.pem").string();
  CHECK(to_line(tls_trust::make(gone).error()) ==
        "the file with authorities cannot be read: " + gone +
            ": let trusted-ca of [tls], or ca-file of [http], name a PEM file");
  for (const char* text : {"", "no certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"}) {
    const auto file = (folder.path / "bad.pem").string();
    folder.write("bad.pem", text);
    const auto refused = tls_trust::make(file);
    REQUIRE_FALSE(refused.ok());
    CHECK_THAT(refused.error().what, Catch::StartsWith("the file with authorities cannot be used ("));
  }
}
