// snapshot_format.hpp: the bytes of saved ECMAScript data. A value is a tag and what belongs to it; numbers are
// little endian; objects are numbered in the order in which they are first met, and met again they are their
// number.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <string_view>

namespace chainring::scxml::ecmascript {

inline constexpr std::string_view snapshot_magic = "CRES1";

enum class tag : std::uint8_t { undefined, null, no, yes, number, text, again, object };

/// What an object is, and what follows: object and array nothing (an array its length), date a number, regexp
/// source and flags, map and set their entries, error its kind, boxed a primitive, node its document and
/// position, function the script and the position in it. Then come its traits (is_extensible, length_is_fixed) and its
/// properties: name, flags, value.
enum class kind : std::uint8_t {
  object,
  null_object,
  array,
  date,
  regexp,
  map,
  set,
  error,
  boxed,
  node,
  function,
  count
};

inline constexpr std::uint8_t is_extensible = 1, length_is_fixed = 2; // the latter of arrays that are frozen

class writer {
 public:
  std::string bytes;
  void byte(std::uint8_t b) { bytes.push_back(static_cast<char>(b)); }
  void number(std::uint64_t n) {
    for (int i = 0; i < 8; ++i) byte(static_cast<std::uint8_t>(n >> (8 * i)));
  }
  void size(std::uint64_t n) { // short for small numbers: seven bits a byte
    for (; n >= 0x80; n >>= 7) byte(static_cast<std::uint8_t>(n | 0x80));
    byte(static_cast<std::uint8_t>(n));
  }
  /// Scripts see one NaN only, whatever its bits.
  void real(double d) { number(std::bit_cast<std::uint64_t>(d == d ? d : std::numeric_limits<double>::quiet_NaN())); }
  void text(std::string_view t) {
    size(t.size());
    bytes += t;
  }
};

/// Reads never pass the end: `bad` is set instead, and everything read then is zero or empty.
class reader {
 public:
  explicit reader(std::string_view from) : rest_(from) {}
  bool bad = false;
  bool at_end() const { return rest_.empty(); }
  std::size_t left() const { return rest_.size(); }

  std::uint8_t byte() {
    if (rest_.empty()) return bad = true, 0;
    const auto b = static_cast<std::uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    return b;
  }
  std::uint64_t number() {
    std::uint64_t n = 0;
    for (int i = 0; i < 8; ++i) n |= std::uint64_t{byte()} << (8 * i);
    return n;
  }
  std::uint64_t size() {
    std::uint64_t n = 0;
    for (int shift = 0; shift < 63; shift += 7) {
      const std::uint8_t b = byte();
      n |= std::uint64_t{b & 0x7fu} << shift;
      if (b < 0x80) return n;
    }
    return bad = true, 0;
  }
  /// How many of something follow: at least one byte each.
  std::uint64_t count() {
    const std::uint64_t n = size();
    if (n > rest_.size()) return bad = true, 0;
    return n;
  }
  double real() { return std::bit_cast<double>(number()); }
  std::string_view text() {
    const std::uint64_t n = count();
    const std::string_view t = rest_.substr(0, n);
    rest_.remove_prefix(t.size());
    return t;
  }

 private:
  std::string_view rest_;
};

} // namespace chainring::scxml::ecmascript
