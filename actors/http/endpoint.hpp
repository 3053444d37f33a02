// endpoint.hpp: an HTTP server: the stats endpoint, and where events come in (SCXML C.2).
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "actors/limits.hpp"
#include "actors/http/router.hpp"
#include "scxml/result.hpp"

namespace chainring::actors {

class io_threads;

struct endpoint_settings {
  std::string address = "127.0.0.1"; // an address that is not loopback needs a token
  std::uint16_t port = 0;            // 0: a free one
  std::string token = {}; // empty: changes are refused. Sent as "Authorization: Bearer TOKEN"
  std::size_t connections_max = limits::endpoint_connections_max;
  std::chrono::milliseconds request_timeout = limits::endpoint_request_timeout;
  std::chrono::milliseconds answer_timeout = limits::endpoint_answer_timeout;
};

/// HTTP/1.1 with keep-alive; GET, HEAD and POST. Whatever a client does costs it its own
/// connection, nobody else's.
class endpoint {
 public:
  /// Whether one could listen there now, which leaves nothing behind. Errors: the address is none, is taken, or needs a token.
  static result<void> can_listen(const endpoint_settings& settings);
  /// Listens; who connects waits until serve(). Errors as above.
  static result<std::unique_ptr<endpoint>> listen(io_threads& io, endpoint_settings settings,
                                                  router routes);
  /// Answers on the io threads, which outlive it, from now on: what the routes need is in place.
  void serve();
  ~endpoint();
  endpoint(const endpoint&) = delete;
  endpoint& operator=(const endpoint&) = delete;

  std::uint16_t port() const;
  /// "http://127.0.0.1:8060"
  std::string url() const;
  /// Open now. Any thread.
  std::size_t connections() const;
  /// Answered since the start. Any thread.
  std::uint64_t requests() const;

  /// Closes everything. Before io_threads::stop(). Idempotent.
  void stop();

 private:
  class server;
  explicit endpoint(std::shared_ptr<server> made)
      : server_(std::move(made)) {}
  std::shared_ptr<server> server_;
};

} // namespace chainring::actors
