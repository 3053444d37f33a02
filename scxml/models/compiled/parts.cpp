// parts.cpp: see parts.hpp.
#include "scxml/models/compiled/parts.hpp"

#include <algorithm>

#include "scxml/limits.hpp"
#include "scxml/models/compiled/text.hpp"

namespace chainring::scxml::compiled_model {
namespace {

/// Would a copy through QuickJS be the same? It puts names that are numbers first, and mends what is no UTF-8.
bool is_copied_unchanged(const value& v, std::size_t& bytes) {
  if (const auto* text = v.as<std::string>()) return (bytes += text->size()) <= limits::snapshot_bytes_max && is_utf8(*text);
  if (const auto* a = v.as<array>())
    return std::all_of(a->begin(), a->end(), [&](const value& one) { return is_copied_unchanged(one, bytes); });
  const auto* o = v.as<object>();
  return !o || std::all_of(o->members.begin(), o->members.end(), [&](const member& one) {
    const bool is_number = !one.first.empty() && one.first[0] >= '0' && one.first[0] <= '9';
    return !is_number && is_utf8(one.first) && is_copied_unchanged(one.second, bytes);
  });
}

} // namespace

bool to_value(const operand& o, value& out) {
  std::size_t bytes = 0;
  switch (o.kind) {
  case kind::undefined: out = undefined{}; break;
  case kind::null: out = scxml::null{}; break;
  case kind::boolean: out = o.truth; break;
  case kind::number: out = o.number; break;
  case kind::text: out = o.text(); break;
  case kind::part:
    if (!is_copied_unchanged(*o.part, bytes)) return false;
    out = *o.part;
    break;
  case kind::event: return false;
  }
  return true;
}

} // namespace chainring::scxml::compiled_model
