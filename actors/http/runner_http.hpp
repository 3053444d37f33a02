// runner_http.hpp: the BasicHTTP event I/O processor (SCXML C.2) for a document that runs alone: an endpoint on a free
// loopback port, and the posts of its sessions.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "actors/http/endpoint.hpp"
#include "actors/io_threads.hpp"
#include "scxml/basic_http.hpp"
#include "scxml/runner.hpp"

namespace chainring::actors {

class http_client;

/// Events come in at location() + session id, which nobody knows who has not been told: `secret` is part of it. Bodies
/// are limited by limits::endpoint_body_bytes_max.
class runner_http {
 public:
  static result<std::unique_ptr<runner_http>> start(const std::string& secret);
  ~runner_http();
  runner_http(const runner_http&) = delete;
  runner_http& operator=(const runner_http&) = delete;

  /// runner_setup::basic_http: "http://127.0.0.1:4711/scxml/SECRET/".
  const std::string& location() const { return location_; }

  // -- on the runner's thread ------------
  /// One after the other, so that they arrive in order; a failure is an error.communication.
  void post(const scxml::session& from, const scxml::send_effect& send);
  /// Delivers what has come, and answers who sent it. Something has when wake_descriptor() is readable.
  void deliver(scxml::runner& run);
  int wake_descriptor() const { return wake_; }
  /// Neither has anything come that was not delivered, nor is a post on its way.
  bool is_quiet();
  /// For virtual time: delivers what comes until the post has been answered.
  void post_and_wait(scxml::runner& run, const scxml::session& from, const scxml::send_effect& send);

 private:
  struct arrival {
    std::uint64_t session_id = 0;
    scxml::event what;
    std::function<void(bool delivered)> answer; // empty: nobody waits for one
  };
  struct outgoing {
    std::uint64_t session_id = 0;
    std::string sendid;
    scxml::http_post what;
  };

  explicit runner_http(int wake) : wake_(wake) {}
  void receive(const http_request& request, const responder& answer);
  void post_next();
  void ended(const outgoing& post, const error* problem);
  void arrived(arrival what);
  void wake();

  const int wake_; // eventfd
  io_threads io_;
  std::unique_ptr<endpoint> endpoint_;
  std::string location_, secret_;
  std::mutex mutex_; // guards what follows
  std::condition_variable changed_;
  std::deque<arrival> arrivals_;
  std::deque<outgoing> posts_;                 // the first is on its way
  std::shared_ptr<http_client> client_;        // of the origin posted to last
  std::string client_origin_;
};

} // namespace chainring::actors
