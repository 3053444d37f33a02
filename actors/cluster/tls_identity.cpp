// tls_identity.cpp: the one place of the cluster that calls OpenSSL for more than bytes.
#include "actors/cluster/tls_identity.hpp"

#include <ctime>

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>

namespace chainring::actors {

namespace {

constexpr std::int64_t day_s = 86'400;
constexpr std::int64_t ends_soon_s = 30 * day_s; // an operator has a month to renew a certificate

constexpr const char* own = "the certificate of [cluster]";
constexpr const char* authority = "the authority of the certificate of [cluster]";

std::int64_t seconds_of(const ASN1_TIME* time) {
  std::tm broken_down{};
  return time && ASN1_TIME_to_tm(time, &broken_down) == 1 ? timegm(&broken_down) : 0;
}

std::string instant(std::int64_t at_s) {
  const std::time_t at = at_s;
  std::tm broken_down{};
  char text[sizeof "2026-01-05 15:00 UTC"];
  return gmtime_r(&at, &broken_down) && std::strftime(text, sizeof text, "%Y-%m-%d %H:%M UTC", &broken_down) > 0 ? text : "?";
}

std::string fingerprint_of(const X509* certificate) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  if (X509_digest(certificate, EVP_sha256(), digest, &size) != 1) return {};
  constexpr char digits[] = "0123456789abcdef";
  std::string out;
  for (unsigned n = 0; n < size; ++n) {
    out += digits[digest[n] >> 4];
    out += digits[digest[n] & 15];
  }
  return out;
}

int judge_index() {
  static const int index = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return index;
}

/// For each certificate of the chain; the peer's own is at depth 0 and comes last.
int verify(int chain_is_right, X509_STORE_CTX* looked_at) {
  if (chain_is_right != 1 || X509_STORE_CTX_get_error_depth(looked_at) > 0) return chain_is_right;
  const auto* of = static_cast<SSL*>(X509_STORE_CTX_get_ex_data(looked_at, SSL_get_ex_data_X509_STORE_CTX_idx()));
  const auto* accepts = of ? static_cast<const tls_identity::judge*>(SSL_get_ex_data(of, judge_index())) : nullptr;
  const auto* certificate = X509_STORE_CTX_get_current_cert(looked_at);
  if (accepts && certificate && (*accepts)(fingerprint_of(certificate))) return 1;
  X509_STORE_CTX_set_error(looked_at, X509_V_ERR_APPLICATION_VERIFICATION);
  return 0;
}

error unusable(const char* what, const std::string& file, const char* mend) {
  const auto code = ERR_get_error();
  ERR_clear_error();
  const char* why = code ? ERR_reason_error_string(code) : nullptr;
  return {std::string(what) + (why ? std::string(" (") + why + ")" : std::string{}), file, mend};
}

/// Why the other side of a connection would not take it.
error refused(X509_STORE_CTX* looked_at, const std::string& certificate, const std::string& ca) {
  const bool of_authority = X509_STORE_CTX_get_error_depth(looked_at) > 0;
  const std::string whose = of_authority ? authority : own;
  const std::string& file = of_authority ? ca : certificate;
  const auto* one = X509_STORE_CTX_get_current_cert(looked_at);
  const int why = X509_STORE_CTX_get_error(looked_at);
  switch (why) {
  case X509_V_ERR_CERT_HAS_EXPIRED:
    return {whose + " has expired on " + instant(seconds_of(X509_get0_notAfter(one))), file,
            "renew it and start the node again: conf/README.md, Certificates"};
  case X509_V_ERR_CERT_NOT_YET_VALID:
    return {whose + " is not valid before " + instant(seconds_of(X509_get0_notBefore(one))), file,
            "look at this machine's clock, or renew it: conf/README.md, Certificates"};
  case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
  case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
  case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
  case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
  case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
  case X509_V_ERR_CERT_SIGNATURE_FAILURE:
    return {std::string{own} + " is not of the authority that ca names, " + ca, certificate,
            "name the ca that has signed it, or make one that this ca signs: conf/cluster/make_certificates.py"};
  default:
    return {whose + " would be refused by the other nodes (" + X509_verify_cert_error_string(why) + ")", file,
            "make another one: conf/cluster/make_certificates.py"};
  }
}

} // namespace

void ssl_end::operator()(ssl_st* one) const { SSL_free(one); }
void tls_identity::context_end::operator()(ssl_ctx_st* one) const { SSL_CTX_free(one); }

result<std::shared_ptr<tls_identity>> tls_identity::make(const std::string& certificate, const std::string& key,
                                                         const std::string& ca) {
  std::shared_ptr<tls_identity> made{new tls_identity};
  made->context_.reset(SSL_CTX_new(TLS_method()));
  auto* context = made->context_.get();
  if (!context) return unusable("TLS cannot be set up", "[cluster]", "see whether OpenSSL is whole");
  ERR_clear_error();
  SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION);
  // A session that is resumed would not be judged again.
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_options(context, SSL_OP_NO_TICKET);
  SSL_CTX_set_num_tickets(context, 0);
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, verify);
  if (SSL_CTX_use_certificate_chain_file(context, certificate.c_str()) != 1)
    return unusable("the certificate of [cluster] cannot be used", certificate,
                    "name a PEM file, the node's own certificate first");
  if (SSL_CTX_use_PrivateKey_file(context, key.c_str(), SSL_FILETYPE_PEM) != 1)
    return unusable("the key of [cluster] cannot be used", key, "name the PEM file with the key of the certificate, not encrypted");
  if (SSL_CTX_load_verify_locations(context, ca.c_str(), nullptr) != 1)
    return unusable("the ca of [cluster] cannot be used", ca, "name the PEM file of the authority of the nodes' certificates");
  made->fingerprint_ = fingerprint_of(SSL_CTX_get0_certificate(context));
  if (auto right = made->check(certificate, ca); !right) return std::move(right).error();
  return made;
}

/// As the other nodes do, some as clients and some as servers.
result<void> tls_identity::check(const std::string& certificate, const std::string& ca) {
  auto* context = context_.get();
  STACK_OF(X509)* between = nullptr; // of the file, behind the node's own
  SSL_CTX_get0_chain_certs(context, &between);
  for (const char* side : {"ssl_server", "ssl_client"}) {
    const std::unique_ptr<X509_STORE_CTX, decltype(&X509_STORE_CTX_free)> looked_at{X509_STORE_CTX_new(), &X509_STORE_CTX_free};
    if (!looked_at || X509_STORE_CTX_init(looked_at.get(), SSL_CTX_get_cert_store(context), SSL_CTX_get0_certificate(context),
                                          between) != 1)
      return unusable("TLS cannot be set up", "[cluster]", "see whether OpenSSL is whole");
    X509_STORE_CTX_set_default(looked_at.get(), side);
    X509_VERIFY_PARAM_set_auth_level(X509_STORE_CTX_get0_param(looked_at.get()), SSL_CTX_get_security_level(context));
    const bool right = X509_verify_cert(looked_at.get()) == 1;
    ERR_clear_error();
    if (!right) return refused(looked_at.get(), certificate, ca);
    const auto* chain = X509_STORE_CTX_get0_chain(looked_at.get());
    for (int n = 0; n < sk_X509_num(chain); ++n) {
      const auto end_s = seconds_of(X509_get0_notAfter(sk_X509_value(chain, n)));
      if (!ends_first_.empty() && end_s >= ends_s_) continue;
      ends_s_ = end_s;
      ends_first_ = n == 0 ? own : authority;
      ends_first_in_ = n == 0 ? certificate : ca;
    }
  }
  return {};
}

std::optional<error> tls_identity::ends_soon(std::int64_t now_s) const {
  if (ends_s_ - now_s > ends_soon_s) return std::nullopt;
  return error{ends_first_ + " ends on " + instant(ends_s_) + ", in " + std::to_string((ends_s_ - now_s) / day_s) +
                   " days: from then on the other nodes refuse new connections",
               ends_first_in_, "renew it before: conf/README.md, Certificates"};
}

ssl_handle tls_identity::connection(int socket, bool is_server, const judge& accepts) const {
  ssl_handle made{SSL_new(context_.get())};
  if (!made || SSL_set_fd(made.get(), socket) != 1) return {};
  SSL_set_ex_data(made.get(), judge_index(), const_cast<judge*>(&accepts)); // read only
  if (is_server) SSL_set_accept_state(made.get());
  else SSL_set_connect_state(made.get());
  return made;
}

} // namespace chainring::actors
