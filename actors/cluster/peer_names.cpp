// peer_names.cpp: see peer_names.hpp.
#include "actors/cluster/peer_names.hpp"

#include <utility>

#include "actors/limits.hpp"

namespace chainring::actors {

peer_names::peer_names(name_service by)
  : by_(std::move(by)), keep_running_(context_.get_executor()), calls_(context_, limits::peers_max) {}

std::optional<host_addresses> peer_names::addresses(const std::string& host, clock::time_point until) {
  boost::system::error_code is_name;
  const auto in_digits = boost::asio::ip::make_address(host, is_name);
  if (!is_name) return host_addresses{{}, {in_digits}};
  context_.poll();
  auto at = on_their_way_.find(host);
  if (at == on_their_way_.end()) {
    if (on_their_way_.size() >= limits::peers_max) return std::nullopt;
    at = on_their_way_.emplace(host, std::make_shared<std::optional<host_addresses>>()).first;
    calls_.run(
      host, [host, ask = by_] { return ask(host); },
      [into = at->second](const host_addresses& found) { *into = found; });
    while (!*at->second && context_.run_one_until(until) > 0) {
    }
  }
  auto found = *at->second;
  if (found) on_their_way_.erase(at);
  return found;
}

} // namespace chainring::actors
