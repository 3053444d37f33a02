// value.cpp: objects by name, values as JSON and as text.
#include "scxml/value.hpp"

#include <cmath>

#include "scxml/number.hpp"
#include "scxml/short_text.hpp"

namespace chainring::scxml {

const value* object::find(std::string_view name) const {
  for (const member& m : members)
    if (same_text(m.first, name)) return &m.second;
  return nullptr;
}

value& object::set(std::string_view name, value to) {
  for (member& m : members)
    if (m.first == name) return m.second = std::move(to);
  return members.emplace_back(std::string(name), std::move(to)).second;
}

/// Order does not count: two objects are equal when the same names have equal values.
bool operator==(const object& a, const object& b) {
  if (a.members.size() != b.members.size()) return false;
  for (std::size_t i = 0; i < a.members.size(); ++i) {
    const auto& [name, v] = a.members[i];
    // Most objects that are compared were built in the same order.
    const value* other = b.members[i].first == name ? &b.members[i].second : b.find(name);
    if (!other || !(*other == v)) return false;
  }
  return true;
}

const value* value::find(std::string_view name) const {
  const object* o = as<object>();
  return o ? o->find(name) : nullptr;
}

bool operator==(const value& a, const value& b) { return a.content_ == b.content_; }

namespace {

void append_escape(std::string& out, unsigned char c) {
  static const char* const hex = "0123456789abcdef";
  switch (c) {
  case '"': out += "\\\""; break;
  case '\\': out += "\\\\"; break;
  case '\b': out += "\\b"; break;
  case '\f': out += "\\f"; break;
  case '\n': out += "\\n"; break;
  case '\r': out += "\\r"; break;
  case '\t': out += "\\t"; break;
  default:
    out += "\\u00";
    out += hex[c >> 4];
    out += hex[c & 15];
  }
}

void append_string(std::string& out, std::string_view s) {
  out += '"';
  std::size_t plain = 0; // start of the run that needs no escape
  for (std::size_t i = 0; i < s.size(); ++i) {
    const auto c = static_cast<unsigned char>(s[i]);
    if (c >= 0x20 && c != '"' && c != '\\') continue;
    out += s.substr(plain, i - plain);
    append_escape(out, c);
    plain = i + 1;
  }
  out += s.substr(plain);
  out += '"';
}

void append_json(std::string& out, const value& v);

void append_array(std::string& out, const array& a) {
  out += '[';
  bool first = true;
  for (const value& v : a) {
    if (!first) out += ',';
    first = false;
    append_json(out, v);
  }
  out += ']';
}

void append_object(std::string& out, const object& o) {
  out += '{';
  bool first = true;
  for (const auto& [name, v] : o.members) {
    if (v.is_undefined()) continue;
    if (!first) out += ',';
    first = false;
    append_string(out, name);
    out += ':';
    append_json(out, v);
  }
  out += '}';
}

void append_json(std::string& out, const value& v) {
  if (const auto* b = v.as<bool>()) {
    out += *b ? "true" : "false";
  } else if (const auto* d = v.as<double>()) {
    out += std::isfinite(*d) ? number_to_text(*d) : "null";
  } else if (const auto* s = v.as<std::string>()) {
    append_string(out, *s);
  } else if (const auto* a = v.as<array>()) {
    append_array(out, *a);
  } else if (const auto* o = v.as<object>()) {
    append_object(out, *o);
  } else if (const auto* x = v.as<xml>()) {
    append_string(out, x->text);
  } else {
    out += "null";
  }
}

} // namespace

std::string to_json(const value& v) {
  std::string out;
  append_json(out, v);
  return out;
}

std::string to_text(const value& v) {
  if (v.is_undefined()) return "undefined";
  if (const auto* d = v.as<double>()) return number_to_text(*d);
  if (const auto* s = v.as<std::string>()) return *s;
  if (const auto* x = v.as<xml>()) return x->text;
  return to_json(v);
}

} // namespace chainring::scxml
