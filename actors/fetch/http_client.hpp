// http_client.hpp: HTTP/1.1 to one server, over TLS when it is https: documents over one persistent connection, messages to it.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "actors/fetch/name_lookup.hpp"
#include "actors/fetch/source.hpp"

namespace chainring::actors {

class io_threads;
class tls_trust;
struct http_counters;

/// What a POST carries.
struct http_message_out {
  std::string content_type;
  std::string body;
  /// Changes nothing there: goes over the kept connection, and again when the server has closed that; every whole answer is
  /// outcome ok, whatever its status.
  bool is_question = false;
  std::string authorization = {}; // the header; empty: none
};

class http_client : public source {
 public:
  using source::get;
  /// Outcome ok for every 2xx answer. Sent once, over a connection of its own, unless it is a question: a server may have
  /// acted on a request that it did not answer.
  virtual void post(const uri& where, http_message_out message, callback done) = 0;
};

struct http_client_terms {
  std::chrono::milliseconds response_timeout{0};
  std::shared_ptr<tls_trust> trust = nullptr;        // who vouches for a server of https:; http: needs none
  std::shared_ptr<http_counters> counters = nullptr; // null: its own
  /// A server that fails again and again is not asked for a while (breaker.hpp); the seed of the waits. None: it always is.
  std::optional<std::uint64_t> breaker_seed = std::nullopt;
  std::function<host_addresses(const std::string&)> look_up = actors::look_up; // of values alone: may outlive the client
};

/// Requests are sent one after the other (no pipelining), at most limits::fetch_queue_max wait.
/// Each has `response_timeout` from the moment it is its turn to the last byte of its answer,
/// whatever the server does in between. A connection that the server closed between two requests is
/// opened again without a word, once per request. `origin` is any http: or https: URI of the server.
std::shared_ptr<http_client> make_http_client(io_threads& io, const uri& origin, http_client_terms terms);
std::shared_ptr<http_client> make_http_client(io_threads& io, const uri& origin,
                                              std::chrono::milliseconds response_timeout,
                                              std::shared_ptr<tls_trust> trust = nullptr);

} // namespace chainring::actors
