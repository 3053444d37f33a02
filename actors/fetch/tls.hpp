// tls.hpp: how servers of https: are known: by authorities, and by the name in their certificate. TLS 1.2 or newer.
#pragma once

#include <memory>
#include <string>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>

#include "actors/fetch/source.hpp"

namespace chainring::actors {

/// The authorities whose certificates are believed. Shared by connections of all threads.
class tls_trust {
 public:
  /// The system's, and those of `ca_file`, PEM; empty: the system's alone.
  static result<std::shared_ptr<tls_trust>> make(const std::string& ca_file);
  boost::asio::ssl::context& context() { return context_; }

 private:
  tls_trust() : context_(boost::asio::ssl::context::tls_client) {}
  boost::asio::ssl::context context_;
};

using tls_stream = boost::asio::ssl::stream<boost::asio::ip::tcp::socket&>;

/// What is wrong with the certificate that a server has shown.
struct tls_refusal {
  int code = 0; // of OpenSSL's X509_V_…; 0: nothing
  bool of_authority = false;
  std::string names, issuer, from, until; // as it says itself
};

/// For a stream that has not begun: asks for the server by name (SNI), and takes no certificate that is not for `host`, a name or
/// an address. What it does not take is written to `why`, which outlives the stream.
void expect_server(tls_stream& stream, const std::string& host, tls_refusal& why);

/// The handshake failed.
fetched_bytes tls_problem(const uri& where, boost::system::error_code failed, const tls_refusal& why);

} // namespace chainring::actors
