// quickjs.cpp: the least that chain.scxml can cost on QuickJS: each guard and each executable block one precompiled function over
// the session's data, called from a switch that knows the chart, and an event object where a function reads it. No budgets, no
// isolation, no interpreter: what event_in_a_hot_session/on_quickjs is to be measured by.
#include <benchmark/benchmark.h>

#include <array>
#include <cstdint>
#include <string>

#include <quickjs/quickjs.h>

namespace {

enum function { take_record, dial, is_busy, take_busy, is_no_answer, take_no_answer, is_answer, take_answer, function_count };

constexpr const char* bodies[function_count] = {
    "attempts = 0; phone = _event.data.phone",
    "attempts = attempts + 1; calls = calls + 1",
    "return _event.data.callresult=='Busy' && attempts < maxAttempts",
    "delay = 10; lastResult = _event.data.callresult",
    "return _event.data.callresult=='NoAnswer' && attempts < maxAttempts",
    "delay = 30; lastResult = _event.data.callresult",
    "return _event.data.callresult=='Answer'",
    "lastResult = _event.data.callresult",
};

/// One session with a runtime of its own.
class bare_session {
 public:
  bare_session() {
    data_ = evaluate("({__proto__: null, attempts: 0, maxAttempts: 3, calls: 0, lastResult: '', phone: '', delay: 10})");
    for (int f = 0; f < function_count; ++f)
      functions_[f] = evaluate("({run(_event){with(this){" + std::string(bodies[f]) + "}}}).run");
    name_ = JS_NewAtom(context_, "name"), event_data_ = JS_NewAtom(context_, "data");
    phone_ = JS_NewAtom(context_, "phone"), call_result_ = JS_NewAtom(context_, "callresult");
  }
  ~bare_session() {
    for (const JSAtom a : {name_, event_data_, phone_, call_result_}) JS_FreeAtom(context_, a);
    for (const JSValue f : functions_) JS_FreeValue(context_, f);
    JS_FreeValue(context_, data_);
    JS_FreeContext(context_);
    JS_FreeRuntime(runtime_);
  }
  bare_session(const bare_session&) = delete;
  bare_session& operator=(const bare_session&) = delete;

  void hear_record(const char* phone) {
    const JSValue event = make_event("ocs.record", phone_, phone);
    run(take_record, event);
    run(dial, JS_UNDEFINED);
    JS_FreeValue(context_, event);
  }
  void hear_call_result(const char* text) {
    const JSValue event = make_event("ocs.callresult", call_result_, text);
    if (holds(is_busy, event)) run(take_busy, event);
    else if (holds(is_no_answer, event)) run(take_no_answer, event);
    else if (holds(is_answer, event)) run(take_answer, event);
    JS_FreeValue(context_, event);
  }
  void hear_timeout() { run(dial, JS_UNDEFINED); }

  bool has_made(std::uint64_t calls) {
    const JSValue made = JS_GetPropertyStr(context_, data_, "calls");
    double number = -1;
    JS_ToFloat64(context_, &number, made);
    JS_FreeValue(context_, made);
    return number == static_cast<double>(calls);
  }

 private:
  JSValue evaluate(const std::string& text) {
    return JS_Eval(context_, text.c_str(), text.size(), "bare", JS_EVAL_TYPE_GLOBAL);
  }
  JSValue make_event(const char* name, JSAtom key, const char* text) {
    const JSValue made = JS_NewObject(context_), of_event = JS_NewObject(context_);
    JS_DefinePropertyValue(context_, of_event, key, JS_NewString(context_, text), JS_PROP_C_W_E);
    JS_DefinePropertyValue(context_, made, name_, JS_NewString(context_, name), JS_PROP_C_W_E);
    JS_DefinePropertyValue(context_, made, event_data_, of_event, JS_PROP_C_W_E);
    return made;
  }
  JSValue call(function f, JSValue event) { return JS_Call(context_, functions_[f], data_, 1, &event); }
  void run(function f, JSValue event) { JS_FreeValue(context_, call(f, event)); }
  bool holds(function f, JSValue event) { return JS_VALUE_GET_BOOL(call(f, event)); }

  JSRuntime* const runtime_ = JS_NewRuntime();
  JSContext* const context_ = JS_NewContext(runtime_);
  JSValue data_ = JS_UNDEFINED;
  std::array<JSValue, function_count> functions_{};
  JSAtom name_{}, event_data_{}, phone_{}, call_result_{};
};

void event_in_bare_quickjs(benchmark::State& state) {
  bare_session session;
  std::uint64_t loops = 0;
  constexpr std::int64_t events_a_loop = 7; // the last one finds nothing to call
  while (state.KeepRunningBatch(events_a_loop)) {
    session.hear_record("15551234567");
    session.hear_call_result("Busy");
    session.hear_timeout();
    session.hear_call_result("NoAnswer");
    session.hear_timeout();
    session.hear_call_result("Answer");
    ++loops;
  }
  if (!session.has_made(3 * loops)) state.SkipWithError("not three calls a loop");
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()));
}
BENCHMARK(event_in_bare_quickjs);

} // namespace
