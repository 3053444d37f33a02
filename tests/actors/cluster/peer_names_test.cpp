// peer_names_test.cpp: a name service that hangs over one name costs the others that wait once.
#include "actors/cluster/peer_names.hpp"

#include <atomic>
#include <memory>
#include <thread>

#include "tests/actors/gate.hpp"
#include "tests/catch.hpp"

using namespace chainring::actors;
using chainring::tests::gate;
using boost::asio::ip::make_address;

namespace {

peer_names::clock::time_point in(std::chrono::milliseconds wait) { return peer_names::clock::now() + wait; }

constexpr std::chrono::hours for_ever{1}; // a test that waits for it does not end

} // namespace

TEST_CASE("Addresses of peers in digits need no name service", "[peers]") {
  peer_names names{[](const std::string&) { return host_addresses{}; }};
  for (const char* one : {"10.0.0.7", "::1"}) {
    const auto found = names.addresses(one, in({})); // no time for any service
    REQUIRE(found);
    CHECK(found->all == std::vector{make_address(one)});
  }
}

TEST_CASE("The name of a peer that hangs is waited for once, and no other one waits for it", "[peers]") {
  gate closed;
  auto asked = std::make_shared<std::atomic<int>>(0);
  peer_names names{[closed, asked](const std::string& host) {
    if (host == "hangs.example" && ++*asked == 1) closed.wait();
    return host_addresses{{}, {make_address("10.0.0.7")}};
  }};
  CHECK_FALSE(names.addresses("hangs.example", in(std::chrono::milliseconds{50})));
  CHECK_FALSE(names.addresses("hangs.example", in(for_ever)));
  CHECK(names.addresses("other.example", in(for_ever))->all.size() == 1);
  CHECK(*asked == 1);
  closed.open();
  auto come = names.addresses("hangs.example", in(for_ever));
  for (const auto give_up = in(std::chrono::seconds{20}); !come && peer_names::clock::now() < give_up; std::this_thread::yield())
    come = names.addresses("hangs.example", in(for_ever));
  REQUIRE(come);
  CHECK(*asked == 1);
  CHECK(names.addresses("hangs.example", in(for_ever))); // anew: it may have changed
  CHECK(*asked == 2);
}

TEST_CASE("What ends waits for no name service", "[peers]") {
  gate closed;
  {
    peer_names names{[closed](const std::string&) { return closed.wait(), host_addresses{}; }};
    CHECK_FALSE(names.addresses("hangs.example", in({})));
  }
  closed.open();
}
