// restore.cpp: data from bytes that save() made and that may be damaged: nothing is believed that was not
// checked.
#include <vector>

#include "scxml/limits.hpp"
#include "scxml/models/ecmascript/dom.hpp"
#include "scxml/models/ecmascript/model.hpp"
#include "scxml/models/ecmascript/snapshot_format.hpp"

namespace chainring::scxml::ecmascript {
namespace {

class restorer {
 public:
  restorer(realm& r, model& m, JSValueConst data, std::string_view bytes)
      : realm_(r), model_(m), context_(r.context()), data_(data), in(bytes) {}

 private:
  realm& realm_;
  model& model_;
  JSContext* const context_;
  const JSValueConst data_;

 public:
  reader in;

  /// The properties of an object; false: the bytes are damaged, or an exception is pending.
  bool properties(JSValueConst holder, std::size_t depth) {
    const std::uint64_t count = in.count();
    for (std::uint64_t i = 0; i < count && !in.bad; ++i) {
      const atom name(context_, in.text());
      const int flags = in.byte() & JS_PROP_C_W_E;
      owned v = any(depth + 1);
      if (in.bad || v.failed()) return false;
      constexpr int all =
          JS_PROP_HAS_VALUE | JS_PROP_HAS_CONFIGURABLE | JS_PROP_HAS_WRITABLE | JS_PROP_HAS_ENUMERABLE;
      if (JS_DefineProperty(context_, holder, name.get(), v.get(), JS_UNDEFINED, JS_UNDEFINED,
                            all | flags | JS_PROP_THROW) < 0)
        return false;
    }
    return !in.bad;
  }

 private:
  owned damaged() {
    in.bad = true;
    return {};
  }

  owned text() {
    const std::string_view t = in.text();
    return {context_, JS_NewStringLen(context_, t.data(), t.size())};
  }

  owned any(std::size_t depth) {
    if (depth > limits::snapshot_depth_max + 2) return damaged();
    switch (static_cast<tag>(in.byte())) {
    case tag::undefined: return {context_, JS_UNDEFINED};
    case tag::null: return {context_, JS_NULL};
    case tag::no: return {context_, JS_FALSE};
    case tag::yes: return {context_, JS_TRUE};
    case tag::number: return {context_, JS_NewFloat64(context_, in.real())};
    case tag::text: return text();
    case tag::again: {
      const std::uint64_t number = in.size();
      return number < met_.size() ? owned::copy(context_, met_[number].get()) : damaged();
    }
    case tag::object: return object(depth);
    }
    return damaged();
  }

  owned object(std::size_t depth) {
    const std::size_t number = met_.size();
    met_.emplace_back();
    const auto k = static_cast<kind>(in.byte());
    if (k >= kind::count) return damaged();
    if (!make(k, number, depth) || in.bad || met_[number].failed())
      return met_[number].failed() ? take_exception(number) : damaged();
    const std::uint8_t traits = in.byte();
    owned made = owned::copy(context_, met_[number].get());
    if (!properties(made.get(), depth + 1)) return in.bad ? damaged() : owned(context_, JS_EXCEPTION);
    if (!(traits & is_extensible) && JS_PreventExtensions(context_, made.get()) < 0) return {context_, JS_EXCEPTION};
    if ((traits & length_is_fixed) &&
        JS_DefineProperty(context_, made.get(), atom(context_, "length").get(), JS_UNDEFINED, JS_UNDEFINED, JS_UNDEFINED,
                          JS_PROP_HAS_WRITABLE | JS_PROP_THROW) < 0)
      return {context_, JS_EXCEPTION};
    return made;
  }

  owned take_exception(std::size_t number) { return std::move(met_[number]); }

  /// Makes the object before what it holds, because that may lead back to it.
  bool make(kind k, std::size_t number, std::size_t depth) {
    const natives& known = realm_.known();
    const auto set = [&](JSValue v) { return met_[number] = owned(context_, v), !met_[number].failed(); };
    switch (k) {
    case kind::object: return set(JS_NewObject(context_));
    case kind::null_object: return set(JS_NewObjectProto(context_, JS_NULL));
    case kind::array: return set(JS_NewArray(context_)) && length(number);
    case kind::date: {
      JSValue time = JS_NewFloat64(context_, in.real());
      return set(JS_CallConstructor(context_, known.date.get(), 1, &time));
    }
    case kind::regexp: {
      const owned source = text(), flags = text();
      JSValueConst parts[] = {source.get(), flags.get()};
      return !in.bad && set(JS_CallConstructor(context_, known.regexp.get(), 2, parts));
    }
    case kind::map:
      return set(JS_CallConstructor(context_, known.map.get(), 0, nullptr)) && entries(number, 2, depth);
    case kind::set:
      return set(JS_CallConstructor(context_, known.set.get(), 0, nullptr)) && entries(number, 1, depth);
    case kind::error: return failure_object(number);
    case kind::boxed: return boxed(number, depth);
    case kind::node: return node(number);
    case kind::function: {
      const std::uint64_t n = in.size();
      if (n >> 32) return false;
      met_[number] = model_.declared_function_for(data_, static_cast<index>(n >> 16), n & 0xffff);
      return !met_[number].failed();
    }
    case kind::count: break;
    }
    return false;
  }

  bool length(std::size_t number) {
    const std::uint64_t n = in.size();
    if (n > UINT32_MAX) return false;
    return JS_SetPropertyStr(context_, met_[number].get(), "length",
                             JS_NewInt64(context_, static_cast<std::int64_t>(n))) >= 0;
  }

  bool entries(std::size_t number, int parts, std::size_t depth) {
    const owned to = owned::copy(context_, met_[number].get());
    const std::uint64_t count = in.count();
    for (std::uint64_t i = 0; i < count; ++i) {
      const owned first = any(depth + 1);
      const owned second = parts == 2 ? any(depth + 1) : owned();
      if (in.bad || first.failed() || second.failed()) return false;
      JSValueConst arguments[] = {first.get(), second.get()};
      const natives& known = realm_.known();
      const owned added(context_, JS_Call(context_, parts == 2 ? known.map_set.get() : known.set_add.get(),
                                          to.get(), parts, arguments));
      if (added.failed()) return false;
    }
    return true;
  }

  bool failure_object(std::size_t number) {
    const std::uint8_t which = in.byte();
    const auto& known = realm_.known().error_prototypes;
    if (which >= known.size()) return false;
    met_[number] = owned(context_, JS_NewError(context_));
    return !met_[number].failed() && JS_SetPrototype(context_, met_[number].get(), known[which].get()) >= 0;
  }

  bool boxed(std::size_t number, std::size_t depth) {
    const owned plain = any(depth + 1);
    if (in.bad || JS_IsObject(plain.get()) || JS_IsNull(plain.get()) || JS_IsUndefined(plain.get()))
      return false;
    JSValueConst argument = plain.get();
    met_[number] =
        owned(context_, JS_Call(context_, realm_.known().object_constructor.get(), JS_UNDEFINED, 1, &argument));
    return !met_[number].failed();
  }

  bool node(std::size_t number) {
    const std::uint64_t tree = in.size();
    if (tree > trees_.size()) return false;
    if (tree == trees_.size()) trees_.push_back(parse_xml(in.text()));
    const std::uint64_t place = in.size();
    if (in.bad || !trees_[tree] || place >= size_of(*trees_[tree])) return false;
    met_[number] = owned(context_, dom_object(realm_, {trees_[tree], static_cast<std::uint32_t>(place)}));
    return !met_[number].failed();
  }

  std::vector<owned> met_;
  std::vector<std::shared_ptr<const xml_tree>> trees_;
};

} // namespace

verdict model::restore(surroundings& s, std::string_view bytes) {
  if (verdict v = create(s); !v.ok()) return v;
  const verdict unreadable{failure::failed, "the saved data are damaged"};
  if (!bytes.starts_with(snapshot_magic) || bytes.size() > limits::snapshot_bytes_max * 2) return unreadable;
  verdict v;
  bool damaged = false;
  {
    evaluation running(*realm_, code_, s);
    if (!running.may_run()) return running.end(false);
    restorer work(*realm_, *this, data_object(s.self), bytes.substr(snapshot_magic.size()));
    const std::uint64_t randoms = work.in.size();
    const bool ok = work.properties(data_object(s.self), 0) && work.in.at_end();
    damaged = work.in.bad || (ok ? false : !JS_HasException(context())) || randoms > UINT32_MAX;
    if (damaged && JS_HasException(context())) JS_FreeValue(context(), JS_GetException(context()));
    auto counters = session_counters::of(s.self);
    counters.randoms_drawn = static_cast<std::uint32_t>(randoms);
    counters.store(s.self);
    v = running.end(ok || damaged);
  }
  if (v.ok() && !damaged) return v;
  create(s);
  return damaged ? unreadable : v;
}

} // namespace chainring::scxml::ecmascript
