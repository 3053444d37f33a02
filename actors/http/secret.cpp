// secret.cpp: see secret.hpp.
#include "actors/http/secret.hpp"

#include "scxml/digest.hpp"

namespace chainring::actors {

bool same_secret(std::string_view a, std::string_view b) {
  unsigned char difference = a.size() == b.size() ? 0 : 1;
  for (std::size_t i = 0; i < a.size() && i < b.size(); ++i) difference |= static_cast<unsigned char>(a[i] ^ b[i]);
  return difference == 0;
}

static std::string keyed(std::string_view secret, std::string_view text) {
  scxml::sha256 hash;
  hash.add(secret);
  hash.add("\n");
  hash.add(text);
  return hash.finish();
}

std::string proof_of(std::string_view secret, std::string_view text) {
  return keyed(secret, keyed(secret, text)).substr(0, 32);
}

} // namespace chainring::actors
