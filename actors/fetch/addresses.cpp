// addresses.cpp: the table of RFC 6890, as far as it is of use to somebody who wants in.
#include "actors/fetch/addresses.hpp"

#include <algorithm>
#include <array>

namespace chainring::actors {

namespace {

using boost::asio::ip::address_v4;
using boost::asio::ip::address_v6;

struct network {
  std::uint32_t first;
  int bits;
};
constexpr std::array networks{
    network{0x00000000, 8},  // "this" network
    network{0x0a000000, 8},  // private
    network{0x64400000, 10}, // carrier-grade NAT
    network{0x7f000000, 8},  // this machine
    network{0xa9fe0000, 16}, // the link, and the clouds' metadata servers
    network{0xac100000, 12}, // private
    network{0xc0000000, 24}, // protocol assignments
    network{0xc0a80000, 16}, // private
    network{0xc6120000, 15}, // benchmarks
    network{0xe0000000, 3},  // multicast, reserved, broadcast
};

bool is_public_v4(address_v4 a) {
  return std::none_of(networks.begin(), networks.end(), [number = a.to_uint()](const network& n) {
    return number >> (32 - n.bits) == n.first >> (32 - n.bits);
  });
}

bool is_public_v6(const address_v6& a) {
  const auto b = a.to_bytes();
  const auto four_at = [&](std::size_t n) { return address_v4{address_v4::bytes_type{b[n], b[n + 1], b[n + 2], b[n + 3]}}; };
  if (a.is_v4_mapped()) return is_public_v4(four_at(12));
  if (b[0] == 0x00 && b[1] == 0x64 && b[2] == 0xff && b[3] == 0x9b) return is_public_v4(four_at(12)); // NAT64
  if (b[0] == 0x20 && b[1] == 0x02) return is_public_v4(four_at(2));                                  // 6to4
  return (b[0] & 0xe0) == 0x20; // 2000::/3 is all that is global unicast
}

} // namespace

bool is_public(const boost::asio::ip::address& a) { return a.is_v4() ? is_public_v4(a.to_v4()) : is_public_v6(a.to_v6()); }

} // namespace chainring::actors
