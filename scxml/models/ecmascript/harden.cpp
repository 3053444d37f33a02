// harden.cpp: everything that scripts of one realm share is frozen. Where an object inherits a property of a
// frozen prototype, assigning to it would silently do nothing; so such properties become accessors that define
// on the receiver.
#include <unordered_set>
#include <vector>

#include "scxml/models/ecmascript/install.hpp"

namespace chainring::scxml::ecmascript {
namespace {

/// Things that no property of the global object leads to.
constexpr const char* hidden[] = {
    "[][Symbol.iterator]()",
    "''[Symbol.iterator]()",
    "''.matchAll(/x/g)",
    "new Map().entries()",
    "new Set().values()",
    "(function(){ return arguments; })()",
    "(function(){ 'use strict'; return arguments; })()",
    "(function*(){})",
    "(function*(){})()",
    "(async function(){})",
    "(async function(){})()",
    "(async function*(){})",
    "(async function*(){})()",
    "(function(){})",
    "(() => 0)",
    "(function(){}).bind()",
    "Object.getOwnPropertyDescriptor((function(){ 'use strict'; return arguments; })(), 'callee').get",
    "1n",
    "Symbol()",
};

JSValue read_overridable(JSContext* context, JSValueConst, int, JSValueConst*, int, JSValue* data) {
  return JS_DupValue(context, data[0]);
}

/// data: the prototype, the name. What an ordinary writable property of the prototype would have done.
JSValue define_on_receiver(JSContext* context, JSValueConst receiver, int, JSValueConst* argv, int,
                           JSValue* data) {
  if (!JS_IsObject(receiver) || JS_VALUE_GET_PTR(receiver) == JS_VALUE_GET_PTR(data[0]))
    return JS_ThrowTypeError(context, "built-in objects are frozen");
  const atom name(context, JS_ValueToAtom(context, data[1]));
  const int done = JS_DefinePropertyValue(context, receiver, name.get(), JS_DupValue(context, argv[0]),
                                          JS_PROP_C_W_E | JS_PROP_THROW);
  return done < 0 ? JS_EXCEPTION : JS_UNDEFINED;
}

class freezer {
 public:
  explicit freezer(JSContext* context) : context_(context) {}

  bool run() {
    const owned global(context_, JS_GetGlobalObject(context_));
    global_ = JS_VALUE_GET_PTR(global.get());
    reach(global.get());
    for (const char* text : hidden) {
      const owned sample(context_, JS_Eval(context_, text, std::char_traits<char>::length(text), "realm",
                                           JS_EVAL_TYPE_GLOBAL));
      if (sample.failed()) return drop_exception();
      reach_prototype(owned(context_, JS_GetPrototype(context_, sample.get())).get());
      reach(sample.get());
    }
    prototype_name_ = atom(context_, "prototype");
    for (std::size_t next = 0; next < found_.size(); ++next)
      if (!look_at(found_[next].get())) return drop_exception();
    for (const owned& object : found_)
      if (JS_VALUE_GET_PTR(object.get()) != global_ && !freeze(object.get())) return drop_exception();
    return true;
  }

 private:
  bool drop_exception() {
    JS_FreeValue(context_, JS_GetException(context_));
    return false;
  }

  void reach(JSValueConst v) {
    if (JS_IsObject(v) && seen_.insert(JS_VALUE_GET_PTR(v)).second) found_.push_back(owned::copy(context_, v));
  }

  void reach_prototype(JSValueConst v) {
    if (!JS_IsObject(v)) return;
    prototypes_.insert(JS_VALUE_GET_PTR(v));
    reach(v);
  }

  template <class F> bool each_property(JSValueConst object, F&& visit) {
    JSPropertyEnum* names = nullptr;
    std::uint32_t count = 0;
    if (JS_GetOwnPropertyNames(context_, &names, &count, object, JS_GPN_STRING_MASK | JS_GPN_SYMBOL_MASK) < 0)
      return false;
    bool ok = true;
    for (std::uint32_t i = 0; i < count; ++i) {
      const atom name(context_, names[i].atom);
      JSPropertyDescriptor found{};
      if (!ok || JS_GetOwnProperty(context_, &found, object, name.get()) <= 0) continue;
      const owned v(context_, found.value), getter(context_, found.getter), setter(context_, found.setter);
      ok = visit(name.get(), found.flags, v.get(), getter.get(), setter.get());
    }
    js_free(context_, names);
    return ok;
  }

  bool look_at(JSValueConst object) {
    reach_prototype(owned(context_, JS_GetPrototype(context_, object)).get());
    return each_property(object,
                         [&](JSAtom name, int, JSValueConst v, JSValueConst getter, JSValueConst setter) {
                           name == prototype_name_.get() ? reach_prototype(v) : reach(v);
                           reach(getter);
                           reach(setter);
                           return true;
                         });
  }

  bool freeze(JSValueConst object) {
    // Constructors are inherited from too, by classes that extend them, but those define their static members.
    const bool is_inherited = prototypes_.contains(JS_VALUE_GET_PTR(object)) &&
                              (!JS_IsFunction(context_, object) || is_function_prototype(object));
    const bool ok = each_property(object, [&](JSAtom name, int flags, JSValueConst v, JSValueConst,
                                              JSValueConst) {
      constexpr int replaceable = JS_PROP_WRITABLE | JS_PROP_CONFIGURABLE;
      if (is_inherited && !(flags & JS_PROP_GETSET) && (flags & replaceable) == replaceable)
        return make_overridable(object, name, flags, v);
      const int fixed =
          flags & JS_PROP_GETSET ? JS_PROP_HAS_CONFIGURABLE : JS_PROP_HAS_CONFIGURABLE | JS_PROP_HAS_WRITABLE;
      return JS_DefineProperty(context_, object, name, JS_UNDEFINED, JS_UNDEFINED, JS_UNDEFINED, fixed) >= 0;
    });
    return ok && JS_PreventExtensions(context_, object) >= 0;
  }

  bool is_function_prototype(JSValueConst v) const {
    return JS_VALUE_GET_PTR(v) == JS_VALUE_GET_PTR(realm::of(context_).known().function_prototype.get());
  }

  bool make_overridable(JSValueConst object, JSAtom name, int flags, JSValueConst v) {
    const owned key(context_, JS_AtomToValue(context_, name));
    JSValueConst setter_data[] = {object, key.get()};
    const owned getter(context_, JS_NewCFunctionData(context_, read_overridable, 0, 0, 1, &v));
    const owned setter(context_, JS_NewCFunctionData(context_, define_on_receiver, 1, 0, 2, setter_data));
    if (getter.failed() || setter.failed() || !freeze(getter.get()) || !freeze(setter.get())) return false;
    return JS_DefineProperty(context_, object, name, JS_UNDEFINED, getter.get(), setter.get(),
                             JS_PROP_HAS_GET | JS_PROP_HAS_SET | JS_PROP_HAS_CONFIGURABLE |
                                 JS_PROP_HAS_ENUMERABLE | (flags & JS_PROP_ENUMERABLE)) >= 0;
  }

  JSContext* const context_;
  void* global_ = nullptr;
  std::vector<owned> found_;
  std::unordered_set<void*> seen_, prototypes_;
  atom prototype_name_;
};

int refuse_undeclared(JSContext* context, JSValueConst, JSAtom name, JSValueConst, JSValueConst, int) {
  const owned text(context, JS_AtomToString(context, name));
  JS_ThrowReferenceError(context, "'%s' is not declared", text_of(context, text.get()).c_str());
  return -1;
}

/// The global object gets a prototype that makes an error of every assignment that reaches it.
bool close_global(realm& r) {
  JSContext* const context = r.context();
  static JSClassExoticMethods methods = [] {
    JSClassExoticMethods made{};
    made.set_property = refuse_undeclared;
    return made;
  }();
  JSClassDef definition{};
  definition.class_name = "Undeclared";
  definition.exotic = &methods;
  r.classes().undeclared = own_classes().undeclared;
  if (JS_NewClass(r.runtime(), r.classes().undeclared, &definition) < 0) return false;
  const owned guard(context,
                    JS_NewObjectProtoClass(context, r.known().object_prototype.get(), r.classes().undeclared));
  const owned global(context, JS_GetGlobalObject(context));
  return !guard.failed() && JS_PreventExtensions(context, guard.get()) >= 0 &&
         JS_SetPrototype(context, global.get(), guard.get()) >= 0;
}

bool freeze_global(JSContext* context) {
  const owned frozen(context, JS_Eval(context, "Object.freeze(globalThis)", 25, "realm", JS_EVAL_TYPE_GLOBAL));
  if (frozen.failed()) JS_FreeValue(context, JS_GetException(context));
  return !frozen.failed();
}

} // namespace

bool harden(realm& r) { return freezer(r.context()).run() && close_global(r) && freeze_global(r.context()); }

} // namespace chainring::scxml::ecmascript
