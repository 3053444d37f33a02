// tls_identity.cpp: the one place of the cluster that calls OpenSSL for more than bytes.
#include "actors/cluster/tls_identity.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

namespace chainring::actors {

namespace {

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
  return made;
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
