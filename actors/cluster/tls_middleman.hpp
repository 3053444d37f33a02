// tls_middleman.hpp: CAF's middleman over TLS that this project sets up itself. CAF's own openssl module shows nobody the peer's
// certificate, so who the peer is could not be pinned with it; and it gives a connection to BASP before TLS is agreed upon, so that
// whoever connects and says nothing keeps a processor busy. Only the cluster includes this.
#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <unordered_map>

#include <caf/actor_system.hpp>
#include <caf/io/middleman_actor.hpp>

#include "actors/cluster/peer_names.hpp"
#include "actors/cluster/peer_pins.hpp"
#include "actors/cluster/tls_identity.hpp"

namespace chainring::actors {

/// Connections that have come in and whose TLS is not yet agreed upon. Any thread.
class peer_arrivals {
 public:
  using clock = std::chrono::steady_clock;

  /// False: there are limits::peer_arrivals_max.
  bool add(int socket);
  void remove(int socket);
  /// Shuts those down that have come before.
  void cut(clock::time_point before);
  std::size_t count() const;

 private:
  mutable std::mutex mutex_;
  std::unordered_map<int, clock::time_point> since_;
};

/// What all connections of a node share. Outlives the actor system.
struct tls_terms {
  std::shared_ptr<const tls_identity> identity;
  peer_pins* pins = nullptr;
  peer_arrivals* arrivals = nullptr;
  peer_strangers* strangers = nullptr;
};

/// In place of the handle of caf::io::middleman: what it publishes and connects is TLS, pinned. Its owner ends it by an exit; what
/// it has been asked for comes before: a connection in limits::peer_connect_timeout at most, and none without a pin.
caf::io::middleman_actor make_tls_middleman(caf::actor_system& in, const tls_terms& terms, peer_names::name_service by = look_up);

} // namespace chainring::actors
