// builtins.cpp: QuickJS asks its interrupt handler in loops and calls of scripts, never inside a built-in. So
// every built-in whose time grows with a length stands behind a function that caps the length
// (builtin_length_max) and asks for the deadline. Before the check all operands are made primitive, so that no
// code of the script can change them after it.
#include <algorithm>
#include <cstring>
#include <utility>
#include <vector>

#include "scxml/limits.hpp"
#include "scxml/models/ecmascript/install.hpp"
#include "scxml/models/ecmascript/values.hpp"

namespace chainring::scxml::ecmascript {
namespace {

constexpr std::size_t comparisons_max = std::size_t{1} << 23; // length of text × length of what is sought in it
constexpr std::size_t pattern_length_max = 4'096; // of regular expressions: compiling is quadratic at worst

/// What a guard does; the letters after it say how arguments are made primitive: s text, n number, o text
/// unless it is a regular expression.
enum guard {
  pass,
  list,
  search_list,
  sort_list,
  text,
  search_text,
  multiply_text,
  pad_text,
  argument,
  key,
  to_json
};

struct guarded {
  const char* holder; // an expression
  const char* names;  // separated by blanks
  guard kind;
  const char* arguments;
};

constexpr guarded table[] = {
    {"Object.getPrototypeOf([][Symbol.iterator]())", "next", pass, ""},
    {"Object.getPrototypeOf(''[Symbol.iterator]())", "next", pass, ""},
    {"Array.prototype",
     "with every some forEach map filter reduce reduceRight fill find findIndex findLast findLastIndex join "
     "toString "
     "toLocaleString shift unshift reverse toReversed slice splice toSpliced copyWithin",
     list, ""},
    {"Array.prototype", "indexOf lastIndexOf includes", search_list, ""},
    {"Array.prototype", "sort toSorted", sort_list, ""},
    {"String.prototype", "indexOf lastIndexOf includes", search_text, "sn"},
    {"String.prototype", "startsWith endsWith", text, "on"},
    {"String.prototype", "split replace replaceAll", search_text, "o"},
    {"String.prototype", "match matchAll search", text, "o"},
    {"String.prototype", "repeat", multiply_text, "n"},
    {"String.prototype", "padEnd padStart", pad_text, "ns"},
    {"String.prototype",
     "isWellFormed toWellFormed trim trimEnd trimRight trimStart trimLeft toLowerCase toUpperCase "
     "toLocaleLowerCase toLocaleUpperCase normalize "
     "substring substr slice anchor big blink bold fixed fontcolor fontsize italics link small strike sub sup",
     text, ""},
    {"String.prototype", "localeCompare", text, "s"},
    {"globalThis",
     "parseInt parseFloat decodeURI decodeURIComponent encodeURI encodeURIComponent escape unescape", argument,
     "s"},
    {"Number", "parseInt parseFloat", argument, "s"},
    {"JSON", "parse", argument, "s"},
    {"JSON", "stringify", to_json, ""},
    {"RegExp.prototype", "exec test", argument, "s"},
    {"Map.prototype", "get has set delete", key, ""},
    {"Set.prototype", "has add delete", key, ""},
    {"RegExp.prototype", "@match @matchAll @replace @search @split", argument, "s"},
};

JSValue too_long(JSContext* context) {
  return JS_ThrowRangeError(context, "longer than %d: built-in functions of a treatment take no more",
                            static_cast<int>(limits::builtin_length_max));
}

std::int64_t length_of_text(JSContext* context, JSValueConst v) {
  const owned length(context, JS_GetPropertyStr(context, v, "length"));
  return JS_VALUE_GET_TAG(length.get()) == JS_TAG_INT ? JS_VALUE_GET_INT(length.get()) : INT64_MAX;
}

/// The length of a list without running any code: that of an array or a string, or a data property; -1: an
/// exception.
std::int64_t length_of_list(JSContext* context, JSValueConst v) {
  if (JS_IsString(v)) return length_of_text(context, v);
  if (!JS_IsObject(v)) return 0;
  const atom name(context, "length");
  owned holder = owned::copy(context, v);
  for (int depth = 0; JS_IsObject(holder.get()) && depth < 64; ++depth) {
    JSPropertyDescriptor found{};
    const int has = JS_GetOwnProperty(context, &found, holder.get(), name.get());
    if (has < 0) return -1;
    const owned getter(context, found.getter), setter(context, found.setter), length(context, found.value);
    if (has > 0 && ((found.flags & JS_PROP_GETSET) || JS_IsObject(length.get()))) break;
    if (has > 0) {
      double n = 0;
      if (JS_ToFloat64(context, &n, length.get()) < 0) return -1;
      return n > 0 ? static_cast<std::int64_t>(std::min(n, 1e15)) : 0;
    }
    owned next(context, JS_GetPrototype(context, holder.get()));
    if (JS_IsNull(next.get())) return 0;
    holder = std::move(next);
  }
  JS_ThrowTypeError(context, "the length of a list must be a plain number");
  return -1;
}

/// The call under way: operands made primitive, and the function behind the guard.
struct call {
  JSContext* context;
  JSValueConst original;
  owned self;
  std::vector<owned> arguments;

  JSValue go() {
    std::vector<JSValueConst> plain;
    for (const owned& a : arguments) plain.push_back(a.get());
    return JS_Call(context, original, self.get(), static_cast<int>(plain.size()), plain.data());
  }
  /// False: an exception is pending.
  bool may(std::int64_t length, std::int64_t work) {
    if (length < 0) return false;
    if (length > static_cast<std::int64_t>(limits::builtin_length_max)) return too_long(context), false;
    return realm::of(context).may_work(static_cast<std::size_t>(work));
  }
  std::int64_t length_of(std::size_t i) const {
    return i < arguments.size() && JS_IsString(arguments[i].get()) ? length_of_text(context, arguments[i].get())
                                                                   : 0;
  }
};

bool make_primitive(call& c, const char* kinds) {
  for (std::size_t i = 0; i < c.arguments.size() && kinds[i]; ++i) {
    owned& a = c.arguments[i];
    if (kinds[i] == 'o' && JS_GetClassID(a.get()) == realm::of(c.context).classes().regexp) continue;
    if (kinds[i] == 'n') {
      double n = 0;
      if (JS_IsUndefined(a.get())) continue;
      if (JS_ToFloat64(c.context, &n, a.get()) < 0) return false;
      a = owned(c.context, JS_NewFloat64(c.context, n));
    } else if (!JS_IsUndefined(a.get())) {
      a = owned(c.context, JS_ToString(c.context, a.get()));
    }
    if (a.failed()) return a.release(), false;
    if (c.length_of(i) > static_cast<std::int64_t>(limits::builtin_length_max))
      return too_long(c.context), false;
  }
  return true;
}

bool check_search(call& c, std::int64_t length) {
  const std::int64_t sought = c.length_of(0);
  if (length > 0 && sought > static_cast<std::int64_t>(comparisons_max) / length)
    return too_long(c.context), false;
  return c.may(length, length + length * sought / 4);
}

JSValue guard_list(call& c, guard kind) {
  const std::int64_t length = length_of_list(c.context, c.self.get());
  if (kind == search_list) return check_search(c, length) ? c.go() : JS_EXCEPTION;
  if (!c.may(length, length * 16)) return JS_EXCEPTION;
  // Without an order of its own QuickJS would compare texts in one uninterrupted run.
  if (kind == sort_list && (c.arguments.empty() || JS_IsUndefined(c.arguments[0].get()))) {
    c.arguments.clear();
    c.arguments.push_back(owned::copy(c.context, realm::of(c.context).known().default_order.get()));
  }
  return c.go();
}

JSValue guard_text(call& c, guard kind, const char* kinds) {
  if (JS_IsNull(c.self.get()) || JS_IsUndefined(c.self.get())) return c.go(); // throws what it has to
  c.self = owned(c.context, JS_ToString(c.context, c.self.get()));
  if (c.self.failed()) return c.self.release();
  if (!make_primitive(c, kinds)) return JS_EXCEPTION;
  const std::int64_t length = length_of_text(c.context, c.self.get());
  double n = 0;
  if (kind == multiply_text || kind == pad_text) {
    if (!c.arguments.empty() && JS_ToFloat64(c.context, &n, c.arguments[0].get()) < 0) return JS_EXCEPTION;
    if ((kind == pad_text ? n : n * static_cast<double>(length)) >
        static_cast<double>(limits::builtin_length_max))
      return too_long(c.context);
  }
  const bool ok = kind == search_text ? check_search(c, length)
                                      : c.may(length, length * 8 + static_cast<std::int64_t>(std::max(n, 0.0)));
  return ok ? c.go() : JS_EXCEPTION;
}

JSValue itself(JSContext* context, JSValueConst, int, JSValueConst* argv) { return JS_DupValue(context, argv[1]); }

/// QuickJS asks for the deadline only when it calls something: so every member goes through a function that does nothing.
/// Where the second argument is a list of names, what is written is first made a tree of bounded size.
JSValue guard_to_json(call& c) {
  while (c.arguments.size() < 2) c.arguments.emplace_back(c.context, JS_UNDEFINED);
  if (JS_IsFunction(c.context, c.arguments[1].get())) return c.go();
  owned names = std::exchange(c.arguments[1], owned(c.context, JS_NewCFunction(c.context, itself, "", 2)));
  if (c.arguments[1].failed()) return JS_EXCEPTION;
  if (JS_GetClassID(names.get()) != realm::of(c.context).classes().array) return c.go();
  const std::int64_t count = length_of_list(c.context, names.get());
  if (!c.may(count, count * 16 + 1'000)) return JS_EXCEPTION;
  const owned all(c.context, c.go());
  if (!JS_IsString(all.get())) return JS_DupValue(c.context, all.get());
  const std::int64_t length = length_of_text(c.context, all.get());
  if (!c.may(length, length * 16)) return JS_EXCEPTION;
  const std::string text = text_of(c.context, all.get());
  c.arguments[0] = owned(c.context, JS_ParseJSON(c.context, text.c_str(), text.size(), "value"));
  if (c.arguments[0].failed()) return JS_EXCEPTION;
  c.arguments[1] = std::move(names);
  return c.go();
}

JSValue guard_call(JSContext* context, JSValueConst self, int argc, JSValueConst* argv, int which,
                   JSValue* data) {
  const guarded& entry = table[which];
  call c{context, data[0], owned::copy(context, self), {}};
  for (int i = 0; i < argc; ++i) c.arguments.push_back(owned::copy(context, argv[i]));
  switch (entry.kind) {
  case pass: return c.go();
  case list:
  case search_list:
  case sort_list: return guard_list(c, entry.kind);
  case argument:
    return make_primitive(c, entry.arguments) && c.may(c.length_of(0), c.length_of(0) * 16) ? c.go()
                                                                                            : JS_EXCEPTION;
  case key: { // is hashed, and compared
    const std::int64_t length = c.length_of(0);
    return c.may(length, length * 4) ? c.go() : JS_EXCEPTION;
  }
  case to_json: return guard_to_json(c);
  default: return guard_text(c, entry.kind, entry.arguments);
  }
}

/// Name and length as the original has them.
bool take_looks(JSContext* context, JSValueConst from, JSValueConst to) {
  for (const char* name : {"name", "length"}) {
    const atom key(context, name);
    if (JS_DefinePropertyValue(context, to, key.get(), JS_GetProperty(context, from, key.get()),
                               JS_PROP_CONFIGURABLE) < 0)
      return false;
  }
  return true;
}

bool guard_one(JSContext* context, JSValueConst holder, std::string_view name, int entry) {
  atom key(context, name);
  if (name[0] == '@') {
    const std::string symbol = "Symbol." + std::string(name.substr(1));
    const owned v(context, JS_Eval(context, symbol.c_str(), symbol.size(), "realm", JS_EVAL_TYPE_GLOBAL));
    key = atom(context, JS_ValueToAtom(context, v.get()));
  }
  const owned original(context, JS_GetProperty(context, holder, key.get()));
  if (!JS_IsFunction(context, original.get())) return false;
  JSValueConst data = original.get();
  const owned made(context, JS_NewCFunctionData(context, guard_call, 0, entry, 1, &data));
  return !made.failed() && take_looks(context, original.get(), made.get()) &&
         JS_DefinePropertyValue(context, holder, key.get(), JS_DupValue(context, made.get()),
                                JS_PROP_CONFIGURABLE | JS_PROP_WRITABLE) >= 0;
}

/// new RegExp(pattern, flags): only short patterns.
JSValue make_regexp(JSContext* context, JSValueConst new_target, int argc, JSValueConst* argv) {
  const JSValueConst original = realm::of(context).known().regexp.get();
  std::vector<owned> held;
  std::vector<JSValueConst> plain;
  for (int i = 0; i < argc; ++i) {
    const bool as_is = JS_IsObject(argv[i]) || JS_IsUndefined(argv[i]);
    held.emplace_back(context, as_is ? JS_DupValue(context, argv[i]) : JS_ToString(context, argv[i]));
    if (held.back().failed()) return held.back().release();
    if (!as_is && length_of_text(context, held.back().get()) > static_cast<std::int64_t>(pattern_length_max))
      return JS_ThrowRangeError(context, "a regular expression is longer than %d",
                                static_cast<int>(pattern_length_max));
    // An object that is no RegExp would be made text later, out of sight.
    if (JS_IsObject(argv[i]) && JS_GetClassID(argv[i]) != realm::of(context).classes().regexp)
      return JS_ThrowTypeError(context, "a regular expression is made from text or from another one");
    plain.push_back(held.back().get());
  }
  if (!realm::of(context).may_work(pattern_length_max)) return JS_EXCEPTION;
  if (JS_IsUndefined(new_target)) return JS_CallConstructor(context, original, argc, plain.data());
  return JS_CallConstructor2(context, original, new_target, argc, plain.data());
}

bool replace_regexp(JSContext* context) {
  const natives& n = realm::of(context).known();
  const owned made(context,
                   JS_NewCFunction2(context, make_regexp, "RegExp", 2, JS_CFUNC_constructor_or_func, 0));
  JS_SetConstructor(context, made.get(), n.regexp_prototype.get());
  const owned species(context, JS_Eval(context, "Symbol.species", 14, "realm", JS_EVAL_TYPE_GLOBAL));
  const atom key(context, JS_ValueToAtom(context, species.get()));
  JSPropertyDescriptor found{};
  if (JS_GetOwnProperty(context, &found, n.regexp.get(), key.get()) <= 0) return false;
  JS_FreeValue(context, found.value);
  JS_DefinePropertyGetSet(context, made.get(), key.get(), found.getter, found.setter, JS_PROP_CONFIGURABLE);
  const owned global(context, JS_GetGlobalObject(context));
  return JS_DefinePropertyValueStr(context, global.get(), "RegExp", JS_DupValue(context, made.get()),
                                   JS_PROP_CONFIGURABLE | JS_PROP_WRITABLE) >= 0;
}

// Built-ins that meet lengths on their way, which no check beforehand can know: as script, whose loops are
// interrupted.
constexpr const char* rewritten = R"js((function () {
  var is_array = Array.isArray, spreadable = Symbol.isConcatSpreadable, own = Object.prototype.hasOwnProperty;
  var call = Function.prototype.call.bind(Function.prototype.call), define = Object.defineProperty, text = String;
  function put(to, at, v) {
    define(to, at, {__proto__: null, value: v, writable: true, enumerable: true, configurable: true});
  }
  function each(list, f) {
    var length = list.length;
    for (var i = 0; i < length; i++) if (i in list) f(list[i], i);
    return length;
  }
  function flatten(from, depth, to) {
    each(from, function (v) { if (depth > 0 && is_array(v)) flatten(v, depth - 1, to); else put(to, to.length, v); });
    return to;
  }
  function install(holder, methods) {
    for (var name in methods)
      define(holder, name, {__proto__: null, value: methods[name], writable: true, configurable: true});
  }
  install(Array.prototype, {
    concat(...items) {
      var to = [], at = 0;
      items.unshift(Object(this));
      for (var n = 0; n < items.length; n++) {
        var item = items[n], spread = is_array(item);
        if (item !== null && (typeof item === 'object' || typeof item === 'function') && item[spreadable] !== undefined)
          spread = !!item[spreadable];
        if (spread) at += each(item, function (v, i) { put(to, at + i, v); });
        else put(to, at++, item);
      }
      to.length = at;
      return to;
    },
    flat(depth) { return flatten(Object(this), depth === undefined ? 1 : +depth || 0, []); },
    flatMap(f, self) {
      var to = [], list = Object(this);
      if (typeof f !== 'function') throw new TypeError('not a function');
      each(list, function (v, i) {
        var made = call(f, self, v, i, list);
        if (is_array(made)) flatten(made, 0, to); else put(to, to.length, made);
      });
      return to;
    }
  });
  delete Set.groupBy; // QuickJS has it, the language does not
  install(Map, {
    groupBy(items, f) {
      var to = new Map(), n = 0;
      if (typeof f !== 'function') throw new TypeError('not a function');
      for (var v of items) {
        var k = f(v, n++), list = to.get(k);
        if (list) put(list, list.length, v); else to.set(k, [v]);
      }
      return to;
    }
  });
  install(String, {
    raw(strings, ...values) {
      var parts = Object(strings).raw, length = +Object(parts).length || 0, to = '';
      for (var i = 0; i < length; i++) {
        to += text(parts[i]);
        if (i + 1 < length && i < values.length) to += text(values[i]);
      }
      return to;
    }
  });
}))js";

bool rewrite(JSContext* context) {
  const std::string program = std::string(rewritten) + "()";
  const owned done(context, JS_Eval(context, program.c_str(), program.size(), "realm", JS_EVAL_TYPE_GLOBAL));
  if (done.failed()) JS_FreeValue(context, JS_GetException(context));
  return !done.failed();
}

} // namespace

bool wrap_builtins(realm& r) {
  JSContext* const context = r.context();
  for (int entry = 0; entry < static_cast<int>(std::size(table)); ++entry) {
    const owned holder(context, JS_Eval(context, table[entry].holder, std::strlen(table[entry].holder), "realm",
                                        JS_EVAL_TYPE_GLOBAL));
    if (holder.failed()) return false;
    for (std::string_view names = table[entry].names; !names.empty();) {
      const std::size_t end = std::min(names.find(' '), names.size());
      if (!guard_one(context, holder.get(), names.substr(0, end), entry)) return false;
      names.remove_prefix(std::min(end + 1, names.size()));
    }
  }
  return rewrite(context) && replace_regexp(context);
}

} // namespace chainring::scxml::ecmascript
