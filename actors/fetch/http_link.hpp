// http_link.hpp: one connection to a server, and how it comes about: each address of its name in turn, then TLS.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/beast/core/flat_buffer.hpp>

#include "actors/fetch/http_client.hpp"
#include "actors/fetch/http_counters.hpp"
#include "actors/fetch/name_lookup.hpp"
#include "actors/fetch/source.hpp"
#include "actors/fetch/tls.hpp"

namespace chainring::actors {

using http_strand = boost::asio::strand<boost::asio::io_context::executor_type>;

/// A connection, and what has been read from it and not been understood yet.
struct http_link {
  http_link(const http_strand& strand, std::shared_ptr<http_counters> counters_of_server);
  ~http_link();
  http_link(const http_link&) = delete;
  http_link& operator=(const http_link&) = delete;

  /// With what carries the bytes.
  template <class Use>
  void with_stream(Use use) {
    if (secure) use(*secure);
    else use(socket);
  }
  /// Nothing has come that nobody asked for: neither the end of the connection nor bytes that would
  /// be taken for the next answer.
  bool is_quiet();
  void close();

  boost::asio::ip::tcp::socket socket;
  tls_refusal refusal;
  std::shared_ptr<boost::asio::ssl::context> context; // outlives `secure`
  std::optional<tls_stream> secure;                   // of https:
  boost::beast::flat_buffer buffer;
  const std::shared_ptr<http_counters> counters;
  boost::asio::ip::address address; // of the other end
  bool counted = false; // among counters.connections
};

/// Opens connections to one server, one at a time. On one strand.
class http_connector : public std::enable_shared_from_this<http_connector> {
 public:
  /// The connection, or what is wrong. Not called after cancel().
  using callback = std::function<void(std::shared_ptr<http_link>, fetched_bytes problem)>;

  http_connector(io_threads& io, const http_strand& strand, const uri& origin, const http_client_terms& terms);

  /// No address gets more than its share of the time, so one that is silent does not keep the others from being tried; those
  /// that have failed are tried last.
  void open(const uri& where, bool public_only, std::chrono::milliseconds within, callback done);
  void cancel();
  /// The next connection may go on with what was agreed upon on this one.
  void keep_session(http_link& of);
  /// Whether a request over this connection has had an answer.
  void judge(const http_link& link, bool good);

 private:
  using tcp = boost::asio::ip::tcp;
  struct opening;

  void resolved(const std::shared_ptr<opening>& o, const host_addresses& found);
  void try_next(const std::shared_ptr<opening>& o);
  void shake_hands(const std::shared_ptr<opening>& o);
  void end(const std::shared_ptr<opening>& o, fetched_bytes problem);

  io_threads& io_;
  const http_strand strand_;
  const uri origin_;
  const std::shared_ptr<tls_trust> trust_; // null: the server speaks plain HTTP
  const std::shared_ptr<http_counters> counters_;
  const std::function<host_addresses(const std::string&)> look_up_;
  std::set<boost::asio::ip::address> bad_addresses_; // have failed since they last gave an answer
  tls_session session_;
  std::shared_ptr<opening> current_;
};

} // namespace chainring::actors
