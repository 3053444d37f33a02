// name_lookup.hpp: the addresses of a host.
#pragma once

#include <string>
#include <vector>

#include <boost/asio/ip/address.hpp>
#include <boost/system/error_code.hpp>

namespace chainring::actors {

struct host_addresses {
  boost::system::error_code failed;
  std::vector<boost::asio::ip::address> all; // in the order in which they are to be tried (RFC 6724)
};

/// Asks the machine's name service, which answers when it likes.
host_addresses look_up(const std::string& host);

} // namespace chainring::actors
