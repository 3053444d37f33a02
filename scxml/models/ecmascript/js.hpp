// js.hpp: ownership for QuickJS values and atoms. Everything else of QuickJS is used as its header gives it.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include <quickjs/quickjs.h>

namespace chainring::scxml::ecmascript {

/// Owns one reference to a value. An exception marker (JS_EXCEPTION) is a value like any other here: ask
/// failed().
class owned {
 public:
  owned() = default;
  owned(JSContext* context, JSValue value) : context_(context), value_(value) {}
  owned(owned&& other) noexcept : context_(other.context_), value_(other.release()) {}
  owned& operator=(owned&& other) noexcept {
    if (this != &other) {
      reset();
      context_ = other.context_;
      value_ = other.release();
    }
    return *this;
  }
  ~owned() { reset(); }

  static owned copy(JSContext* context, JSValueConst value) { return {context, JS_DupValue(context, value)}; }

  JSValueConst get() const { return value_; }
  JSValue release() { return std::exchange(value_, JS_UNDEFINED); }
  bool failed() const { return JS_IsException(value_); }
  void reset() {
    if (context_) JS_FreeValue(context_, std::exchange(value_, JS_UNDEFINED));
  }

 private:
  JSContext* context_ = nullptr;
  JSValue value_ = JS_UNDEFINED;
};

/// Owns one reference to an atom.
class atom {
 public:
  atom() = default;
  atom(JSContext* context, JSAtom a) : context_(context), atom_(a) {}
  atom(JSContext* context, std::string_view text)
      : atom(context, JS_NewAtomLen(context, text.data(), text.size())) {}
  atom(atom&& other) noexcept : context_(other.context_), atom_(std::exchange(other.atom_, JS_ATOM_NULL)) {}
  atom& operator=(atom&& other) noexcept {
    std::swap(context_, other.context_);
    std::swap(atom_, other.atom_);
    return *this;
  }
  ~atom() {
    if (atom_ != JS_ATOM_NULL) JS_FreeAtom(context_, atom_);
  }
  JSAtom get() const { return atom_; }

 private:
  JSContext* context_ = nullptr;
  JSAtom atom_ = JS_ATOM_NULL;
};

/// The text of a string value as UTF-8 (lone surrogates come out as WTF-8); empty when memory ran out.
inline std::string text_of(JSContext* context, JSValueConst value) {
  std::size_t size = 0;
  const char* bytes = JS_ToCStringLen(context, &size, value);
  if (!bytes) {
    JS_FreeValue(context, JS_GetException(context));
    return {};
  }
  std::string text(bytes, size);
  JS_FreeCString(context, bytes);
  return text;
}

} // namespace chainring::scxml::ecmascript
