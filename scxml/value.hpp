// value.hpp: data that crosses the border between engine and host: event data, send parameters, attribute values
// of actions. What lives inside a data model stays there in the model's own form.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace chainring::scxml {

class value;

struct undefined {
  friend bool operator==(undefined, undefined) { return true; }
};
struct null {
  friend bool operator==(null, null) { return true; }
};

/// XML content (SCXML 5.9.3, B.2.1): kept as text, shown to ECMAScript as a DOM node.
struct xml {
  std::string text;
  friend bool operator==(const xml&, const xml&) = default;
};

using array = std::vector<value>;
using member = std::pair<std::string, value>;

/// Members in insertion order, names unique (set() keeps them so).
struct object {
  std::vector<member> members;

  const value* find(std::string_view name) const;
  value& set(std::string_view name, value to);
  friend bool operator==(const object&, const object&);
};

/// A JSON value, `undefined`, or XML text.
class value {
 public:
  using content = std::variant<undefined, null, bool, double, std::string, array, object, xml>;

  value() = default;
  value(undefined) {}
  value(null) : content_(null{}) {}
  value(bool b) : content_(b) {}
  value(double d) : content_(d) {}
  value(int i) : content_(static_cast<double>(i)) {}
  value(long i) : content_(static_cast<double>(i)) {}
  value(long long i) : content_(static_cast<double>(i)) {}
  value(unsigned i) : content_(static_cast<double>(i)) {}
  value(unsigned long i) : content_(static_cast<double>(i)) {}
  value(std::string s) : content_(std::move(s)) {}
  value(std::string_view s) : content_(std::string(s)) {}
  value(const char* s) : content_(std::string(s)) {}
  value(array a) : content_(std::move(a)) {}
  value(object o) : content_(std::move(o)) {}
  value(xml x) : content_(std::move(x)) {}

  template <class T> bool is() const { return std::holds_alternative<T>(content_); }
  template <class T> const T* as() const { return std::get_if<T>(&content_); }
  template <class T> T* as() { return std::get_if<T>(&content_); }
  const content& get() const { return content_; }
  bool is_undefined() const { return is<undefined>(); }

  /// Member of an object, or nullptr.
  const value* find(std::string_view name) const;

  friend bool operator==(const value&, const value&);

 private:
  content content_;
};

/// JSON text (RFC 8259) → value, or false and `out` untouched. Depth is limited to 64, size by the caller.
bool from_json(std::string_view text, value& out);

/// value → JSON text. undefined becomes null inside arrays and is left out of objects; at the top it gives "null".
/// XML becomes a string. NaN and infinities become null.
std::string to_json(const value& v);

/// What ECMAScript's String() gives for the simple kinds; JSON for arrays and objects. For logs and loose input.
std::string to_text(const value& v);

} // namespace chainring::scxml
