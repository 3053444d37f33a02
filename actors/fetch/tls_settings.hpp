// tls_settings.hpp: what is wanted of TLS to other servers.
#pragma once

#include <string>

namespace chainring::actors {

/// [tls]: the names of the options are those of the Genesys Security Deployment Guide. Files are PEM.
struct tls_settings {
  std::string trusted_ca;      // authorities besides the system's; empty: the system's alone
  std::string certificate;     // of this node, with the chain behind it; empty: servers are shown none
  std::string certificate_key; // of that
  std::string crl;             // tls-crl: certificates that their authorities have revoked; empty: not looked at
  std::string protocol;        // sec-protocol: TLSv12 or TLSv13 and nothing else; empty: both
  std::string cipher_list;     // of TLS 1.2, in OpenSSL's form; empty: OpenSSL's own choice
  bool check_target_name = true; // tls-target-name-check: a certificate must be for the host of the URI
  bool verify = true;            // false: any certificate will do
  friend bool operator==(const tls_settings&, const tls_settings&) = default;
};

} // namespace chainring::actors
