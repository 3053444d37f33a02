// bytes.hpp: numbers and text as bytes and back, for what a chain keeps packed and what it saves.
// Reading is checked: a damaged input makes the reader fail once and give zeros from then on.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>

namespace chainring::dialer {

class byte_writer {
 public:
  explicit byte_writer(std::string& out)
      : out_(out) {}
  /// LEB128: seven bits a byte.
  void number(std::uint64_t n) {
    for (; n >= 0x80; n >>= 7) out_ += static_cast<char>(n | 0x80);
    out_ += static_cast<char>(n);
  }
  /// Zigzag, so that small negative numbers stay small.
  void integer(std::int64_t n) {
    number((static_cast<std::uint64_t>(n) << 1) ^ static_cast<std::uint64_t>(n >> 63));
  }
  void text(std::string_view t) {
    number(t.size());
    out_ += t;
  }

 private:
  std::string& out_;
};

class byte_reader {
 public:
  explicit byte_reader(std::string_view in)
      : left_(in) {}
  bool ok() const { return ok_; }
  bool at_end() const { return left_.empty(); }
  std::string_view left() const { return left_; }

  std::uint64_t number() {
    std::uint64_t n = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      if (left_.empty()) break;
      const auto byte = static_cast<unsigned char>(left_.front());
      left_.remove_prefix(1);
      n |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
      if (byte < 0x80) return n;
    }
    return fail();
  }
  std::int64_t integer() {
    const std::uint64_t n = number();
    return static_cast<std::int64_t>(n >> 1) ^ -static_cast<std::int64_t>(n & 1);
  }
  std::string_view text() {
    const std::uint64_t size = number();
    if (size > left_.size()) return fail(), std::string_view();
    const auto t = left_.substr(0, static_cast<std::size_t>(size));
    left_.remove_prefix(t.size());
    return t;
  }

 private:
  std::uint64_t fail() {
    ok_ = false;
    left_ = {};
    return 0;
  }

  std::string_view left_;
  bool ok_ = true;
};

/// Bytes that rarely change, in as much memory as they need and a pointer to it.
class exact_bytes {
 public:
  exact_bytes() = default;
  explicit exact_bytes(std::string_view from) : block_(std::make_unique_for_overwrite<char[]>(head + from.size())) {
    const auto size = static_cast<std::uint32_t>(from.size());
    std::memcpy(block_.get(), &size, head);
    std::copy(from.begin(), from.end(), block_.get() + head);
  }
  exact_bytes(exact_bytes&&) noexcept = default;
  exact_bytes& operator=(exact_bytes&&) noexcept = default;
  exact_bytes(const exact_bytes& other) : exact_bytes(other.view()) {}
  exact_bytes& operator=(const exact_bytes& other) { return *this = exact_bytes(other); }

  std::size_t size() const {
    std::uint32_t size = 0;
    if (block_) std::memcpy(&size, block_.get(), head);
    return size;
  }
  std::string_view view() const { return block_ ? std::string_view(block_.get() + head, size()) : std::string_view(); }

 private:
  static constexpr std::size_t head = sizeof(std::uint32_t);
  std::unique_ptr<char[]> block_;
};

/// FNV-1a: tells damage, not malice.
inline std::uint32_t checksum(std::string_view bytes) {
  std::uint32_t sum = 2'166'136'261u;
  for (char c : bytes) sum = (sum ^ static_cast<unsigned char>(c)) * 16'777'619u;
  return sum;
}

} // namespace chainring::dialer
