// peer_pins_test.cpp: addresses as they are written, and whose certificate is taken for whom.
#include "actors/cluster/peer_pins.hpp"

#include "tests/catch.hpp"

using namespace chainring::actors;

TEST_CASE("Addresses of peers", "[peers]") {
  CHECK(read_peer_address("10.0.0.7:8482") == peer_address{"10.0.0.7", 8482});
  CHECK(read_peer_address("[::1]:65535") == peer_address{"::1", 65535});
  CHECK(read_peer_address("north.example.com:1") == peer_address{"north.example.com", 1});
  for (const char* none : {"", "10.0.0.7", ":8482", "::1:8482", "a:0", "a:65536", "a:x", "a:"})
    CHECK_FALSE(read_peer_address(none));
  for (const char* here : {"127.0.0.1:1", "127.3.2.1:1", "[::1]:1", "localhost:1"}) CHECK(read_peer_address(here).is_loopback());
  for (const char* away : {"10.0.0.7:1", "0.0.0.0:1", "[::]:1", "localhost.example.com:1"})
    CHECK_FALSE(read_peer_address(away).is_loopback());
}

TEST_CASE("A certificate is taken from members, and at an address that of the member which is there", "[peers]") {
  peer_pins pins;
  CHECK_FALSE(pins.knows("aa"));
  pins.set({{{"north", 1}, "aa"}, {{"south", 1}, "bb"}});
  CHECK(pins.knows("aa"));
  CHECK_FALSE(pins.knows(""));
  CHECK(pins.has({"north", 1}));
  CHECK_FALSE(pins.has({"north", 2}));
  CHECK(pins.is_at({"north", 1}, "aa"));
  CHECK_FALSE(pins.is_at({"north", 1}, "bb"));
  CHECK_FALSE(pins.is_at({"north", 2}, "aa"));
  pins.set({{{"south", 1}, "bb"}});
  CHECK_FALSE(pins.knows("aa"));
  CHECK_FALSE(pins.has({"north", 1}));
}
