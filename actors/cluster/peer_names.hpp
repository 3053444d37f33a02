// peer_names.hpp: the addresses of peers, for the one thread that connects to them all: a name service that hangs holds it up once.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include "actors/blocking_calls.hpp"
#include "actors/fetch/name_lookup.hpp"

namespace chainring::actors {

/// On one thread.
class peer_names {
 public:
  using clock = std::chrono::steady_clock;
  using name_service = std::function<host_addresses(const std::string&)>; // of values alone: it may outlive all else

  explicit peer_names(name_service by);

  /// Nothing: none has come until then. A name that is on its way is not waited for a second time: who asks has what has come of
  /// it meanwhile, at once. An address in digits needs no name service.
  std::optional<host_addresses> addresses(const std::string& host, clock::time_point until);

 private:
  const name_service by_;
  boost::asio::io_context context_; // runs where addresses() is called
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> keep_running_;
  blocking_calls calls_;
  std::map<std::string, std::shared_ptr<std::optional<host_addresses>>> on_their_way_;
};

} // namespace chainring::actors
