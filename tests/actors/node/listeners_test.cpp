// listeners_test.cpp: a port that is taken is found before the node has begun, and looking leaves nothing behind.
#include "actors/node/listeners.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "tests/catch.hpp"

using namespace chainring;
using namespace chainring::actors;
using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;

namespace {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;

/// A configuration whose three ports are free, and of which one can be taken.
struct three_ports {
  three_ports() {
    settings.stats.port = free_port();
    settings.events = {.enabled = true, .port = free_port(), .secret = "a secret of more than 16 bytes"};
    settings.cluster.enabled = true;
    settings.cluster.address = "127.0.0.1:" + std::to_string(peers_port);
  }

  std::int32_t free_port() { return tcp::acceptor{in, {asio::ip::address_v4::loopback(), 0}}.local_endpoint().port(); }
  tcp::acceptor take(std::int32_t port) { return {in, {asio::ip::address_v4::loopback(), static_cast<std::uint16_t>(port)}}; }
  std::string complaint() const {
    const auto can = can_listen(settings);
    return can ? std::string{} : to_line(can.error());
  }

  asio::io_context in;
  const std::int32_t peers_port = free_port();
  configuration settings;
};

} // namespace

TEST_CASE_METHOD(three_ports, "Ports that are free can be listened on, after the look as before it", "[listeners]") {
  CHECK(complaint().empty());
  CHECK(complaint().empty());
  for (const auto port : {settings.stats.port, settings.events.port, peers_port}) CHECK(take(port).is_open());
  settings.cluster.listen = "name.example:" + std::to_string(peers_port); // a name: all addresses of this machine
  CHECK(complaint().empty());
}

TEST_CASE_METHOD(three_ports, "Each port that is taken is named, with why and what to do", "[listeners]") {
  const auto at = [](std::int32_t port) { return "127.0.0.1:" + std::to_string(port); };
  {
    const auto taken = take(settings.stats.port);
    CHECK(complaint() == "the HTTP endpoint cannot listen (Address already in use): " + at(settings.stats.port) +
                             ": see whether this node runs already, or choose another port, 0 for a free one");
    settings.stats.enabled = false;
    CHECK(complaint().empty());
  }
  {
    const auto taken = take(settings.events.port);
    CHECK_THAT(complaint(), StartsWith("the HTTP endpoint cannot listen (Address already in use): " + at(settings.events.port)));
    settings.events.enabled = false;
    CHECK(complaint().empty());
  }
  const auto taken = take(peers_port);
  CHECK(complaint() == "the cluster's address cannot be listened on (Address already in use): " + at(peers_port) +
                           ": see whether this node runs already, or choose another port");
  settings.cluster.listen = "name.example:" + std::to_string(peers_port);
  CHECK_THAT(complaint(), Contains("(Address already in use): name.example:"));
  settings.cluster.listen = "192.0.2.1:" + std::to_string(peers_port); // of nobody
  CHECK_THAT(complaint(), Contains("(Cannot assign requested address): 192.0.2.1:") && Contains("an address of this machine"));
  settings.cluster.enabled = false;
  CHECK(complaint().empty());
}

TEST_CASE_METHOD(three_ports, "An endpoint that would be open to other machines is found as early", "[listeners]") {
  settings.stats.address = "0.0.0.0";
  CHECK_THAT(complaint(), Contains("would be open to other machines"));
}
