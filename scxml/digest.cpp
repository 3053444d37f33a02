// digest.cpp: SHA-256 by OpenSSL.
#include "scxml/digest.hpp"

#include <cstdlib>
#include <openssl/evp.h>

namespace chainring::scxml {

struct sha256::state {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  ~state() { EVP_MD_CTX_free(context); }
};

namespace {
/// OpenSSL's SHA-256 fails only without memory or in a broken installation; a wrong hash would mix
/// documents up.
void must(int outcome) {
  if (outcome != 1) std::abort();
}
} // namespace

sha256::sha256()
    : state_(std::make_unique<state>()) {
  must(state_->context ? EVP_DigestInit_ex(state_->context, EVP_sha256(), nullptr) : 0);
}
sha256::~sha256() = default;

void sha256::add(std::string_view bytes) {
  must(EVP_DigestUpdate(state_->context, bytes.data(), bytes.size()));
}

std::string sha256::finish() {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  must(EVP_DigestFinal_ex(state_->context, digest, &size));
  static const char* const hex = "0123456789abcdef";
  std::string out;
  for (unsigned i = 0; i < size; ++i) {
    out += hex[digest[i] >> 4];
    out += hex[digest[i] & 15];
  }
  return out;
}

} // namespace chainring::scxml
