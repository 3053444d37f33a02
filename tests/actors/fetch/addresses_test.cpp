// addresses_test.cpp: addresses that a server must not send us to, in all the ways that they can be written.
#include "actors/fetch/addresses.hpp"

#include "tests/catch.hpp"

using chainring::actors::is_public;
using boost::asio::ip::make_address;

TEST_CASE("addresses of this machine and its networks are not public") {
  for (const char* text : {"127.0.0.1", "127.255.255.255", "0.0.0.0", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1",
                           "169.254.169.254", "100.64.0.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "::", "::1",
                           "fe80::1", "fc00::1", "fd12:3456::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1",
                           "64:ff9b::7f00:1", "2002:7f00:1::", "2002:a00:1::"}) {
    INFO(text);
    CHECK_FALSE(is_public(make_address(text)));
  }
}

TEST_CASE("other addresses are") {
  for (const char* text : {"1.1.1.1", "9.255.255.255", "11.0.0.0", "172.15.255.255", "172.32.0.0", "192.167.1.1", "100.128.0.0",
                           "169.253.0.1", "223.255.255.255", "2606:4700::1111",
                           "2a00:1450::8", "::ffff:1.1.1.1", "2002:101:101::"}) {
    INFO(text);
    CHECK(is_public(make_address(text)));
  }
}
