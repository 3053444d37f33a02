// parameters.hpp: parameters of a statement in libpq's binary form: integers, texts, bytes, and arrays of them for unnest().
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace chainring::dialer::postgres {

/// What a parameter or the element of an array is. Integers are bigint always: the server narrows them.
enum class element : std::uint8_t { integer, text, bytes };

/// An array of one dimension, as array_recv reads it.
class array {
 public:
  explicit array(element kind);
  void add(std::int64_t value);
  void add(std::string_view text_or_bytes);
  void add_null();

  element kind() const { return kind_; }
  std::size_t size() const { return size_; }
  std::size_t bytes() const { return wire_.size(); }
  /// Its bytes, header included.
  std::string_view wire() const { return wire_; }

 private:
  void count_one();

  element kind_;
  std::size_t size_ = 0;
  std::string wire_;
};

/// Texts and arrays are not copied: they must live until the statement is queued.
class parameters {
 public:
  parameters() = default;
  parameters(parameters&&) = default; // a copy's views would be those of the other
  parameters& operator=(parameters&&) = default;
  template <class... Values>
  static parameters of(const Values&... values) {
    parameters all;
    (all.add(values), ...);
    return all;
  }
  void add(std::int64_t value);
  void add(std::string_view text);
  void add(const array& values);
  /// Null without one.
  void add(const std::optional<array>& integers);

  int count() const { return static_cast<int>(types_.size()); }
  const std::vector<unsigned>& types() const { return types_; } // object ids of the server's types
  std::vector<const char*> values() const;
  std::vector<int> lengths() const;

 private:
  std::vector<unsigned> types_;
  std::vector<std::string_view> values_;
  std::deque<std::string> integers_; // in network order
};

} // namespace chainring::dialer::postgres
