// values.cpp: values in, values out.
#include "scxml/models/ecmascript/values.hpp"

#include <chrono>
#include <cmath>
#include <cstdlib>

#include "scxml/limits.hpp"
#include "scxml/models/ecmascript/dom.hpp"

namespace chainring::scxml::ecmascript {
namespace {

struct inward {
  realm& r;
  JSContext* const context;
  std::size_t nodes = 0;

  JSValue convert(const value& v, std::size_t depth) {
    if (depth > limits::value_depth_max) return JS_ThrowRangeError(context, "data are nested too deeply");
    if (++nodes > limits::value_nodes_max) return JS_ThrowRangeError(context, "data have too many parts");
    if (v.is<undefined>()) return JS_UNDEFINED;
    if (v.is<null>()) return JS_NULL;
    if (const auto* b = v.as<bool>()) return JS_NewBool(context, *b);
    if (const auto* d = v.as<double>()) return JS_NewFloat64(context, *d);
    if (const auto* s = v.as<std::string>()) return JS_NewStringLen(context, s->data(), s->size());
    if (const auto* x = v.as<xml>()) return dom_from_text(r, x->text);
    if (const auto* a = v.as<array>()) return list(*a, depth);
    return members(*v.as<object>(), depth);
  }

  JSValue list(const array& a, std::size_t depth) {
    owned made(context, JS_NewArray(context));
    if (made.failed()) return JS_EXCEPTION;
    for (std::uint32_t i = 0; i < a.size(); ++i) {
      JSValue element = convert(a[i], depth + 1);
      if (JS_IsException(element) ||
          JS_DefinePropertyValueUint32(context, made.get(), i, element, JS_PROP_C_W_E) < 0)
        return JS_EXCEPTION;
    }
    return made.release();
  }

  JSValue members(const object& o, std::size_t depth) {
    owned made(context, JS_NewObject(context));
    if (made.failed()) return JS_EXCEPTION;
    for (const auto& [name, v] : o.members) {
      JSValue part = convert(v, depth + 1);
      if (JS_IsException(part)) return JS_EXCEPTION;
      const atom key(context, name);
      if (JS_DefinePropertyValue(context, made.get(), key.get(), part, JS_PROP_C_W_E) < 0) return JS_EXCEPTION;
    }
    return made.release();
  }
};

struct outward {
  realm& r;
  JSContext* const context;
  std::size_t nodes = 0;
  std::size_t bytes = 0;

  bool refuse(const char* why) {
    JS_ThrowRangeError(context, "%s", why);
    return false;
  }

  bool convert(JSValueConst v, value& out, std::size_t depth) {
    if (depth > limits::value_depth_max) return refuse("the value is nested too deeply or contains itself");
    if (++nodes > limits::value_nodes_max) return refuse("the value has too many parts");
    if (JS_IsString(v)) return text(v, out);
    if (JS_IsNumber(v)) return out = number(v), true;
    if (JS_IsBool(v)) return out = JS_VALUE_GET_BOOL(v) != 0, true;
    if (JS_IsNull(v)) return out = null{}, true;
    if (JS_IsObject(v)) return parts(v, out, depth);
    return out = undefined{}, true;
  }

  double number(JSValueConst v) {
    return JS_VALUE_GET_TAG(v) == JS_TAG_INT ? JS_VALUE_GET_INT(v) : JS_VALUE_GET_FLOAT64(v);
  }

  bool text(JSValueConst v, value& out) {
    std::size_t size = 0;
    const char* from = JS_ToCStringLen(context, &size, v);
    if (!from) return false;
    bytes += size;
    if (bytes <= limits::snapshot_bytes_max) out = std::string_view(from, size);
    JS_FreeCString(context, from);
    return bytes <= limits::snapshot_bytes_max || refuse("the value is too large");
  }

  bool parts(JSValueConst v, value& out, std::size_t depth) {
    const class_numbers& classes = r.classes();
    const JSClassID kind = JS_GetClassID(v);
    if (kind == classes.array) return list(v, out, depth);
    if (kind == classes.date) return out = iso_text(time_of(r, v)), true;
    if (kind == classes.dom_node) return out = xml{dom_text(r, v)}, true;
    if (kind == classes.error) return failure_parts(v, out);
    if (kind == classes.number || kind == classes.string || kind == classes.boolean) return boxed(v, out);
    if (JS_IsFunction(context, v)) return out = undefined{}, true;
    return members(v, out, depth);
  }

  bool list(JSValueConst v, value& out, std::size_t depth) {
    const atom length_name(context, "length");
    owned length_value;
    own_data(r, v, length_name.get(), length_value);
    const double length = number(length_value.get());
    if (length > static_cast<double>(limits::value_nodes_max)) return refuse("the array is too long");
    array made(static_cast<std::size_t>(length));
    for (std::uint32_t i = 0; i < made.size(); ++i) {
      const atom key(context, JS_NewAtomUInt32(context, i));
      owned element;
      own_data(r, v, key.get(), element);
      if (!convert(element.get(), made[i], depth + 1)) return false;
    }
    out = std::move(made);
    return true;
  }

  bool members(JSValueConst v, value& out, std::size_t depth) {
    JSPropertyEnum* names = nullptr;
    std::uint32_t count = 0;
    if (JS_GetOwnPropertyNames(context, &names, &count, v, JS_GPN_STRING_MASK | JS_GPN_ENUM_ONLY) < 0)
      return false;
    object made;
    bool ok = true;
    for (std::uint32_t i = 0; i < count; ++i) {
      const atom key(context, names[i].atom);
      if (!ok) continue; // the rest of the atoms are still to be freed
      owned part;
      if (!own_data(r, v, key.get(), part)) continue;
      if (JS_IsFunction(context, part.get()) || JS_IsSymbol(part.get())) continue;
      value copy;
      ok = convert(part.get(), copy, depth + 1);
      const owned name(context, JS_AtomToString(context, key.get()));
      if (ok) made.members.emplace_back(text_of(context, name.get()), std::move(copy));
    }
    js_free(context, names);
    if (ok) out = std::move(made);
    return ok;
  }

  bool failure_parts(JSValueConst v, value& out) {
    object made;
    for (const char* name : {"name", "message"}) {
      // Names of errors stand on the prototypes, which are frozen unless the script made its own.
      const atom key(context, name);
      owned part(context, JS_GetProperty(context, v, key.get()));
      value copy;
      if (part.failed() || (JS_IsString(part.get()) && !text(part.get(), copy))) return false;
      made.set(name, std::move(copy));
    }
    out = std::move(made);
    return true;
  }

  bool boxed(JSValueConst v, value& out) {
    const atom name(context, "valueOf");
    owned plain;
    const JSClassID kind = JS_GetClassID(v);
    if (kind == r.classes().boolean)
      plain = owned(context, JS_Call(context, r.known().boolean_value_of.get(), v, 0, nullptr));
    else if (kind == r.classes().number)
      plain = owned(context, JS_Call(context, r.known().number_value_of.get(), v, 0, nullptr));
    else
      plain = owned(context, JS_Call(context, r.known().string_value_of.get(), v, 0, nullptr));
    return !plain.failed() && convert(plain.get(), out, 0);
  }

  /// Date.prototype.toISOString, or null as JSON has it for an invalid date.
  static value iso_text(double ms) {
    if (std::isnan(ms)) return null{};
    using namespace std::chrono;
    const sys_time<milliseconds> t{milliseconds(static_cast<std::int64_t>(ms))};
    const auto day = floor<days>(t);
    const year_month_day date{day};
    const hh_mm_ss time{t - day};
    const int year = static_cast<int>(date.year());
    const auto padded = [](long long n, std::size_t width) {
      std::string digits = std::to_string(n);
      return digits.size() < width ? std::string(width - digits.size(), '0') + digits : digits;
    };
    const std::string sign = year < 0 ? "-" : year > 9999 ? "+" : "";
    return sign + padded(std::abs(year), sign.empty() ? 4 : 6) + "-" + padded(unsigned{date.month()}, 2) + "-" +
           padded(unsigned{date.day()}, 2) + "T" + padded(time.hours().count(), 2) + ":" +
           padded(time.minutes().count(), 2) + ":" + padded(time.seconds().count(), 2) + "." +
           padded(time.subseconds().count(), 3) + "Z";
  }
};

} // namespace

JSValue to_js(realm& r, const value& v) { return inward{r, r.context()}.convert(v, 0); }

bool from_js(realm& r, JSValueConst v, value& out) { return outward{r, r.context()}.convert(v, out, 0); }

bool own_data(realm& r, JSValueConst object, JSAtom name, owned& out) {
  JSContext* const context = r.context();
  JSPropertyDescriptor found{};
  out.reset();
  if (JS_GetOwnProperty(context, &found, object, name) <= 0) return false;
  JS_FreeValue(context, found.getter);
  JS_FreeValue(context, found.setter);
  out = owned(context, found.value);
  return !(found.flags & JS_PROP_GETSET);
}

double time_of(realm& r, JSValueConst date) {
  const owned ms(r.context(), JS_Call(r.context(), r.known().date_get_time.get(), date, 0, nullptr));
  double out = std::nan("");
  if (JS_IsNumber(ms.get())) JS_ToFloat64(r.context(), &out, ms.get());
  return out;
}

} // namespace chainring::scxml::ecmascript
