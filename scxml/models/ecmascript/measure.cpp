// measure.cpp: walks a session's data. Sizes are those of QuickJS, rounded up.
#include "scxml/models/ecmascript/measure.hpp"

#include <unordered_set>
#include <vector>

#include "scxml/models/ecmascript/values.hpp"

namespace chainring::scxml::ecmascript {
namespace {

constexpr std::size_t object_bytes = 160, property_bytes = 32, entry_bytes = 96, character_bytes = 2;

class walk {
 public:
  explicit walk(realm& r)
      : realm_(r), context_(r.context()),
        mark_(context_, JS_ValueToAtom(context_, r.known().script_mark.get())) {}

  std::optional<std::size_t> run(JSValueConst from, std::size_t enough) {
    meet(owned::copy(context_, from));
    while (!waiting_.empty() && is_known_ && bytes_ <= enough) {
      const owned object = std::move(waiting_.back());
      waiting_.pop_back();
      look_into(object.get());
    }
    return is_known_ ? std::optional(bytes_) : std::nullopt;
  }

 private:
  void meet(owned v) {
    if (JS_IsString(v.get())) {
      const owned length(context_, JS_GetPropertyStr(context_, v.get(), "length"));
      if (seen_.insert(JS_VALUE_GET_PTR(v.get())).second && JS_VALUE_GET_TAG(length.get()) == JS_TAG_INT)
        bytes_ += static_cast<std::size_t>(JS_VALUE_GET_INT(length.get())) * character_bytes;
    } else if (JS_IsObject(v.get()) && seen_.insert(JS_VALUE_GET_PTR(v.get())).second) {
      waiting_.push_back(std::move(v));
    }
  }

  bool can_look_into(JSValueConst v) const {
    const class_numbers& is = realm_.classes();
    const JSClassID k = JS_GetClassID(v);
    for (JSClassID plain :
         {is.object, is.array, is.date, is.regexp, is.map, is.set, is.error, is.number, is.string, is.boolean})
      if (k == plain) return true;
    owned mark;
    return JS_IsFunction(context_, v) && own_data(realm_, v, mark_.get(), mark);
  }

  void look_into(JSValueConst v) {
    bytes_ += object_bytes;
    if (!can_look_into(v)) return void(is_known_ = false);
    const natives& known = realm_.known();
    if (JS_GetClassID(v) == realm_.classes().map)
      entries(v, known.map_entries.get(), known.map_iterator_next.get());
    if (JS_GetClassID(v) == realm_.classes().set)
      entries(v, known.set_values.get(), known.set_iterator_next.get());
    properties(v);
    owned prototype(context_, JS_GetPrototype(context_, v));
    if (JS_IsObject(prototype.get()) && JS_IsExtensible(context_, prototype.get()) > 0)
      meet(std::move(prototype));
  }

  void entries(JSValueConst v, JSValueConst iterate, JSValueConst next) {
    const owned iterator(context_, JS_Call(context_, iterate, v, 0, nullptr));
    const atom done_name(context_, "done"), value_name(context_, "value");
    for (;;) {
      const owned step(context_, JS_Call(context_, next, iterator.get(), 0, nullptr));
      if (step.failed()) return unknown();
      owned done, entry;
      own_data(realm_, step.get(), done_name.get(), done);
      if (JS_VALUE_GET_BOOL(done.get())) return;
      own_data(realm_, step.get(), value_name.get(), entry);
      bytes_ += entry_bytes;
      meet(std::move(entry));
    }
  }

  void properties(JSValueConst v) {
    JSPropertyEnum* names = nullptr;
    std::uint32_t count = 0;
    if (JS_GetOwnPropertyNames(context_, &names, &count, v, JS_GPN_STRING_MASK | JS_GPN_SYMBOL_MASK) < 0)
      return unknown();
    bytes_ += count * property_bytes;
    for (std::uint32_t i = 0; i < count; ++i) {
      const atom name(context_, names[i].atom);
      owned part;
      if (!own_data(realm_, v, name.get(), part)) is_known_ = false; // an accessor is a closure
      meet(std::move(part));
    }
    js_free(context_, names);
  }

  void unknown() {
    JS_FreeValue(context_, JS_GetException(context_));
    is_known_ = false;
  }

  realm& realm_;
  JSContext* const context_;
  const atom mark_;
  std::size_t bytes_ = 0;
  bool is_known_ = true;
  std::vector<owned> waiting_;
  std::unordered_set<void*> seen_;
};

} // namespace

std::optional<std::size_t> reachable_bytes(realm& r, JSValueConst from, std::size_t enough) {
  return walk(r).run(from, enough);
}

} // namespace chainring::scxml::ecmascript
