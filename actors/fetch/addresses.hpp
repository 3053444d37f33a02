// addresses.hpp: which addresses are of this machine and its networks.
#pragma once

#include <boost/asio/ip/address.hpp>

namespace chainring::actors {

/// Neither of this machine, of a link, of a private network, nor of no machine at all (RFC 6890): where a server that nobody has
/// named may send us.
bool is_public(const boost::asio::ip::address& a);

} // namespace chainring::actors
