// save.cpp: a session's data as bytes (snapshot_format.hpp). Runs no code of the script: what would need it,
// and what cannot be made again from the document, is refused by the name of the data item.
#include <unordered_map>

#include "scxml/limits.hpp"
#include "scxml/models/ecmascript/dom.hpp"
#include "scxml/models/ecmascript/model.hpp"
#include "scxml/models/ecmascript/snapshot_format.hpp"
#include "scxml/models/ecmascript/values.hpp"

namespace chainring::scxml::ecmascript {
namespace {

class saver {
 public:
  saver(realm& r, code& c) : realm_(r), context_(r.context()), code_(c) {}

  writer out;
  std::string problem; // of the value, for people

  bool data(JSValueConst object) { return root_ = object, properties(object, 0, true); }
  const std::string& item() const { return item_; }

 private:
  bool refuse(std::string why) {
    problem = std::move(why);
    return false;
  }

  bool any(JSValueConst v, std::size_t depth) {
    if (out.bytes.size() > limits::snapshot_bytes_max) return refuse("it is too large");
    if (depth > limits::snapshot_depth_max) return refuse("it is nested too deeply");
    if (JS_IsUndefined(v)) return mark(tag::undefined);
    if (JS_IsNull(v)) return mark(tag::null);
    if (JS_IsBool(v)) return mark(JS_VALUE_GET_BOOL(v) ? tag::yes : tag::no);
    if (JS_IsNumber(v)) {
      mark(tag::number);
      out.real(JS_VALUE_GET_TAG(v) == JS_TAG_INT ? JS_VALUE_GET_INT(v) : JS_VALUE_GET_FLOAT64(v));
      return true;
    }
    if (JS_IsString(v)) return mark(tag::text) && text(v);
    if (JS_IsObject(v)) return object(v, depth);
    return refuse("it is a symbol");
  }

  bool mark(tag t) { return out.byte(static_cast<std::uint8_t>(t)), true; }

  bool text(JSValueConst v) {
    std::size_t size = 0;
    const char* bytes = JS_ToCStringLen(context_, &size, v);
    if (!bytes) return JS_FreeValue(context_, JS_GetException(context_)), refuse("it is too large");
    out.text({bytes, size});
    JS_FreeCString(context_, bytes);
    return true;
  }

  bool object(JSValueConst v, std::size_t depth) {
    const auto [met, is_new] = numbers_.try_emplace(JS_VALUE_GET_PTR(v), numbers_.size());
    if (!is_new) return mark(tag::again), out.size(met->second), true;
    mark(tag::object);
    return payload(v, depth) && out_extensible(v) && properties(v, depth + 1, false);
  }

  bool begin(kind k, JSValueConst v, JSValueConst prototype) {
    out.byte(static_cast<std::uint8_t>(k));
    const owned has(context_, JS_GetPrototype(context_, v));
    if (JS_IsObject(prototype) && JS_VALUE_GET_PTR(has.get()) == JS_VALUE_GET_PTR(prototype) &&
        JS_IsObject(has.get()))
      return true;
    return refuse("it has a prototype of its own");
  }

  bool payload(JSValueConst v, std::size_t depth) {
    const class_numbers& is = realm_.classes();
    const natives& known = realm_.known();
    const JSClassID k = JS_GetClassID(v);
    if (k == is.object) return plain(v);
    if (k == is.array) return begin(kind::array, v, known.array_prototype.get()) && length(v);
    if (k == is.date)
      return begin(kind::date, v, known.date_prototype.get()) && (out.real(time_of(realm_, v)), true);
    if (k == is.regexp)
      return begin(kind::regexp, v, known.regexp_prototype.get()) && asked(known.regexp_source.get(), v) &&
             asked(known.regexp_flags.get(), v);
    if (k == is.map)
      return begin(kind::map, v, known.map_prototype.get()) &&
             entries(v, known.map_entries.get(), known.map_iterator_next.get(), true, depth);
    if (k == is.set)
      return begin(kind::set, v, known.set_prototype.get()) &&
             entries(v, known.set_values.get(), known.set_iterator_next.get(), false, depth);
    if (k == is.error) return failure_kind(v);
    if (k == is.number) return boxed(v, known.number_prototype.get(), known.number_value_of.get(), depth);
    if (k == is.string) return boxed(v, known.string_prototype.get(), known.string_value_of.get(), depth);
    if (k == is.boolean) return boxed(v, known.boolean_prototype.get(), known.boolean_value_of.get(), depth);
    if (k == is.dom_node) return node(v);
    if (JS_IsFunction(context_, v)) return function(v);
    return refuse("it is an object of a kind that cannot be saved");
  }

  bool plain(JSValueConst v) {
    const owned prototype(context_, JS_GetPrototype(context_, v));
    if (JS_IsNull(prototype.get())) return out.byte(static_cast<std::uint8_t>(kind::null_object)), true;
    return begin(kind::object, v, realm_.known().object_prototype.get());
  }

  bool length(JSValueConst v) {
    owned n;
    own_data(realm_, v, atom(context_, "length").get(), n);
    std::int64_t count = 0;
    JS_ToInt64(context_, &count, n.get());
    out.size(static_cast<std::uint64_t>(count));
    return true;
  }

  bool asked(JSValueConst getter, JSValueConst v) {
    const owned answer(context_, JS_Call(context_, getter, v, 0, nullptr));
    if (answer.failed()) return JS_FreeValue(context_, JS_GetException(context_)), refuse("it is too large");
    return text(answer.get());
  }

  bool entries(JSValueConst v, JSValueConst iterate, JSValueConst next, bool pairs, std::size_t depth) {
    const owned iterator(context_, JS_Call(context_, iterate, v, 0, nullptr));
    std::vector<owned> found;
    for (;;) {
      const owned step(context_, JS_Call(context_, next, iterator.get(), 0, nullptr));
      if (step.failed()) return JS_FreeValue(context_, JS_GetException(context_)), refuse("it is too large");
      owned done, entry;
      own_data(realm_, step.get(), atom(context_, "done").get(), done);
      if (JS_VALUE_GET_BOOL(done.get())) break;
      own_data(realm_, step.get(), atom(context_, "value").get(), entry);
      found.push_back(std::move(entry));
    }
    out.size(found.size());
    for (const owned& entry : found) {
      if (!pairs) {
        if (!any(entry.get(), depth + 1)) return false;
        continue;
      }
      for (std::uint32_t i = 0; i < 2; ++i) {
        owned half;
        own_data(realm_, entry.get(), atom(context_, JS_NewAtomUInt32(context_, i)).get(), half);
        if (!any(half.get(), depth + 1)) return false;
      }
    }
    return true;
  }

  bool failure_kind(JSValueConst v) {
    const owned prototype(context_, JS_GetPrototype(context_, v));
    const auto& known = realm_.known().error_prototypes;
    for (std::size_t i = 0; i < known.size(); ++i)
      if (JS_IsObject(prototype.get()) && JS_VALUE_GET_PTR(known[i].get()) == JS_VALUE_GET_PTR(prototype.get()))
        return out.byte(static_cast<std::uint8_t>(kind::error)), out.byte(static_cast<std::uint8_t>(i)), true;
    return refuse("it has a prototype of its own");
  }

  bool boxed(JSValueConst v, JSValueConst prototype, JSValueConst value_of, std::size_t depth) {
    const owned plain_value(context_, JS_Call(context_, value_of, v, 0, nullptr));
    return begin(kind::boxed, v, prototype) && any(plain_value.get(), depth + 1);
  }

  bool node(JSValueConst v) {
    const dom_place* const place = dom_of(realm_, v);
    out.byte(static_cast<std::uint8_t>(kind::node));
    const auto [met, is_new] = trees_.try_emplace(place->tree.get(), trees_.size());
    out.size(met->second);
    if (is_new) out.text(source_of(*place->tree));
    out.size(place->node);
    return true;
  }

  bool function(JSValueConst v) {
    owned number;
    const atom mark_name(context_, JS_ValueToAtom(context_, realm_.known().script_mark.get()));
    if (!own_data(realm_, v, mark_name.get(), number) || !JS_IsNumber(number.get()))
      return refuse("it is a function that no <script> declares at its top level");
    std::int64_t n = 0;
    JS_ToInt64(context_, &n, number.get());
    const auto script = static_cast<index>(n >> 16);
    if (script < code_.of().expressions.size() && code_.script(script).has_lexical_names)
      return refuse("it is a function of a script with let, const or class at its top level; use var");
    if (!has_plain_prototype(v)) return refuse("it is a function whose prototype was changed");
    if (!has_its_looks(v, script, static_cast<std::size_t>(n & 0xffff)))
      return refuse("it is a function whose name or length was changed");
    out.byte(static_cast<std::uint8_t>(kind::function));
    out.size(static_cast<std::uint64_t>(n));
    return true;
  }

  /// A function's own prototype object as it was made, or none (generators have one without properties).
  bool has_plain_prototype(JSValueConst f) {
    owned prototype;
    if (!own_data(realm_, f, atom(context_, "prototype").get(), prototype)) return true;
    JSPropertyEnum* names = nullptr;
    std::uint32_t count = 0;
    if (!JS_IsObject(prototype.get()) || JS_GetOwnPropertyNames(context_, &names, &count, prototype.get(),
                                                                JS_GPN_STRING_MASK | JS_GPN_SYMBOL_MASK) < 0)
      return false;
    const atom constructor(context_, "constructor");
    bool ok = count <= 1;
    for (std::uint32_t i = 0; i < count; ++i) {
      ok = ok && names[i].atom == constructor.get();
      JS_FreeAtom(context_, names[i].atom);
    }
    js_free(context_, names);
    return ok;
  }

  /// Name and length are as they would be again.
  bool has_its_looks(JSValueConst f, index script, std::size_t position) {
    const auto& functions = code_.script(script).functions;
    if (position >= functions.size()) return false;
    const owned fresh(context_, JS_Call(context_, functions[position].maker.function.get(), root_, 0, nullptr));
    if (fresh.failed()) return JS_FreeValue(context_, JS_GetException(context_)), false;
    for (const char* name : {"name", "length"}) {
      owned has, would_have;
      const atom key(context_, name);
      if (!own_data(realm_, f, key.get(), has) || !own_data(realm_, fresh.get(), key.get(), would_have)) return false;
      if (!JS_StrictEq(context_, has.get(), would_have.get())) return false;
    }
    return true;
  }

  bool out_extensible(JSValueConst v) {
    const int fixed = has_fixed_length(v) ? length_is_fixed : 0;
    return out.byte(static_cast<std::uint8_t>((JS_IsExtensible(context_, v) > 0 ? is_extensible : 0) | fixed)), true;
  }

  bool has_fixed_length(JSValueConst v) {
    JSPropertyDescriptor found{};
    if (JS_GetClassID(v) != realm_.classes().array ||
        JS_GetOwnProperty(context_, &found, v, atom(context_, "length").get()) <= 0)
      return false;
    JS_FreeValue(context_, found.value);
    return !(found.flags & JS_PROP_WRITABLE);
  }

  bool is_implied(JSValueConst holder, std::string_view name) const {
    const JSClassID k = JS_GetClassID(holder);
    if (k == realm_.classes().array) return name == "length";
    if (k == realm_.classes().string)
      return name == "length" || (!name.empty() && name[0] >= '0' && name[0] <= '9');
    return JS_IsFunction(context_, holder) && (name == "length" || name == "name" || name == "prototype");
  }

  bool properties(JSValueConst holder, std::size_t depth, bool is_data) {
    JSPropertyEnum* names = nullptr;
    std::uint32_t count = 0;
    if (JS_GetOwnPropertyNames(context_, &names, &count, holder, JS_GPN_STRING_MASK | JS_GPN_SYMBOL_MASK) < 0)
      return JS_FreeValue(context_, JS_GetException(context_)), refuse("it is too large");
    std::vector<atom> keys;
    for (std::uint32_t i = 0; i < count; ++i) keys.emplace_back(context_, names[i].atom);
    js_free(context_, names);
    std::vector<std::pair<const atom*, std::string>> kept;
    for (const atom& key : keys) {
      const owned name(context_, JS_AtomToValue(context_, key.get()));
      if (JS_IsSymbol(name.get())) {
        const atom mark_name(context_, JS_ValueToAtom(context_, realm_.known().script_mark.get()));
        if (key.get() == mark_name.get()) continue;
        return refuse("it has a property whose name is a symbol");
      }
      std::string text = text_of(context_, name.get());
      if (!is_implied(holder, text)) kept.emplace_back(&key, std::move(text));
    }
    out.size(kept.size());
    for (const auto& [key, name] : kept) {
      if (is_data) item_ = name;
      if (!property(holder, key->get(), name, depth)) return false;
    }
    return true;
  }

  bool property(JSValueConst holder, JSAtom key, const std::string& name, std::size_t depth) {
    JSPropertyDescriptor found{};
    if (JS_GetOwnProperty(context_, &found, holder, key) <= 0) return refuse("it changed while it was saved");
    const owned v(context_, found.value), getter(context_, found.getter), setter(context_, found.setter);
    if (found.flags & JS_PROP_GETSET) return refuse("it has a getter or setter");
    out.text(name);
    out.byte(static_cast<std::uint8_t>(found.flags & JS_PROP_C_W_E));
    return any(v.get(), depth + 1);
  }

  realm& realm_;
  JSContext* const context_;
  code& code_;
  JSValueConst root_ = JS_UNDEFINED;
  std::string item_;
  std::unordered_map<void*, std::size_t> numbers_;
  std::unordered_map<const xml_tree*, std::size_t> trees_;
};

} // namespace

result<std::string> model::save(surroundings& s) {
  if (!s.self.data.pointer)
    return error{"the session has no data", "", "save it between its start and its end"};
  evaluation running(*realm_, code_, s);
  saver work(*realm_, code_);
  work.out.bytes = snapshot_magic;
  work.out.size(session_counters::of(s.self).randoms_drawn);
  const bool ok = running.may_run() && work.data(data_object(s.self));
  const verdict v = running.end(true);
  if (!v.ok() && v.why != failure::out_of_memory)
    return error{"the data cannot be saved: " + v.message, "", "keep less data"};
  if (ok) return std::move(work.out.bytes);
  return error{"the data cannot be saved: " + work.problem, "data item '" + work.item() + "'",
               "keep plain values in data items, and functions at the top level of <script>"};
}

} // namespace chainring::scxml::ecmascript
