// name_lookup.cpp: getaddrinfo by way of Asio.
#include "actors/fetch/name_lookup.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

namespace chainring::actors {

host_addresses look_up(const std::string& host) {
  boost::asio::io_context alone;
  boost::asio::ip::tcp::resolver resolver{alone};
  host_addresses out;
  for (const auto& one : resolver.resolve(host, "", out.failed)) out.all.push_back(one.endpoint().address());
  return out;
}

} // namespace chainring::actors
