// result.hpp: how every layer reports what went wrong. Errors are values; exceptions stop at the wrapper of the library
// that threw them.
#pragma once

#include <cassert>
#include <string>
#include <utility>
#include <variant>

namespace chainring {

/// One complaint: what is wrong, where (file:line:column, a row, a URI, a configuration key), and how to mend it.
/// Each part is one line without a trailing full stop.
struct error {
  std::string what;
  std::string where;
  std::string mend;
};

/// "WHAT: WHERE: HOW TO MEND", empty parts left out, control characters replaced: always one line.
std::string to_line(const error& problem);

/// A T, or the reason why there is none.
template <class T>
class [[nodiscard]] result {
 public:
  result(T value) : content_(std::in_place_index<0>, std::move(value)) {}
  result(chainring::error problem) : content_(std::in_place_index<1>, std::move(problem)) {}

  explicit operator bool() const noexcept { return content_.index() == 0; }
  bool ok() const noexcept { return content_.index() == 0; }

  T& operator*() & { return assert(ok()), *std::get_if<0>(&content_); }
  const T& operator*() const& { return assert(ok()), *std::get_if<0>(&content_); }
  T&& operator*() && { return assert(ok()), std::move(*std::get_if<0>(&content_)); }
  T* operator->() { return &**this; }
  const T* operator->() const { return &**this; }

  const chainring::error& error() const& { return assert(!ok()), *std::get_if<1>(&content_); }
  chainring::error&& error() && { return assert(!ok()), std::move(*std::get_if<1>(&content_)); }

 private:
  std::variant<T, chainring::error> content_;
};

template <>
class [[nodiscard]] result<void> {
 public:
  result() = default;
  result(chainring::error problem) : content_(std::move(problem)), ok_(false) {}

  explicit operator bool() const noexcept { return ok_; }
  bool ok() const noexcept { return ok_; }
  const chainring::error& error() const& { return assert(!ok_), content_; }
  chainring::error&& error() && { return assert(!ok_), std::move(content_); }

 private:
  chainring::error content_;
  bool ok_ = true;
};

} // namespace chainring
