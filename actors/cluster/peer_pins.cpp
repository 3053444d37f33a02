// peer_pins.cpp: see peer_pins.hpp.
#include "actors/cluster/peer_pins.hpp"

#include <algorithm>

#include <boost/asio/ip/address.hpp>

#include "dialer/text.hpp"

namespace chainring::actors {

namespace {

constexpr std::int64_t port_max = 65'535;

} // namespace

bool peer_address::is_literal() const {
  boost::system::error_code failed;
  boost::asio::ip::make_address(host, failed);
  return !failed;
}

bool peer_address::is_loopback() const {
  boost::system::error_code failed;
  const auto address = boost::asio::ip::make_address(host, failed);
  return failed ? host == "localhost" : address.is_loopback();
}

peer_address read_peer_address(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return {};
  const auto port = dialer::to_integer(text.substr(colon + 1));
  auto host = text.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  else if (host.find(':') != std::string_view::npos) return {}; // of IPv6, in brackets
  if (!port || *port < 1 || *port > port_max) return {};
  return {std::string(host), static_cast<std::uint16_t>(*port)};
}

void peer_pins::set(std::vector<peer_pin> all) {
  std::lock_guard guard{mutex_};
  all_ = std::move(all);
}

bool peer_pins::knows(std::string_view fingerprint) const {
  std::lock_guard guard{mutex_};
  return std::any_of(all_.begin(), all_.end(), [&](const auto& one) { return one.fingerprint == fingerprint; });
}

bool peer_pins::has(const peer_address& at) const {
  std::lock_guard guard{mutex_};
  return std::any_of(all_.begin(), all_.end(), [&](const auto& one) { return one.at == at; });
}

bool peer_pins::is_at(const peer_address& at, std::string_view fingerprint) const {
  std::lock_guard guard{mutex_};
  return std::any_of(all_.begin(), all_.end(), [&](const auto& one) { return one.at == at && one.fingerprint == fingerprint; });
}

} // namespace chainring::actors
