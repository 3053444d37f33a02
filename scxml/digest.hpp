// digest.hpp: SHA-256.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace chainring::scxml {

class sha256 {
 public:
  sha256();
  ~sha256();
  void add(std::string_view bytes);
  /// The digest as 64 hexadecimal digits. Once.
  std::string finish();

 private:
  struct state;
  std::unique_ptr<state> state_;
};

} // namespace chainring::scxml
