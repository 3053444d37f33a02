// peer_pins.hpp: whose certificates are taken for a peer's: those of the members that the store names, and no others of the same
// authority.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace chainring::actors {

/// "host:port", "[::1]:port". Empty host: it is none.
struct peer_address {
  std::string host; // without brackets
  std::uint16_t port = 0;

  explicit operator bool() const { return !host.empty(); }
  /// 127.0.0.0/8, ::1 or localhost.
  bool is_loopback() const;
  /// An address in digits, not a name.
  bool is_literal() const;
  /// Where to listen for it on this machine; empty, on all addresses: what a name stands for here may differ from what it does
  /// elsewhere.
  std::string host_to_listen_on() const { return is_literal() || is_loopback() ? host : std::string(); }
  friend bool operator==(const peer_address&, const peer_address&) = default;
};
peer_address read_peer_address(std::string_view text);

struct peer_pin {
  peer_address at;
  std::string fingerprint; // SHA-256 of the certificate, 64 hexadecimal digits
};

/// Written by the actor that hears of members, read by the threads of connections.
class peer_pins {
 public:
  void set(std::vector<peer_pin> all);
  /// Of one of the members: may it come in?
  bool knows(std::string_view fingerprint) const;
  /// Is there a member that says it is there?
  bool has(const peer_address& at) const;
  /// Of a member that says it is there: is it whom we meant to reach?
  bool is_at(const peer_address& at, std::string_view fingerprint) const;

 private:
  mutable std::mutex mutex_;
  std::vector<peer_pin> all_;
};

/// How many have come in and were sent away. Any thread.
struct peer_strangers {
  std::atomic<std::uint64_t> certificate{0}; // another than the store names, or of another authority
  std::atomic<std::uint64_t> no_tls{0};      // no certificate, no TLS, nothing at all
  std::atomic<std::uint64_t> no_room{0};     // beyond limits::peer_arrivals_max
};

} // namespace chainring::actors
