// tls.hpp: how servers of https: are known: by authorities, and by the name in their certificate; and how this node is known to
// them. TLS 1.2 or newer.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>

#include "actors/fetch/source.hpp"
#include "actors/fetch/tls_settings.hpp"

namespace chainring::actors {

/// Whose certificates are believed, and the own one. Shared by connections of all threads.
class tls_trust {
 public:
  using reporter = std::function<void(const error&)>;

  /// Error: a file that cannot be used. Later, when a file has changed, the next connection uses it; one that cannot be used then
  /// is told to `report` once, and what was there before stays.
  static result<std::shared_ptr<tls_trust>> make(tls_settings settings, reporter report = {});
  static result<std::shared_ptr<tls_trust>> make(const std::string& ca_file) { return make(tls_settings{.trusted_ca = ca_file}); }

  /// For a new connection. Any thread.
  std::shared_ptr<boost::asio::ssl::context> context();
  const tls_settings& settings() const { return settings_; }

 private:
  tls_trust(tls_settings settings, reporter report) : settings_(std::move(settings)), report_(std::move(report)) {}
  std::string stamps() const;

  const tls_settings settings_;
  const reporter report_;
  std::mutex mutex_;
  std::string stamps_;                                  // of the files that were looked at last; guarded by mutex_
  std::shared_ptr<boost::asio::ssl::context> context_;  // guarded by mutex_
};

using tls_stream = boost::asio::ssl::stream<boost::asio::ip::tcp::socket&>;

/// What is wrong with the certificate that a server has shown.
struct tls_refusal {
  int code = 0; // of OpenSSL's X509_V_…; 0: nothing
  bool of_authority = false;
  std::string names, issuer, from, until; // as it says itself
};

/// For a stream that has not begun: asks for the server by name (SNI), and takes no certificate that is not right by `settings`.
/// What it does not take is written to `why`, which outlives the stream.
void expect_server(tls_stream& stream, const std::string& host, const tls_settings& settings, tls_refusal& why);

/// What was agreed upon with a server, so that the next connection to it costs neither it nor us a whole handshake.
class tls_session {
 public:
  /// Of a connection that has got an answer: TLS 1.3 sends its tickets behind the handshake.
  void keep(tls_stream& of, std::shared_ptr<boost::asio::ssl::context> context);
  /// For a stream of this context that has not begun. What was agreed upon under other files is forgotten.
  void offer(tls_stream& to, const std::shared_ptr<boost::asio::ssl::context>& context);
  static bool was_resumed(tls_stream& stream);

 private:
  std::shared_ptr<void> session_;
  std::shared_ptr<boost::asio::ssl::context> context_;
};

/// The handshake failed.
fetched_bytes tls_problem(const uri& where, boost::system::error_code failed, const tls_refusal& why);

} // namespace chainring::actors
