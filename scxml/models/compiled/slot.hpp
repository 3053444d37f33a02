// slot.hpp: where a data item's value lives between two steps: sixteen bytes, short texts inside.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "scxml/models/compiled/program.hpp"
#include "scxml/short_text.hpp"

namespace chainring::scxml::compiled_model {

/// A primitive value. Texts of up to fifteen bytes (phone numbers, call results) need no memory of their own.
class slot {
 public:
  slot() = default;
  slot(const slot&) = delete;
  slot& operator=(const slot&) = delete;
  ~slot() { release(); }

  operand load() const {
    if (kind() == number) return operand(get<double>()); // these two are almost all
    if (kind() >= short_text) return operand(std::string_view(bytes_, static_cast<std::size_t>(kind() - short_text)));
    switch (kind()) {
    case null: return operand::null();
    case boolean: return operand(get<bool>());
    case long_text: return operand(std::string_view(get<long_form>().bytes, get<long_form>().size));
    default: return {};
    }
  }

  /// Takes a copy; `o` may be this slot's own text. Parts and events cannot be kept: false, and nothing changes.
  bool store(const operand& o) {
    switch (o.kind) {
    case kind::number: put(number, o.number); break;
    case kind::text: store_text(o.text()); break;
    case kind::boolean: put(boolean, o.truth); break;
    case kind::undefined: become(undefined); break;
    case kind::null: become(null); break;
    default: return false;
    }
    return true;
  }

  /// Numbers and short texts.
  static bool has_room_for(const operand& o) {
    return o.kind == kind::number || (o.kind == kind::text && o.size <= short_bytes_max);
  }
  /// As store(), when neither what is here nor `o` has memory of its own: most values. False: nothing changes.
  bool store_inside(const operand& o) {
    if (kind() == long_text) return false;
    if (o.kind == kind::number) {
      put_number(o.number);
    } else if (o.kind == kind::text && o.size <= short_bytes_max) {
      copy_short_text(o.text(), bytes_); // may stand in this slot
      bytes_[short_bytes_max] = static_cast<char>(short_text + o.size);
    } else {
      return false;
    }
    return true;
  }

  /// Stores what `from` and `n` amount to, when that has a number and this slot no memory of its own. False: nothing changes.
  bool store_sum(const slot& from, double n) {
    if (from.kind() != number || kind() == long_text) return false;
    put_number(from.get<double>() + n);
    return true;
  }

  /// Of memory besides the slot itself.
  std::size_t bytes() const { return kind() == long_text ? get<long_form>().size : 0; }

 private:
  // The last byte. Short texts: their length is added to it.
  enum tag : std::uint8_t { undefined, null, boolean, number, long_text, short_text };
  static constexpr std::size_t short_bytes_max = 15;
  struct long_form {
    char* bytes;
    std::uint32_t size;
  };

  std::uint8_t kind() const { return static_cast<std::uint8_t>(bytes_[short_bytes_max]); }
  template <class T> T get() const {
    T out;
    std::copy_n(bytes_, sizeof out, reinterpret_cast<char*>(&out));
    return out;
  }
  template <class T> void put(tag k, T what) {
    become(k);
    std::copy_n(reinterpret_cast<const char*>(&what), sizeof what, bytes_);
  }
  /// Where nothing has memory of its own.
  void put_number(double n) {
    std::copy_n(reinterpret_cast<const char*>(&n), sizeof n, bytes_);
    bytes_[short_bytes_max] = static_cast<char>(number);
  }
  void release() {
    if (kind() == long_text) delete[] get<long_form>().bytes;
  }
  void become(std::uint8_t k) {
    release();
    bytes_[short_bytes_max] = static_cast<char>(k);
  }

  void store_text(std::string_view text) {
    if (text.size() <= short_bytes_max) {
      char copy[short_bytes_max]; // the text may stand in this slot, or in what is given back
      std::copy_n(text.data(), text.size(), copy);
      become(static_cast<std::uint8_t>(short_text + text.size()));
      std::copy_n(copy, text.size(), bytes_);
      return;
    }
    char* const copy = new char[text.size()];
    std::copy_n(text.data(), text.size(), copy);
    become(long_text);
    put_long({copy, static_cast<std::uint32_t>(text.size())});
  }
  /// Not its last bytes, where the kind is.
  void put_long(const long_form& form) {
    std::copy_n(reinterpret_cast<const char*>(&form.bytes), sizeof form.bytes, bytes_);
    std::copy_n(reinterpret_cast<const char*>(&form.size), sizeof form.size, bytes_ + sizeof form.bytes);
  }

  alignas(8) char bytes_[short_bytes_max + 1] = {};
};
static_assert(sizeof(slot) == 16);

} // namespace chainring::scxml::compiled_model
