// event_gate.hpp: the BasicHTTP event I/O processor (SCXML C.2) of a node: an endpoint where events for its chains come in,
// and connections to the servers that treatments may post to.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <caf/actor.hpp>

#include "actors/clock.hpp"
#include "actors/fetch/uri.hpp"
#include "actors/http/endpoint.hpp"
#include "dialer/store/store.hpp"
#include "scxml/basic_http.hpp"

namespace chainring::actors {

class http_client;
class io_threads;
class tls_trust;

/// A session of a chain, for others.
struct session_address {
  dialer::list_id list = 0;
  std::int64_t chain_id = 0;
  std::uint32_t session = 0; // 0: the root, then by the order of their starts
};

struct event_gate_settings {
  endpoint_settings listen;
  std::string location;             // of the endpoint for others, "http://dialer.example:8481"; empty: its address
  std::string secret;               // keys the paths: at least limits::events_secret_bytes_min bytes
  std::vector<std::string> post_to; // servers, "http://crm.example:8080"; at most limits::post_servers_max
  std::chrono::milliseconds response_timeout = limits::http_response_timeout_default;
  std::shared_ptr<tls_trust> trust; // null: no server of https: is posted to
  /// Whether the chain is this node's; empty: all are. What is not goes to `elsewhere`, which answers it.
  std::function<bool(const session_address& to)> is_here = {};
  std::function<void(const session_address& to, const http_request& event, responder answer)> elsewhere = {};
};

/// Read by the stats endpoint from other threads.
struct event_gate_counters {
  std::atomic<std::uint64_t> delivered{0}, refused{0}, passed_on{0}; // events that came
  std::atomic<std::uint64_t> posts{0}, posts_failed{0};
  std::atomic<std::size_t> on_their_way{0}; // events: at most limits::events_by_http_max
};

/// What a session posts, and who hears of a failure: `lane` gets post_failed with this slot, generation and session.
struct chain_post {
  caf::actor lane;
  dialer::list_id list = 0;
  std::int64_t chain_id = 0;
  std::uint32_t slot = 0, generation = 0;
  std::uint64_t session = 0; // scxml::session::id
  std::string sendid;
  scxml::http_post what;
  work token;
};

class event_gate {
 public:
  /// Listens on the io threads, which outlive it, and hands events to these lanes, lane_of() the chain. Errors: the address
  /// is none or is taken, a server to post to is no http: URI.
  static result<std::unique_ptr<event_gate>> start(io_threads& io, event_gate_settings settings, std::vector<caf::actor> lanes,
                                                   clock& time);
  ~event_gate();
  event_gate(const event_gate&) = delete;
  event_gate& operator=(const event_gate&) = delete;
  /// Before io_threads::stop() and the end of the actor system. Idempotent.
  void stop();

  // -- any thread ------------------------------------------------------------------------------------------------------------
  std::string url() const { return endpoint_->url(); }
  /// Where that session hears events: its path holds a proof that whoever posts there has been told.
  std::string location_of(const session_address& who) const;
  /// Only configured servers can be posted to: a treatment is not to reach what else there is in a network.
  bool may_post_to(std::string_view target) const;
  /// Posts of one chain to one server arrive in order.
  void post(chain_post one);
  const event_gate_counters& counters() const { return counters_; }
  /// For events that another node passes on: they go no further.
  void add_routes_for_peers(router& routes);

 private:
  event_gate(event_gate_settings settings, std::vector<caf::actor> lanes, clock& time);
  result<void> open(io_threads& io);
  void receive(const http_request& request, const responder& answer, bool from_peer);
  std::string proof_of(const session_address& who) const;

  const event_gate_settings settings_;
  std::vector<caf::actor> lanes_;
  clock& time_;
  std::unordered_map<std::string, std::vector<std::shared_ptr<http_client>>> servers_; // by origin
  std::unique_ptr<endpoint> endpoint_;
  std::string base_; // of locations
  event_gate_counters counters_;
};

} // namespace chainring::actors
