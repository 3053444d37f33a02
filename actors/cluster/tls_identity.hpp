// tls_identity.hpp: what this node shows to its peers and what it asks of them: a certificate of the cluster's authority, and that
// it is pinned. TLS 1.3 alone, both sides are ours.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "scxml/result.hpp"

struct ssl_ctx_st;
struct ssl_st;

namespace chainring::actors {

struct ssl_end {
  void operator()(ssl_st* one) const;
};
using ssl_handle = std::unique_ptr<ssl_st, ssl_end>;

class tls_identity {
 public:
  /// PEM files. Errors: one cannot be read, key and certificate are no pair.
  static result<std::shared_ptr<tls_identity>> make(const std::string& certificate, const std::string& key, const std::string& ca);

  /// SHA-256 of the certificate, 64 hexadecimal digits.
  const std::string& fingerprint() const { return fingerprint_; }

  /// One side of a connection on that socket. `accepts` judges the fingerprint of the other side's certificate once the authority
  /// has been found right; it outlives the handshake. Null: no memory.
  using judge = std::function<bool(std::string_view fingerprint)>;
  ssl_handle connection(int socket, bool is_server, const judge& accepts) const;

 private:
  struct context_end {
    void operator()(ssl_ctx_st* one) const;
  };
  tls_identity() = default;
  std::unique_ptr<ssl_ctx_st, context_end> context_;
  std::string fingerprint_;
};

} // namespace chainring::actors
