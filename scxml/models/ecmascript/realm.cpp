// realm.cpp: makes and ends a realm.
#include "scxml/models/ecmascript/realm.hpp"

#include <atomic>
#include <utility>

#include "scxml/limits.hpp"
#include "scxml/models/ecmascript/install.hpp"

namespace chainring::scxml::ecmascript {

/// Should QuickJS lose objects on its way out of a refused allocation, JS_FreeRuntime would abort the process when it
/// finds them. What is left of such a runtime is kept for good.
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

/// How many blocks a realm has left when its context is gone and nothing was lost.
static std::size_t blocks_of_an_empty_runtime() {
  static const std::size_t count = [] {
    const auto made = realm::make();
    return made ? (*made)->close() : 0;
  }();
  return count;
}

result<std::shared_ptr<realm>> realm::make() {
  std::shared_ptr<realm> made(new realm);
  if (!made->set_up())
    return error{"the ECMAScript engine could not be started", "", "give the process more memory"};
  return made;
}

bool realm::set_up() {
  heap_.opaque = this;
  heap_.poll = [](void* self) { static_cast<realm*>(self)->end_soon(failure::out_of_time); };
  heap_.on_passed = [](void* self) { static_cast<realm*>(self)->end_soon(failure::out_of_memory); };
  heap_.on_refusal = [](void* self) { static_cast<realm*>(self)->protect_exception(); };
  runtime_ = JS_NewRuntime2(&counted_allocation, &heap_);
  if (!runtime_) return false;
  // Collections happen between evaluations, where their time and what they free are charged to nobody.
  JS_SetGCThreshold(runtime_, static_cast<std::size_t>(-1));
  JS_SetMaxStackSize(runtime_, limits::script_stack_bytes_max);
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
  // Scripts can neither name Promise nor write asynchronous functions; it is here so that their syntax has its classes
  // whatever happens.
  JS_AddIntrinsicPromise(context_);
  const auto must_end = [](void* self) { return static_cast<realm*>(self)->must_end(); };
  return interrupts_.install(context_, must_end, this) && find_natives(*this) && install_surface(*this) &&
         install_system(*this) && install_dom(*this) && wrap_builtins(*this) && harden(*this);
}

std::size_t realm::close() {
  heap_.limit = SIZE_MAX;
  natives_ = {};
  interrupts_.uninstall();
  protected_.clear();
  event_ = {};
  io_processors_.object.reset();
  if (context_) JS_FreeContext(std::exchange(context_, nullptr));
  if (runtime_) JS_RunGC(runtime_);
  return heap_.blocks;
}

realm::~realm() {
  const std::size_t left = close();
  if (!runtime_) return;
  const bool may_free = !heap_.ever_refused || left == blocks_of_an_empty_runtime();
  may_free ? JS_FreeRuntime(runtime_) : abandon(runtime_);
}

void realm::forget(const session& s) noexcept {
  if (event_.data == s.data.pointer) forget_event();
  if (io_processors_.data == s.data.pointer) io_processors_.object.reset();
}

} // namespace chainring::scxml::ecmascript
