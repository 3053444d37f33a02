// tls.cpp: what chainring asks of OpenSSL, and one sentence per way in which a server can fail it.
#include "actors/fetch/tls.hpp"

#include <algorithm>
#include <ctime>
#include <fstream>

#include <boost/asio/error.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ssl/error.hpp>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

#include "actors/fetch/http_problem.hpp"
#include "actors/limits.hpp"

namespace chainring::actors {

namespace ssl = boost::asio::ssl;
using boost::system::error_code;

namespace {

std::string date_of(const ASN1_TIME* time) {
  std::tm broken_down{};
  char text[sizeof "2026-01-05"];
  if (!time || ASN1_TIME_to_tm(time, &broken_down) != 1) return "an unreadable date";
  return {text, std::strftime(text, sizeof text, "%Y-%m-%d", &broken_down)};
}

std::string text_of(const GENERAL_NAME& name) {
  const auto* bytes = name.type == GEN_DNS ? name.d.dNSName : name.type == GEN_IPADD ? name.d.iPAddress : nullptr;
  if (!bytes) return {};
  const auto* data = ASN1_STRING_get0_data(bytes);
  const auto size = static_cast<std::size_t>(ASN1_STRING_length(bytes));
  if (name.type == GEN_DNS) { // somebody else's bytes go into a log line
    std::string text{reinterpret_cast<const char*>(data), std::min(size, limits::certificate_text_bytes_max)};
    for (char& c : text)
      if (c <= ' ' || c > '~') c = '?';
    return text;
  }
  boost::asio::ip::address_v4::bytes_type four;
  boost::asio::ip::address_v6::bytes_type sixteen;
  if (size == four.size()) return std::copy_n(data, size, four.begin()), boost::asio::ip::address_v4{four}.to_string();
  if (size == sixteen.size()) return std::copy_n(data, size, sixteen.begin()), boost::asio::ip::address_v6{sixteen}.to_string();
  return {};
}

std::string names_of(const X509* certificate) {
  const std::unique_ptr<GENERAL_NAMES, decltype(&GENERAL_NAMES_free)> all{
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)), GENERAL_NAMES_free};
  std::string out;
  for (int n = 0; all && n < sk_GENERAL_NAME_num(all.get()); ++n) {
    const auto text = text_of(*sk_GENERAL_NAME_value(all.get(), n));
    if (text.empty()) continue;
    if (out.size() + text.size() > limits::certificate_text_bytes_max) return out + ", …";
    out += (out.empty() ? "" : ", ") + text;
  }
  return out.empty() ? "no name" : out;
}

std::string issuer_of(const X509* certificate) {
  char text[limits::certificate_text_bytes_max];
  return X509_NAME_oneline(X509_get_issuer_name(certificate), text, sizeof text) ? text : "";
}

tls_refusal refusal_of(X509_STORE_CTX* looked_at) {
  tls_refusal why{.code = X509_STORE_CTX_get_error(looked_at), .of_authority = X509_STORE_CTX_get_error_depth(looked_at) > 0};
  const X509* certificate = X509_STORE_CTX_get_current_cert(looked_at);
  if (!certificate) return why;
  why.names = names_of(certificate);
  why.issuer = issuer_of(certificate);
  why.from = date_of(X509_get0_notBefore(certificate));
  why.until = date_of(X509_get0_notAfter(certificate));
  return why;
}

error certificate_problem(const uri& where, const tls_refusal& why) {
  const std::string whose = why.of_authority ? "the certificate of the server's authority" : "the server's certificate";
  switch (why.code) {
  case X509_V_ERR_CERT_HAS_EXPIRED: return {whose + " has expired on " + why.until, where.text, "renew it"};
  case X509_V_ERR_CERT_NOT_YET_VALID:
    return {whose + " is not valid before " + why.from, where.text, "look at this machine's clock, or renew it"};
  case X509_V_ERR_HOSTNAME_MISMATCH:
  case X509_V_ERR_IP_ADDRESS_MISMATCH:
    return {"the server's certificate is not for " + where.host + " but for " + why.names, where.text,
            "name the server as its certificate does, or give it one for this name"};
  case X509_V_ERR_CERT_REVOKED: return {whose + " has been revoked", where.text, "renew it"};
  case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    return {"the server's certificate is self-signed", where.text, "add it to trusted-ca of [tls] if it is the right one"};
  case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
  case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
  case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
  case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    return {whose + " is from an unknown authority, " + why.issuer, where.text,
            "let the server send its whole chain, or add the authority to trusted-ca of [tls]"};
  default:
    return {whose + " is refused (" + X509_verify_cert_error_string(why.code) + ")", where.text, "give the server another one"};
  }
}

error handshake_problem(const uri& where, error_code failed) {
  if (failed == ssl::error::stream_truncated || failed == boost::asio::error::eof ||
      failed == boost::asio::error::connection_reset || failed == boost::asio::error::broken_pipe)
    return {"the server closed the connection before TLS was agreed upon", where.text,
            "look whether it speaks TLS at this port, and into its log"};
  const int reason = failed.category() == boost::asio::error::get_ssl_category() ? ERR_GET_REASON(failed.value()) : 0;
  switch (reason) {
  case SSL_R_WRONG_VERSION_NUMBER:
  case SSL_R_PACKET_LENGTH_TOO_LONG:
  case SSL_R_HTTP_REQUEST: return {"the server speaks no TLS at this port", where.text, "write http:, or correct the port"};
  case SSL_R_SSLV3_ALERT_BAD_CERTIFICATE:
  case SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED:
  case SSL_R_TLSV1_ALERT_UNKNOWN_CA:
    return {"the server wants another certificate of ours (" + failed.message() + ")", where.text,
            "let certificate of [tls] name one that it takes"};
  case SSL_R_UNSUPPORTED_PROTOCOL:
  case SSL_R_TLSV1_ALERT_PROTOCOL_VERSION:
    return {"the server speaks no TLS 1.2 or newer", where.text, "bring the server's TLS up to date"};
  default:
    return {"TLS was not agreed upon (" + failed.message() + ")", where.text, "look at the server's TLS settings"};
  }
}

/// Throws what Asio does not know. The error otherwise names the file.
result<std::shared_ptr<ssl::context>> context_of(const tls_settings& settings) {
  auto made = std::make_shared<ssl::context>(ssl::context::tls_client);
  auto& context = *made;
  auto* native = context.native_handle();
  SSL_CTX_set_min_proto_version(native, settings.protocol == "TLSv13" ? TLS1_3_VERSION : TLS1_2_VERSION);
  if (settings.protocol == "TLSv12") SSL_CTX_set_max_proto_version(native, TLS1_2_VERSION);
  SSL_CTX_set_options(native, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  // A file of authorities may name the one that has signed the certificates, without the one above it.
  X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(native), X509_V_FLAG_PARTIAL_CHAIN);
  context.set_verify_mode(settings.verify ? ssl::verify_peer : ssl::verify_none);
  context.set_default_verify_paths();
  // OpenSSL would ask the terminal, and the connections would wait for whoever sits there.
  context.set_password_callback([](std::size_t, ssl::context::password_purpose) { return std::string{}; });
  if (!settings.cipher_list.empty() && SSL_CTX_set_cipher_list(native, settings.cipher_list.c_str()) != 1)
    return error{"cipher-list of [tls] names no cipher that OpenSSL knows", settings.cipher_list, "see `openssl ciphers`"};

  struct one_file {
    const std::string& name;
    std::string what, mend;
    std::function<void(error_code&)> load;
  };
  const one_file files[]{
      {settings.trusted_ca, "authorities", "let trusted-ca of [tls], or ca-file of [http], name a PEM file",
       [&](error_code& failed) { context.load_verify_file(settings.trusted_ca, failed); }},
      {settings.crl, "revoked certificates", "let tls-crl of [tls] name a PEM file with the list of each authority",
       [&](error_code& failed) {
         auto* store = SSL_CTX_get_cert_store(native);
         auto* lookup = X509_STORE_add_lookup(store, X509_LOOKUP_file());
         if (!lookup || X509_load_crl_file(lookup, settings.crl.c_str(), X509_FILETYPE_PEM) < 1)
           failed = {static_cast<int>(ERR_get_error()), boost::asio::error::get_ssl_category()};
         else X509_STORE_set_flags(store, X509_V_FLAG_CRL_CHECK);
       }},
      {settings.certificate, "the own certificate", "let certificate of [tls] name a PEM file",
       [&](error_code& failed) { context.use_certificate_chain_file(settings.certificate, failed); }},
      {settings.certificate_key, "the own key",
       "let certificate-key of [tls] name the PEM file with the key of certificate, without a passphrase",
       [&](error_code& failed) { context.use_private_key_file(settings.certificate_key, ssl::context::pem, failed); }},
  };
  for (const auto& file : files) {
    if (file.name.empty()) continue;
    if (!std::ifstream{file.name}) return error{"the file with " + file.what + " cannot be read", file.name, file.mend};
    error_code failed;
    file.load(failed);
    ERR_clear_error();
    if (failed) return error{"the file with " + file.what + " cannot be used (" + failed.message() + ")", file.name, file.mend};
  }
  return made;
}

} // namespace

result<std::shared_ptr<tls_trust>> tls_trust::make(tls_settings settings, reporter report) try {
  std::shared_ptr<tls_trust> made{new tls_trust{std::move(settings), std::move(report)}};
  made->stamps_ = made->stamps();
  auto context = context_of(made->settings_);
  if (!context) return std::move(context).error();
  made->context_ = std::move(*context);
  return made;
} catch (const boost::system::system_error& e) {
  return error{"TLS cannot be set up (" + e.code().message() + ")", "OpenSSL", "look at this machine's OpenSSL"};
}

/// What tells whether a file is the one that was read.
std::string tls_trust::stamps() const {
  std::string all;
  for (const auto* file : {&settings_.trusted_ca, &settings_.crl, &settings_.certificate, &settings_.certificate_key}) {
    struct stat about {};
    if (file->empty() || ::stat(file->c_str(), &about) != 0) {
      all += '-';
      continue;
    }
    for (const auto number : {static_cast<long long>(about.st_ino), static_cast<long long>(about.st_size),
                              static_cast<long long>(about.st_mtim.tv_sec), static_cast<long long>(about.st_mtim.tv_nsec)})
      all += std::to_string(number) + ' ';
  }
  return all;
}

std::shared_ptr<ssl::context> tls_trust::context() {
  const std::lock_guard lock{mutex_};
  auto now = stamps();
  if (now == stamps_) return context_;
  stamps_ = std::move(now);
  const auto complain = [&](error problem) {
    problem.mend += "; what was there before is used on";
    if (report_) report_(problem);
  };
  try {
    auto made = context_of(settings_);
    if (made) context_ = std::move(*made);
    else complain(std::move(made).error());
  } catch (const boost::system::system_error& e) {
    complain({"TLS cannot be set up (" + e.code().message() + ")", "OpenSSL", "look at this machine's OpenSSL"});
  }
  return context_;
}

void expect_server(tls_stream& stream, const std::string& host, const tls_settings& settings, tls_refusal& why) {
  SSL* session = stream.native_handle();
  auto* wanted = SSL_get0_param(session);
  error_code no_address;
  boost::asio::ip::make_address(host, no_address);
  bool done = !settings.check_target_name;
  const auto name = host.substr(0, host.find_last_not_of('.') + 1); // "example.com." is "example.com" in certificates
  if (settings.check_target_name && !no_address) {
    done = X509_VERIFY_PARAM_set1_ip_asc(wanted, host.c_str()) == 1;
  } else if (settings.check_target_name) {
    X509_VERIFY_PARAM_set_hostflags(wanted, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    done = !name.empty() && X509_VERIFY_PARAM_set1_host(wanted, name.c_str(), name.size()) == 1;
  }
  if (no_address && SSL_set_tlsext_host_name(session, name.c_str()) != 1) done = false;
  if (!settings.verify) return;
  stream.set_verify_callback([done, &why](bool right, ssl::verify_context& looked_at) {
    if (right && done) return true;
    if (right) X509_STORE_CTX_set_error(looked_at.native_handle(), X509_V_ERR_HOSTNAME_MISMATCH); // there is no name to compare
    why = refusal_of(looked_at.native_handle());
    return false;
  });
}

void tls_session::keep(tls_stream& of, std::shared_ptr<ssl::context> context) {
  auto* session = SSL_get1_session(of.native_handle());
  if (!session) return;
  if (!SSL_SESSION_is_resumable(session)) return SSL_SESSION_free(session);
  session_ = {session, [](void* s) { SSL_SESSION_free(static_cast<SSL_SESSION*>(s)); }};
  context_ = std::move(context);
}

void tls_session::offer(tls_stream& to, const std::shared_ptr<ssl::context>& context) {
  if (context != context_) session_.reset();
  if (session_) SSL_set_session(to.native_handle(), static_cast<SSL_SESSION*>(session_.get()));
}

bool tls_session::was_resumed(tls_stream& stream) { return SSL_session_reused(stream.native_handle()) == 1; }

fetched_bytes tls_problem(const uri& where, error_code failed, const tls_refusal& why) {
  return unavailable(why.code != X509_V_OK ? certificate_problem(where, why) : handshake_problem(where, failed),
                     fetch_failure::tls);
}

} // namespace chainring::actors
