// certificates.hpp: authorities and certificates of a test's own, as PEM files of its folder, valid around now by the real clock.
#pragma once

#include <cstdio>
#include <fstream>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "tests/actors/scratch.hpp"

namespace chainring::tests {

/// NAME.pem and NAME.key for each name.
class certificates {
 public:
  static constexpr long day_s = 86'400;

  struct terms {
    long from_s = -day_s, till_s = 365 * day_s; // from now
    std::string purposes = "serverAuth,clientAuth";
  };

  /// An authority, which signs itself.
  void make_authority(const std::string& name) { make_authority(name, {}); }
  void make_authority(const std::string& name, const terms& of) {
    make(name, name, of, {{NID_basic_constraints, "critical,CA:TRUE"}, {NID_key_usage, "critical,keyCertSign"}});
  }
  void sign(const std::string& name, const std::string& authority) { sign(name, authority, {}); }
  void sign(const std::string& name, const std::string& authority, const terms& of) {
    make(name, authority, of, {{NID_basic_constraints, "critical,CA:FALSE"}, {NID_ext_key_usage, of.purposes}});
  }

  std::string certificate(const std::string& name) const { return (folder_.path / (name + ".pem")).string(); }
  std::string key(const std::string& name) const { return (folder_.path / (name + ".key")).string(); }
  /// A file with all of these.
  std::string together(const std::vector<std::string>& names) const {
    std::ofstream all{folder_.path / "together.pem", std::ios::binary};
    for (const auto& name : names) all << std::ifstream{certificate(name), std::ios::binary}.rdbuf();
    return (folder_.path / "together.pem").string();
  }

 private:
  using key_handle = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
  using certificate_handle = std::unique_ptr<X509, decltype(&X509_free)>;
  struct issued {
    key_handle key{nullptr, &EVP_PKEY_free};
    certificate_handle certificate{nullptr, &X509_free};
  };

  static void need(bool done) {
    if (!done) throw std::runtime_error("OpenSSL has made no certificate");
  }

  void make(const std::string& name, const std::string& by, const terms& of,
            const std::vector<std::pair<int, std::string>>& extensions) {
    issued one;
    one.key.reset(EVP_EC_gen("P-256"));
    one.certificate.reset(X509_new());
    need(one.key && one.certificate);
    auto* certificate = one.certificate.get();
    const auto& signer = by == name ? one : all_.at(by);
    X509_set_version(certificate, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), ++serial_);
    X509_gmtime_adj(X509_getm_notBefore(certificate), of.from_s);
    X509_gmtime_adj(X509_getm_notAfter(certificate), of.till_s);
    X509_set_pubkey(certificate, one.key.get());
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
    X509_set_issuer_name(certificate, X509_get_subject_name(signer.certificate.get()));
    for (const auto& [id, text] : extensions) {
      const std::unique_ptr<X509_EXTENSION, decltype(&X509_EXTENSION_free)> extension{
          X509V3_EXT_conf_nid(nullptr, nullptr, id, text.c_str()), &X509_EXTENSION_free};
      need(extension && X509_add_ext(certificate, extension.get(), -1) == 1);
    }
    need(X509_sign(certificate, signer.key.get(), EVP_sha256()) > 0);
    write(name, one);
    all_.insert_or_assign(name, std::move(one));
  }

  void write(const std::string& name, const issued& one) const {
    using file = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;
    const file certificate_file{std::fopen(certificate(name).c_str(), "wb"), &std::fclose};
    const file key_file{std::fopen(key(name).c_str(), "wb"), &std::fclose};
    need(certificate_file && key_file);
    need(PEM_write_X509(certificate_file.get(), one.certificate.get()) == 1);
    need(PEM_write_PrivateKey(key_file.get(), one.key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1);
  }

  scratch folder_;
  std::map<std::string, issued> all_;
  long serial_ = 0;
};

} // namespace chainring::tests
