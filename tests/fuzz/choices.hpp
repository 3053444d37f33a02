// choices.hpp: an input of the fuzzer read as a series of choices. Used up, it chooses 0 for ever.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace chainring::fuzz {

class choices {
 public:
  choices(const std::uint8_t* data, std::size_t size)
      : left_(reinterpret_cast<const char*>(data), size) {}

  bool empty() const { return left_.empty(); }
  unsigned byte() {
    if (left_.empty()) return 0;
    const auto b = static_cast<unsigned char>(left_.front());
    left_.remove_prefix(1);
    return b;
  }
  unsigned word() {
    const unsigned low = byte();
    return low | byte() << 8;
  }
  /// n > 0
  unsigned below(unsigned n) { return byte() % n; }
  /// Up to the next NUL, which no document can have in it, or the end.
  std::string_view text() {
    const std::string_view found = left_.substr(0, left_.find('\0'));
    left_.remove_prefix(found.size() < left_.size() ? found.size() + 1 : found.size());
    return found;
  }
  std::string_view take(std::size_t size) {
    const std::string_view taken = left_.substr(0, size);
    left_.remove_prefix(taken.size());
    return taken;
  }
  std::string_view rest() { return take(left_.size()); }

 private:
  std::string_view left_;
};

} // namespace chainring::fuzz
