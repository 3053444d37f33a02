// snapshot_bytes.hpp: how snapshots write and read: numbers little-endian, text with its length, values and messages.
// Everything that is read may be damaged. Internal to the engine.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "scxml/effect.hpp"
#include "scxml/value.hpp"

namespace chainring::scxml {

/// FNV-1a: tells damage, not malice.
std::uint64_t snapshot_checksum(std::string_view bytes);

class snapshot_writer {
 public:
  template <class T> void number(T n) {
    for (std::size_t i = 0; i < sizeof(T); ++i) bytes_ += static_cast<char>(static_cast<std::uint64_t>(n) >> (8 * i));
  }
  void text(std::string_view s) {
    number(static_cast<std::uint32_t>(s.size()));
    bytes_ += s;
  }
  void raw(std::string_view s) { bytes_ += s; }
  void put(const value& v);
  void put(const event& e);
  void put(const send_effect& send);

  /// Everything, with its checksum.
  std::string seal() &&;

 private:
  std::string bytes_;
};

/// Every read is checked; after the first failure all others fail too.
class snapshot_reader {
 public:
  explicit snapshot_reader(std::string_view bytes) : left_(bytes) {}
  /// What seal() gave, without the checksum; nothing when that does not match, or when it is longer than
  /// limits::snapshot_bytes_max.
  static snapshot_reader open(std::string_view sealed);

  template <class T> bool number(T& n) {
    if (!ok_ || left_.size() < sizeof(T)) return fail();
    std::uint64_t all = 0;
    for (std::size_t i = 0; i < sizeof(T); ++i)
      all |= static_cast<std::uint64_t>(static_cast<unsigned char>(left_[i])) << (8 * i);
    n = static_cast<T>(all);
    left_.remove_prefix(sizeof(T));
    return true;
  }
  bool text(std::string_view& s);
  bool text(std::string& s);
  bool expect(std::string_view s);
  bool get(value& v);
  bool get(event& e);
  bool get(send_effect& send);
  bool ok() const { return ok_; }
  bool done() const { return ok_ && left_.empty(); }
  bool fail() { return ok_ = false; }

 private:
  bool get(value& v, std::size_t depth);

  std::string_view left_;
  bool ok_ = true;
};

} // namespace chainring::scxml
