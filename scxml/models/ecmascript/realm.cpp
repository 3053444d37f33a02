// realm.cpp: makes and ends a realm.
#include "scxml/models/ecmascript/realm.hpp"

#include <atomic>

#include "scxml/limits.hpp"
#include "scxml/models/ecmascript/install.hpp"

namespace chainring::scxml::ecmascript {

/// QuickJS loses objects on some ways out of a failed allocation, and JS_FreeRuntime aborts the process when it
/// finds any. What is left of such a runtime, mostly its names, is kept for good.
static void abandon(JSRuntime* runtime) {
  struct remains {
    JSRuntime* runtime;
    remains* next;
  };
  static std::atomic<remains*> all{nullptr};
  auto* const one = new remains{runtime, all.load()};
  while (!all.compare_exchange_weak(one->next, one)) {
  }
}

result<std::shared_ptr<realm>> realm::make() {
  std::shared_ptr<realm> made(new realm);
  if (!made->set_up())
    return error{"the ECMAScript engine could not be started", "", "give the process more memory"};
  return made;
}

bool realm::set_up() {
  heap_.opaque = this;
  heap_.past_deadline = [](void* self) { return static_cast<realm*>(self)->is_overdue(); };
  heap_.failing = [](void* self) { static_cast<realm*>(self)->protect_exception(); };
  runtime_ = JS_NewRuntime2(&counted_allocation, &heap_);
  if (!runtime_) return false;
  // Collections happen between evaluations, where their time and what they free are charged to nobody.
  JS_SetGCThreshold(runtime_, static_cast<std::size_t>(-1));
  JS_SetMaxStackSize(runtime_, limits::script_stack_bytes_max);
  JS_SetInterruptHandler(
      runtime_, [](JSRuntime*, void* self) { return static_cast<realm*>(self)->past_deadline() ? 1 : 0; },
      this);
  context_ = JS_NewContextRaw(runtime_);
  if (!context_) return false;
  JS_SetContextOpaque(context_, this);
  JS_AddIntrinsicBaseObjects(context_);
  JS_AddIntrinsicDate(context_);
  JS_AddIntrinsicEval(context_);
  JS_AddIntrinsicStringNormalize(context_);
  JS_AddIntrinsicRegExpCompiler(context_);
  JS_AddIntrinsicRegExp(context_);
  JS_AddIntrinsicJSON(context_);
  JS_AddIntrinsicMapSet(context_);
  // Promise itself is out of scripts' reach, but the syntax of asynchronous functions needs its classes.
  JS_AddIntrinsicPromise(context_);
  return find_natives(*this) && install_surface(*this) && install_system(*this) && install_dom(*this) &&
         wrap_builtins(*this) && harden(*this);
}

realm::~realm() {
  heap_.limit = SIZE_MAX;
  natives_ = {};
  protected_.clear();
  event_.object.reset();
  io_processors_.object.reset();
  if (context_) JS_FreeContext(context_);
  if (!runtime_) return;
  JS_RunGC(runtime_);
  heap_.ever_failed ? abandon(runtime_) : JS_FreeRuntime(runtime_);
}

bool realm::event_is_of(const surroundings& s) const {
  return s.event_number != 0 && event_.number == s.event_number && event_.data == s.self.data.pointer;
}

void realm::forget(const session& s) noexcept {
  if (event_.data == s.data.pointer) event_.object.reset();
  if (io_processors_.data == s.data.pointer) io_processors_.object.reset();
}

} // namespace chainring::scxml::ecmascript
