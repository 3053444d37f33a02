// listeners.cpp: see listeners.hpp.
#include "actors/node/listeners.hpp"

#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "actors/cluster/peer_pins.hpp"

namespace chainring::actors {

namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using tcp = asio::ip::tcp;

/// Where peer_line listens.
std::vector<tcp::endpoint> addresses_of(const peer_address& at, asio::io_context& in, error_code& failed) {
  const auto host = at.host_to_listen_on();
  if (host.empty()) return {{tcp::v6(), at.port}, {tcp::v4(), at.port}};
  tcp::resolver resolver{in};
  std::vector<tcp::endpoint> all;
  for (const auto& one : resolver.resolve(host, std::to_string(at.port), failed)) all.push_back(one.endpoint());
  return all;
}

error_code bind(asio::io_context& in, const tcp::endpoint& at) {
  error_code failed;
  tcp::acceptor acceptor{in};
  acceptor.open(at.protocol(), failed);
  if (!failed) acceptor.set_option(asio::socket_base::reuse_address(true), failed);
  if (!failed) acceptor.bind(at, failed);
  return failed;
}

/// One of the addresses is enough, as for CAF.
result<void> peers_can_listen(const std::string& wanted) {
  asio::io_context in;
  error_code failed;
  for (const auto& at : addresses_of(read_peer_address(wanted), in, failed))
    if (failed = bind(in, at); !failed) return {};
  return error{"the cluster's address cannot be listened on (" + failed.message() + ")", wanted,
               failed == asio::error::address_in_use ? "see whether this node runs already, or choose another port"
                                                     : "give listen = \"host:port\" with an address of this machine"};
}

} // namespace

endpoint_settings listener_of(const stats_settings& stats) {
  return {.address = stats.address, .port = static_cast<std::uint16_t>(stats.port), .token = stats.token};
}

endpoint_settings listener_of(const events_settings& events) {
  return {.address = events.address, .port = static_cast<std::uint16_t>(events.port), .token = events.secret};
}

result<void> can_listen(const configuration& settings) {
  if (settings.stats.enabled)
    if (auto can = endpoint::can_listen(listener_of(settings.stats)); !can) return can;
  if (settings.events.enabled)
    if (auto can = endpoint::can_listen(listener_of(settings.events)); !can) return can;
  const auto& c = settings.cluster;
  if (!c.enabled || c.address.empty()) return {};
  return peers_can_listen(c.listens_at());
}

} // namespace chainring::actors
