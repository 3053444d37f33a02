// peer_line.cpp: see peer_line.hpp.
#include "actors/cluster/peer_line.hpp"

#include <set>
#include <utility>

#include <caf/io/middleman.hpp>
#include <caf/scoped_actor.hpp>
#include <spdlog/spdlog.h>

#include "actors/limits.hpp"

namespace chainring::actors {

void peer_line::prepare(caf::actor_system_config& settings) {
  settings.load<caf::io::middleman>();
  settings.add_message_type<peer_envelope>("chainring_envelope");
  settings.set("middleman.heartbeat-interval", caf::timespan{limits::peer_heartbeat}); // off by default
  settings.set("middleman.connection-timeout", caf::timespan{limits::peer_silence});
}

result<std::unique_ptr<peer_line>> peer_line::make(peer_line_settings settings) {
  std::unique_ptr<peer_line> made{new peer_line(std::move(settings))};
  const auto& s = made->settings_;
  if (s.certificate.empty()) {
    spdlog::warn("[cluster] has no certificates: what nodes say to each other at {} is open to every program of this machine",
                 s.address);
    return made;
  }
  auto identity = tls_identity::make(s.certificate, s.key, s.ca);
  if (!identity) return std::move(identity).error();
  made->identity_ = std::move(*identity);
  return made;
}

result<void> peer_line::start(caf::actor_system& in, std::int64_t epoch) {
  middleman_ = identity_ ? make_tls_middleman(in, {identity_, &pins_, &arrivals_, &view_.strangers})
                         : in.middleman().actor_handle();
  peers_ = in.spawn<peers>(peers_terms{.epoch = epoch,
                                       .middleman = middleman_,
                                       .pins = &pins_,
                                       .arrivals = identity_ ? &arrivals_ : nullptr,
                                       .service = &service_,
                                       .view = &view_});
  const auto at = read_peer_address(settings_.listen);
  result<void> listening;
  caf::scoped_actor self{in};
  self->request(middleman_, limits::peer_introduction_timeout, caf::publish_atom::value, at.port,
                caf::actor_cast<caf::strong_actor_ptr>(peers_), std::set<std::string>{}, at.host_to_listen_on(), true)
      .receive([](std::uint16_t) {},
               [&](const caf::error&) {
                 listening = error{"the cluster's address cannot be listened on", settings_.listen,
                                   "choose another port, or give listen = \"host:port\" with an address of this machine"};
               });
  return listening;
}

void peer_line::stop(caf::actor_system& in) {
  service_.clear();
  if (!peers_) return;
  caf::scoped_actor self{in, true};
  self->send_exit(peers_, caf::exit_reason::user_shutdown);
  self->wait_for(peers_);
  if (identity_) { // else it is the actor system's own
    pins_.set({}); // what it has been asked for need not be tried any more
    self->send_exit(middleman_, caf::exit_reason::kill);
    self->wait_for(middleman_);
  }
  middleman_ = nullptr;
  peers_ = nullptr;
}

} // namespace chainring::actors
