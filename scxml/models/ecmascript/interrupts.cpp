// interrupts.cpp: QuickJS counts calls and turns down to its next question; calls of a function that does nothing bring
// that count to its end.
#include "scxml/models/ecmascript/interrupts.hpp"

#include "scxml/limits.hpp"

namespace chainring::scxml::ecmascript {

static JSValue do_nothing(JSContext*, JSValueConst, int, JSValueConst*) { return JS_UNDEFINED; }

bool interrupts::install(JSContext* context, bool (*must_end)(void*), void* opaque) {
  context_ = context;
  must_end_ = must_end;
  opaque_ = opaque;
  nothing_ = owned(context, JS_NewCFunction(context, do_nothing, "", 0));
  if (nothing_.failed()) return false;
  JS_SetInterruptHandler(JS_GetRuntime(context), handle, this);
  constexpr std::uint32_t period_max = 1'000'000;
  counting_ = true;
  for (int round = 0; round < 2; ++round)
    for (asked_ = false, period_ = 0; !asked_ && period_ < period_max; ++period_) call_nothing();
  counting_ = false;
  return asked_;
}

int interrupts::handle(JSRuntime*, void* self) {
  auto& me = *static_cast<interrupts*>(self);
  if (me.counting_) {
    me.asked_ = true;
    return 0;
  }
  if (!me.must_end_(me.opaque_)) return 0;
  me.hasten(); // handlers of the script's exceptions get no thousands of calls more
  return 1;
}

void interrupts::hasten() noexcept {
  JSRuntime* const runtime = JS_GetRuntime(context_);
  // The stack may be nearly used up, and an exception may be on its way that these calls must not meddle with.
  JS_SetMaxStackSize(runtime, 0);
  counting_ = true;
  for (std::uint32_t left = period_ - 1; left > 0; --left) {
    asked_ = false;
    call_nothing();
    if (asked_) left = period_; // the count began anew
  }
  counting_ = false;
  JS_SetMaxStackSize(runtime, limits::script_stack_bytes_max);
}

void interrupts::call_nothing() noexcept { JS_Call(context_, nothing_.get(), JS_UNDEFINED, 0, nullptr); }

} // namespace chainring::scxml::ecmascript
