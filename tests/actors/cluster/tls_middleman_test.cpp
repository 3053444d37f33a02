// tls_middleman_test.cpp: whom it cannot reach holds up neither the others nor its end; what it says over TLS is shown by
// tests/integration/peers.py.
#include "actors/cluster/tls_middleman.hpp"

#include <chrono>
#include <set>
#include <string>
#include <vector>

#include <caf/actor_system_config.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

#include "actors/cluster/peer_line.hpp"
#include "tests/actors/gate.hpp"
#include "tests/catch.hpp"

using namespace chainring::actors;
using chainring::tests::gate;

namespace {

constexpr std::uint16_t nobody_listens = 1;

struct settings_of_line : caf::actor_system_config {
  settings_of_line() { peer_line::prepare(*this); }
};

/// One that nobody ends but the test, and whose name service hangs until its end.
struct hanging {
  hanging() { pins.set(of("127.0.0.1")); }
  ~hanging() {
    self->send_exit(middleman, caf::exit_reason::kill);
    self->wait_for(middleman);
    closed.open();
  }
  static std::vector<peer_pin> of(const std::string& host) { return {{{host, nobody_listens}, "aa"}}; }

  std::string why_not(const std::string& host) {
    std::string why;
    self->request(middleman, std::chrono::seconds{60}, caf::connect_atom::value, host, nobody_listens)
      .receive([](const caf::node_id&, const caf::strong_actor_ptr&, const std::set<std::string>&) {},
               [&](const caf::error& failed) { why = system.render(failed); });
    return why;
  }

  gate closed;
  peer_pins pins;
  peer_arrivals arrivals;
  peer_strangers strangers;
  settings_of_line settings;
  caf::actor_system system{settings};
  caf::scoped_actor self{system, true};
  caf::io::middleman_actor middleman = make_tls_middleman(system, {nullptr, &pins, &arrivals, &strangers},
                                                          [closed = closed](const std::string&) {
                                                            return closed.wait(), host_addresses{};
                                                          });
};

} // namespace

TEST_CASE("A name service that hangs over one peer keeps no connection to another waiting", "[peers]") {
  hanging name_service;
  auto& pins = name_service.pins;
  CHECK_THAT(name_service.why_not("hangs.example"), Catch::Contains("no member is there any more"));
  pins.set(hanging::of("hangs.example"));
  CHECK_THAT(name_service.why_not("hangs.example"), Catch::Contains("the name service does not answer"));
  pins.set(hanging::of("127.0.0.1"));
  CHECK_THAT(name_service.why_not("127.0.0.1"), Catch::Contains("nobody is there"));
}

TEST_CASE("The end of the connecting comes before all that it has been asked for", "[peers]") {
  const auto begun = std::chrono::steady_clock::now();
  {
    hanging name_service;
    std::vector<peer_pin> all;
    for (int n = 0; n < 40; ++n) all.push_back(hanging::of("hangs" + std::to_string(n) + ".example").front());
    name_service.pins.set(all);
    for (const auto& one : all) caf::anon_send(name_service.middleman, caf::connect_atom::value, one.at.host, one.at.port);
    name_service.pins.set({});
  }
  CHECK(std::chrono::steady_clock::now() - begun < std::chrono::seconds{30}); // each for itself would take a minute together
}
