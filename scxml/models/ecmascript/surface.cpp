// surface.cpp: what scripts find in a realm. Code from text, promises and BigInt are taken away; Date and
// Math.random read the session's clock and seed.
#include <cmath>

#include "scxml/models/ecmascript/install.hpp"

namespace chainring::scxml::ecmascript {
namespace {

owned evaluate(JSContext* context, std::string_view text) {
  const std::string program(text);
  return {context, JS_Eval(context, program.c_str(), program.size(), "realm", JS_EVAL_TYPE_GLOBAL)};
}

constexpr const char* error_names[] = {"Error",       "EvalError", "RangeError", "ReferenceError",
                                       "SyntaxError", "TypeError", "URIError",   "InternalError",
                                       "AggregateError"}; // in snapshots by number

double now_ms(JSContext* context) {
  const surroundings* const s = realm::of(context).current();
  if (!s) return std::nan("");
  return s->world ? static_cast<double>(s->world->now_ms()) : 0;
}

/// Date(), new Date(…): the time of day comes from the host's clock.
JSValue make_date(JSContext* context, JSValueConst new_target, int argc, JSValueConst* argv) {
  const JSValueConst original = realm::of(context).known().date.get();
  JSValue now = JS_NewFloat64(context, now_ms(context));
  if (JS_IsUndefined(new_target)) { // a call gives text
    const owned date(context, JS_CallConstructor(context, original, 1, &now));
    return date.failed() ? JS_EXCEPTION : JS_ToString(context, date.get());
  }
  if (argc == 0) return JS_CallConstructor2(context, original, new_target, 1, &now);
  return JS_CallConstructor2(context, original, new_target, argc, argv);
}

JSValue date_now(JSContext* context, JSValueConst, int, JSValueConst*) {
  return JS_NewFloat64(context, now_ms(context));
}

/// Math.random(): the n-th draw of a session is a hash of its seed and n (splitmix64).
JSValue draw_random(JSContext* context, JSValueConst, int, JSValueConst*) {
  surroundings* const s = realm::of(context).current();
  if (!s) return JS_NewFloat64(context, 0.5);
  auto counters = session_counters::of(s->self);
  const std::uint64_t seed = s->world ? s->world->random_seed(s->self) : 0;
  std::uint64_t z = seed + 0x9e3779b97f4a7c15u * (std::uint64_t{counters.randoms_drawn} + 1);
  ++counters.randoms_drawn;
  counters.store(s->self);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  z ^= z >> 31;
  return JS_NewFloat64(context, static_cast<double>(z >> 11) * 0x1.0p-53);
}

JSValue no_code_from_text(JSContext* context, JSValueConst, int, JSValueConst*) {
  return JS_ThrowTypeError(context, "a treatment cannot make code from text");
}

bool replace_date(JSContext* context, JSValueConst global) {
  realm& r = realm::of(context);
  const JSValueConst original = r.known().date.get();
  const owned made(context, JS_NewCFunction2(context, make_date, "Date", 7, JS_CFUNC_constructor_or_func, 0));
  JS_SetConstructor(context, made.get(), r.known().date_prototype.get());
  for (const char* name : {"parse", "UTC"})
    JS_DefinePropertyValueStr(context, made.get(), name, JS_GetPropertyStr(context, original, name),
                              JS_PROP_CONFIGURABLE | JS_PROP_WRITABLE);
  JS_DefinePropertyValueStr(context, made.get(), "now", JS_NewCFunction(context, date_now, "now", 0),
                            JS_PROP_CONFIGURABLE | JS_PROP_WRITABLE);
  return JS_DefinePropertyValueStr(context, global, "Date", JS_DupValue(context, made.get()),
                                   JS_PROP_CONFIGURABLE | JS_PROP_WRITABLE) >= 0;
}

/// `f instanceof Function` stays; calling it does not.
bool replace_function(JSContext* context, JSValueConst global) {
  const JSValueConst prototype = realm::of(context).known().function_prototype.get();
  const owned made(
      context, JS_NewCFunction2(context, no_code_from_text, "Function", 1, JS_CFUNC_constructor_or_func, 0));
  JS_SetConstructor(context, made.get(), prototype);
  return JS_DefinePropertyValueStr(context, global, "Function", JS_DupValue(context, made.get()),
                                   JS_PROP_CONFIGURABLE | JS_PROP_WRITABLE) >= 0;
}

/// The constructors of generators and asynchronous functions are reachable only through their functions'
/// prototypes.
bool remove_hidden_constructors(JSContext* context) {
  const owned done = evaluate(
      context, "[function*(){}, async function(){}, async function*(){}].forEach(function (f) {"
               "  delete Object.getPrototypeOf(f).constructor; });"
               "delete Object.getPrototypeOf(async function(){}()).constructor;"
               "delete BigInt.prototype.constructor;"
               "delete globalThis.eval; delete globalThis.Promise; delete globalThis.BigInt;"
               "delete globalThis.WeakRef; delete globalThis.FinalizationRegistry;"
               "[Object, Number, String, RegExp].forEach(function (c) {"
               "  Object.getOwnPropertyNames(c).forEach(function (n) { if (n.startsWith('__')) delete c[n]; });"
               "  Object.getOwnPropertyNames(c.prototype).forEach(function (n) {"
               "    if (n === 'compile' || n === '__quote' || n === '__source' || n === '__flags') delete "
               "c.prototype[n]; }); });");
  if (done.failed()) JS_FreeValue(context, JS_GetException(context));
  return !done.failed();
}

} // namespace

const own_class_numbers& own_classes() {
  static const own_class_numbers numbers = [] {
    own_class_numbers made;
    JS_NewClassID(&made.dom_node);
    JS_NewClassID(&made.undeclared);
    return made;
  }();
  return numbers;
}

bool find_natives(realm& r) {
  JSContext* const context = r.context();
  bool ok = true;
  const auto keep = [&](owned& where, const char* text) {
    where = evaluate(context, text);
    ok = ok && !where.failed();
  };
  natives& n = r.known();
  keep(n.date, "Date");
  keep(n.date_prototype, "Date.prototype");
  keep(n.date_get_time, "Date.prototype.getTime");
  keep(n.number_value_of, "Number.prototype.valueOf");
  keep(n.string_value_of, "String.prototype.valueOf");
  keep(n.boolean_value_of, "Boolean.prototype.valueOf");
  keep(n.regexp, "RegExp");
  keep(n.regexp_prototype, "RegExp.prototype");
  keep(n.regexp_source, "Object.getOwnPropertyDescriptor(RegExp.prototype, 'source').get");
  keep(n.regexp_flags, "Object.getOwnPropertyDescriptor(RegExp.prototype, 'flags').get");
  keep(n.map, "Map");
  keep(n.map_prototype, "Map.prototype");
  keep(n.map_set, "Map.prototype.set");
  keep(n.map_entries, "Map.prototype.entries");
  keep(n.map_iterator_next, "Object.getPrototypeOf(new Map().entries()).next");
  keep(n.set, "Set");
  keep(n.set_prototype, "Set.prototype");
  keep(n.set_add, "Set.prototype.add");
  keep(n.set_values, "Set.prototype.values");
  keep(n.set_iterator_next, "Object.getPrototypeOf(new Set().values()).next");
  keep(n.number_prototype, "Number.prototype");
  keep(n.string_prototype, "String.prototype");
  keep(n.boolean_prototype, "Boolean.prototype");
  keep(n.object_constructor, "Object");
  keep(n.object_prototype, "Object.prototype");
  keep(n.array_prototype, "Array.prototype");
  keep(n.function_prototype, "Function.prototype");
  for (std::size_t i = 0; i < n.error_prototypes.size(); ++i) {
    const std::string text = std::string(error_names[i]) + ".prototype";
    keep(n.error_prototypes[i], text.c_str());
  }
  keep(n.script_mark, "Symbol('declared by a script')");
  keep(n.default_order, "(function (a, b) { a = '' + a; b = '' + b; return a < b ? -1 : a > b ? 1 : 0; })");
  const auto number_of = [&](JSClassID& where, const char* text) {
    owned sample;
    keep(sample, text);
    where = JS_GetClassID(sample.get());
  };
  class_numbers& c = r.classes();
  number_of(c.object, "({})");
  number_of(c.array, "[]");
  number_of(c.date, "new Date(0)");
  number_of(c.regexp, "/x/");
  number_of(c.map, "new Map()");
  number_of(c.set, "new Set()");
  number_of(c.error, "new Error()");
  number_of(c.number, "Object(1)");
  number_of(c.string, "Object('')");
  number_of(c.boolean, "Object(true)");
  return ok;
}

bool install_surface(realm& r) {
  JSContext* const context = r.context();
  const owned global(context, JS_GetGlobalObject(context));
  if (!remove_hidden_constructors(context)) return false;
  const owned math(context, JS_GetPropertyStr(context, global.get(), "Math"));
  return replace_date(context, global.get()) && replace_function(context, global.get()) &&
         JS_DefinePropertyValueStr(context, math.get(), "random",
                                   JS_NewCFunction(context, draw_random, "random", 0),
                                   JS_PROP_CONFIGURABLE | JS_PROP_WRITABLE) >= 0;
}

} // namespace chainring::scxml::ecmascript
