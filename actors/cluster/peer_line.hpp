// peer_line.hpp: all that a node needs to talk to the other members: certificates, CAF's middleman, the actor that talks.
#pragma once

#include <memory>
#include <string>

#include <caf/actor.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>

#include "actors/cluster/peers.hpp"
#include "actors/cluster/tls_middleman.hpp"
#include "scxml/result.hpp"

namespace chainring::actors {

struct peer_line_settings {
  std::string address, listen;      // "host:port", where the others reach it and where it listens
  std::string certificate, key, ca; // PEM files; empty: no TLS, and the addresses are loopback
};

/// Outlives the actor system: declare it before.
class peer_line {
 public:
  /// Before the actor system is made of `settings`.
  static void prepare(caf::actor_system_config& settings);

  /// Reads the certificates. Errors: they cannot be used.
  static result<std::unique_ptr<peer_line>> make(peer_line_settings settings);
  /// Listens. Error: the address is taken or is none of this machine's.
  result<void> start(caf::actor_system& in, std::int64_t epoch);
  /// Before the actor system ends. Idempotent.
  void stop(caf::actor_system& in);

  const caf::actor& handle() const { return peers_; }
  peers_view& view() { return view_; }
  peer_service& service() { return service_; }
  const std::string& address() const { return settings_.address; }
  /// Of this node's certificate; empty: it has none.
  std::string fingerprint() const { return identity_ ? identity_->fingerprint() : std::string{}; }
  /// Null: it has no certificate.
  const tls_identity* identity() const { return identity_.get(); }

 private:
  explicit peer_line(peer_line_settings settings) : settings_(std::move(settings)) {}

  peer_line_settings settings_;
  std::shared_ptr<tls_identity> identity_; // null: no TLS
  peer_pins pins_;
  peer_arrivals arrivals_;
  peers_view view_;
  peer_service service_;
  caf::io::middleman_actor middleman_;
  caf::actor peers_;
};

} // namespace chainring::actors
