// validators.hpp: servers that are posted JSON: those asked before a record is dialed (OCS pre-dial validation), and those told of
// attempts (history records): http-connection-pool-size persistent connections to each, one post at a time on each; others wait.
#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "actors/fetch/uri.hpp"
#include "dialer/pre_dial_validation.hpp"

namespace chainring::actors {

class http_client;
class io_threads;
class tls_trust;

class validators {
 public:
  using callback = std::function<void(dialer::validation_answer)>;

  /// The io threads outlive it.
  validators(io_threads& io, std::size_t connections_per_server, std::chrono::milliseconds response_timeout,
             std::shared_ptr<tls_trust> trust);
  ~validators();
  validators(const validators&) = delete;
  validators& operator=(const validators&) = delete;

  /// Any thread; `done` is called once, from an io thread. How many questions wait is for the caller to bound: the dialer asks
  /// about no more calls than it could start in the next moments.
  void ask(const std::string& where, std::string question, callback done);
  /// What waits is answered as not answered. Idempotent.
  void stop();

 private:
  struct waiting {
    uri where;
    std::string question;
    callback done;
  };
  struct server {
    std::vector<std::shared_ptr<http_client>> all, idle;
    std::deque<waiting> queue;
  };
  server& server_of(const uri& where);
  void ask_next(server& s);
  void answered(server& s, const std::shared_ptr<http_client>& by);

  io_threads& io_;
  const std::size_t connections_;
  const std::chrono::milliseconds timeout_;
  const std::shared_ptr<tls_trust> trust_;
  std::mutex mutex_;
  std::unordered_map<std::string, server> servers_; // by origin
  bool stopped_ = false;
};

} // namespace chainring::actors
