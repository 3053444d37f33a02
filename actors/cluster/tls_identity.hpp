// tls_identity.hpp: what this node shows to its peers and what it asks of them: a certificate of the cluster's authority, and that
// it is pinned. TLS 1.3 alone, both sides are ours.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
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
  /// PEM files. Errors: one cannot be read, key and certificate are no pair, or peers would refuse the certificate, because by this
  /// machine's clock it is not valid now, or because it is of another authority.
  static result<std::shared_ptr<tls_identity>> make(const std::string& certificate, const std::string& key, const std::string& ca);

  /// SHA-256 of the certificate, 64 hexadecimal digits.
  const std::string& fingerprint() const { return fingerprint_; }

  /// When peers begin to refuse it, in seconds since 1970: its own end, or that of a certificate above it which ends earlier.
  std::int64_t ends_s() const { return ends_s_; }
  /// That it ends within a month of `now_s`; none: there is time.
  std::optional<error> ends_soon(std::int64_t now_s) const;

  /// One side of a connection on that socket. `accepts` judges the fingerprint of the other side's certificate once the authority
  /// has been found right; it outlives the handshake. Null: no memory.
  using judge = std::function<bool(std::string_view fingerprint)>;
  ssl_handle connection(int socket, bool is_server, const judge& accepts) const;

 private:
  struct context_end {
    void operator()(ssl_ctx_st* one) const;
  };
  tls_identity() = default;
  result<void> check(const std::string& certificate, const std::string& ca);

  std::unique_ptr<ssl_ctx_st, context_end> context_;
  std::string fingerprint_;
  std::int64_t ends_s_ = 0;
  std::string ends_first_, ends_first_in_; // which certificate that is, and its file
};

} // namespace chainring::actors
