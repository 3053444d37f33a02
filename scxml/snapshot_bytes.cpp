// snapshot_bytes.cpp: values by their kind; events and sends field by field.
#include "scxml/snapshot_bytes.hpp"

#include <bit>
#include <utility>

#include "scxml/limits.hpp"

namespace chainring::scxml {

namespace {

enum class kind : std::uint8_t { undefined, null, no, yes, number, text, array, object, xml };

} // namespace

std::uint64_t snapshot_checksum(std::string_view bytes) {
  std::uint64_t hash = 0xcbf29ce484222325u;
  for (char c : bytes) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  return hash;
}

// -- writing ---------------------------------------------------------------------------------------------------------------

void snapshot_writer::put(const value& v) {
  const auto tag = [this](kind k) { number(static_cast<std::uint8_t>(k)); };
  if (v.is<undefined>()) tag(kind::undefined);
  else if (v.is<null>()) tag(kind::null);
  else if (const auto* flag = v.as<bool>()) tag(*flag ? kind::yes : kind::no);
  else if (const auto* d = v.as<double>()) tag(kind::number), number(std::bit_cast<std::uint64_t>(*d));
  else if (const auto* s = v.as<std::string>()) tag(kind::text), text(*s);
  else if (const auto* markup = v.as<xml>()) tag(kind::xml), text(markup->text);
  else if (const auto* list = v.as<array>()) {
    tag(kind::array), number(static_cast<std::uint32_t>(list->size()));
    for (const auto& one : *list) put(one);
  } else if (const auto* members = v.as<object>()) {
    tag(kind::object), number(static_cast<std::uint32_t>(members->members.size()));
    for (const auto& [name, one] : members->members) text(name), put(one);
  }
}

void snapshot_writer::put(const event& e) {
  number(static_cast<std::uint8_t>(e.type));
  for (const auto* field : {&e.name, &e.sendid, &e.origin, &e.origintype, &e.invokeid, &e.raw}) text(*field);
  put(e.data);
}

void snapshot_writer::put(const send_effect& send) {
  for (const auto* field : {&send.target, &send.type, &send.sendid}) text(*field);
  number(static_cast<std::uint8_t>(send.content));
  put(send.what);
}

std::string snapshot_writer::seal() && {
  number(snapshot_checksum(bytes_));
  return std::move(bytes_);
}

// -- reading ---------------------------------------------------------------------------------------------------------------

snapshot_reader snapshot_reader::open(std::string_view sealed) {
  constexpr std::size_t tail = sizeof(std::uint64_t);
  snapshot_reader nothing({});
  nothing.fail();
  if (sealed.size() < tail || sealed.size() > limits::snapshot_bytes_max) return nothing;
  std::uint64_t told = 0;
  snapshot_reader(sealed.substr(sealed.size() - tail)).number(told);
  sealed.remove_suffix(tail);
  return told == snapshot_checksum(sealed) ? snapshot_reader(sealed) : nothing;
}

bool snapshot_reader::text(std::string_view& s) {
  std::uint32_t size = 0;
  if (!number(size) || left_.size() < size) return fail();
  s = left_.substr(0, size);
  left_.remove_prefix(size);
  return true;
}

bool snapshot_reader::text(std::string& s) {
  std::string_view seen;
  if (!text(seen)) return false;
  s = seen;
  return true;
}

bool snapshot_reader::expect(std::string_view s) {
  if (!ok_ || !left_.starts_with(s)) return fail();
  left_.remove_prefix(s.size());
  return true;
}

bool snapshot_reader::get(value& v) { return get(v, 0); }

bool snapshot_reader::get(value& v, std::size_t depth) {
  std::uint8_t tag = 0;
  if (depth > limits::value_depth_max || !number(tag)) return fail();
  std::uint32_t count = 0;
  switch (static_cast<kind>(tag)) {
  case kind::undefined: v = {}; return true;
  case kind::null: v = null{}; return true;
  case kind::no: v = false; return true;
  case kind::yes: v = true; return true;
  case kind::number: {
    std::uint64_t bits = 0;
    if (!number(bits)) return false;
    v = std::bit_cast<double>(bits);
    return true;
  }
  case kind::text: {
    std::string s;
    if (!text(s)) return false;
    v = std::move(s);
    return true;
  }
  case kind::xml: {
    xml markup;
    if (!text(markup.text)) return false;
    v = std::move(markup);
    return true;
  }
  case kind::array: {
    array list;
    if (!number(count) || count > left_.size()) return fail(); // every item takes a byte or more
    for (; count > 0; --count)
      if (!get(list.emplace_back(), depth + 1)) return false;
    v = std::move(list);
    return true;
  }
  case kind::object: {
    object members;
    if (!number(count) || count > left_.size()) return fail();
    for (; count > 0; --count) {
      auto& [name, one] = members.members.emplace_back();
      if (!text(name) || !get(one, depth + 1)) return false;
    }
    v = std::move(members);
    return true;
  }
  }
  return fail();
}

bool snapshot_reader::get(event& e) {
  std::uint8_t type = 0;
  if (!number(type) || type > static_cast<std::uint8_t>(event_type::external)) return fail();
  e.type = static_cast<event_type>(type);
  for (auto* field : {&e.name, &e.sendid, &e.origin, &e.origintype, &e.invokeid, &e.raw})
    if (!text(*field)) return false;
  return get(e.data);
}

bool snapshot_reader::get(send_effect& send) {
  for (auto* field : {&send.target, &send.type, &send.sendid})
    if (!text(*field)) return false;
  std::uint8_t content = 0;
  if (!number(content) || content > 1) return fail();
  send.content = content == 1;
  return get(send.what);
}

} // namespace chainring::scxml
