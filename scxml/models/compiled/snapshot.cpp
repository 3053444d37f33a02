// snapshot.cpp: a session's slots as bytes: those that the QuickJS model would write for the same data
// (models/ecmascript/snapshot_format.hpp), so that either model restores what the other has saved.
#include "scxml/models/compiled/model.hpp"
#include "scxml/models/ecmascript/snapshot_format.hpp"

namespace chainring::scxml::compiled_model {
namespace {

using ecmascript::tag;

constexpr std::uint8_t plain_property = 7; // configurable, writable, enumerable: JS_PROP_C_W_E

void put(ecmascript::writer& to, const operand& o) {
  const auto mark = [&](tag t) { to.byte(static_cast<std::uint8_t>(t)); };
  switch (o.kind) {
  case kind::null: return mark(tag::null);
  case kind::boolean: return mark(o.truth ? tag::yes : tag::no);
  case kind::number: return mark(tag::number), to.real(o.number);
  case kind::text: return mark(tag::text), to.text(o.text());
  default: return mark(tag::undefined);
  }
}

/// A primitive value of well-formed text; false: it is something else, or damaged.
bool get(ecmascript::reader& from, operand& o) {
  switch (static_cast<tag>(from.byte())) {
  case tag::undefined: o = operand(); break;
  case tag::null: o = operand::null(); break;
  case tag::no: o = operand(false); break;
  case tag::yes: o = operand(true); break;
  case tag::number: o = operand(from.real()); break;
  case tag::text: return machine::text_operand(from.text(), o) && !from.bad;
  default: return false;
  }
  return !from.bad;
}

} // namespace

result<std::string> model::save(surroundings& s) {
  if (!s.self.data.pointer && !document_->data.empty())
    return error{"the session has no data", "", "save it between its start and its end"};
  ecmascript::writer out;
  out.bytes = ecmascript::snapshot_magic;
  out.size(0); // no random numbers were drawn
  out.size(document_->data.size());
  for (std::size_t i = 0; i < document_->data.size(); ++i) {
    out.text(document_->data[i].id);
    out.byte(plain_property);
    put(out, slots(s.self)[i].load());
  }
  return std::move(out.bytes);
}

bool model::restore_items(session& s, std::string_view bytes) {
  ecmascript::reader in(bytes);
  if (in.size() != 0) return false; // random numbers drawn are counted by QuickJS only
  if (in.count() != document_->data.size()) return false;
  for (std::size_t i = 0; i < document_->data.size(); ++i) {
    operand o;
    if (in.text() != document_->data[i].id || in.byte() != plain_property || !get(in, o)) return false;
    slot& to = slots(s)[i];
    to.store(o);
    s.data.bits += to.bytes();
  }
  return in.at_end();
}

/// What is not as save() writes it is QuickJS's to judge: an older version's, or damaged.
verdict model::restore(surroundings& s, std::string_view bytes) {
  create(s);
  const bool known = bytes.starts_with(ecmascript::snapshot_magic);
  if (known && restore_items(s.self, bytes.substr(ecmascript::snapshot_magic.size()))) return {};
  return hand_over(s, bytes);
}

} // namespace chainring::scxml::compiled_model
