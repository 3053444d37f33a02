// evaluation.cpp: the budgets of one evaluation (scxml/limits.hpp) and the verdict on it.
#include <algorithm>

#include "scxml/limits.hpp"
#include "scxml/models/ecmascript/code.hpp"
#include "scxml/models/ecmascript/cpu_time.hpp"
#include "scxml/models/ecmascript/measure.hpp"
#include "scxml/models/ecmascript/realm.hpp"

namespace chainring::scxml::ecmascript {
namespace {

// Until the first poll only elapsed time is known; at most this much of it is taken for CPU time, because the
// thread may have been off the processor. Ten thousand loop turns, the polling interval, take less.
constexpr std::int64_t unpolled_us_max = 2'000;
constexpr std::size_t work_between_polls = 65'536;
constexpr std::size_t message_bytes_max = 1'000;
constexpr std::size_t collect_at_least = std::size_t{4} << 20;

verdict too_much(failure why) {
  return {why, why == failure::out_of_time ? "the script used more than its CPU time"
                                           : "the script used more than its memory"};
}

} // namespace

bool realm::must_end() noexcept {
  if (ending_ != failure::none || !current_) return ending_ != failure::none;
  const std::int64_t now = thread_cpu_us();
  if (started_cpu_us_ < 0)
    started_cpu_us_ = now - std::clamp<std::int64_t>((elapsed_ns() - started_elapsed_ns_) / 1'000, 0, unpolled_us_max);
  if (now - started_cpu_us_ > allowed_us_) ending_ = failure::out_of_time;
  return ending_ != failure::none;
}

/// For built-ins that never ask, and for straight code.
void realm::end_soon(failure why) noexcept {
  if (!current_ || ending_ != failure::none) return;
  if (why == failure::out_of_time && !must_end()) return;
  ending_ = why;
  interrupts_.hasten();
}

/// QuickJS describes an exception by the calls that led to it; when it runs out of memory while it does that, the new
/// exception frees the one that is being described. A reference of our own keeps that one alive.
void realm::protect_exception() noexcept {
  if (!context_ || !JS_HasException(context_)) return;
  JSValue thrown = JS_GetException(context_);
  const bool known = !protected_.empty() && JS_VALUE_HAS_REF_COUNT(thrown) &&
                     JS_VALUE_GET_PTR(protected_.back().get()) == JS_VALUE_GET_PTR(thrown);
  if (!known) protected_.push_back(owned::copy(context_, thrown));
  JS_Throw(context_, thrown);
}

bool realm::may_work(std::size_t units) {
  work_ += units;
  if (work_ < work_between_polls && ending_ == failure::none) return true;
  work_ = 0;
  if (!must_end()) return true;
  JS_ThrowInternalError(context_, "interrupted");
  JSValue thrown = JS_GetException(context_);
  JS_SetUncatchableError(context_, thrown, 1);
  JS_Throw(context_, thrown);
  interrupts_.hasten();
  return false;
}

void realm::collect_if_due() {
  if (heap_.used < collect_at_) return;
  JS_RunGC(runtime_);
  collect_at_ = std::max(collect_at_least, heap_.used + heap_.used / 2);
}

evaluation::evaluation(realm& r, const code& c, surroundings& s)
    : realm_(r), surroundings_(s), outer_(r.current_), outer_code_(r.current_code_) {
  r.bind_event(s); // what was made of another event is freed before counting starts: it is nobody's growth
  r.current_ = &s;
  r.current_code_ = &c;
  s.cpu_us_left -= c.take_compile_us();
  r.allowed_us_ = std::min(limits::evaluation_cpu_us_max, s.cpu_us_left);
  may_run_ = r.allowed_us_ > 0;
  r.started_elapsed_ns_ = elapsed_ns();
  r.started_cpu_us_ = -1;
  r.ending_ = failure::none;
  r.work_ = 0;
  used_before_ = r.heap_.used;
  r.heap_.passed = false;
  r.heap_.limit = r.heap_.used + limits::script_heap_growth_bytes_max;
  JS_UpdateStackTop(r.runtime_);
}

evaluation::~evaluation() {
  if (!ended_) end(true);
}

verdict evaluation::end(bool ok) {
  ended_ = true;
  verdict v;
  if (!may_run_)
    v = {failure::out_of_time, "no CPU time is left in this macrostep"};
  else if (!ok)
    v = explain_exception();
  realm_.protected_.clear();
  charge_time();
  v = charge_memory(std::move(v));
  realm_.current_ = outer_;
  realm_.current_code_ = outer_code_;
  realm_.ending_ = failure::none;
  realm_.heap_.limit = SIZE_MAX;
  realm_.collect_if_due();
  return v;
}

verdict evaluation::explain_exception() {
  JSContext* const context = realm_.context_;
  const owned thrown(context, JS_GetException(context));
  if (realm_.ending_ != failure::none) return too_much(realm_.ending_);
  std::string text = text_of(context, thrown.get());
  if (realm_.ending_ != failure::none) return too_much(realm_.ending_);
  if (text.size() > message_bytes_max) text.resize(message_bytes_max);
  if (text.empty()) text = "an exception without text";
  const bool unknown = JS_IsError(context, thrown.get()) && text.starts_with("ReferenceError: ") &&
                       text.ends_with(" is not defined");
  return {unknown ? failure::unknown_name : failure::failed, std::move(text)};
}

void evaluation::charge_time() {
  if (realm_.started_cpu_us_ >= 0) {
    surroundings_.cpu_us_left -= thread_cpu_us() - realm_.started_cpu_us_;
    return;
  }
  // Most evaluations take less than a microsecond: what is left of one is for the next to pay.
  const std::int64_t elapsed_ns_now = elapsed_ns() - realm_.started_elapsed_ns_;
  realm_.unpaid_ns_ += std::min(elapsed_ns_now, unpolled_us_max * 1'000);
  surroundings_.cpu_us_left -= realm_.unpaid_ns_ / 1'000;
  realm_.unpaid_ns_ %= 1'000;
}

verdict evaluation::charge_memory(verdict v) {
  auto counters = session_counters::of(surroundings_.self);
  const auto change = static_cast<std::int64_t>(realm_.heap_.used) - static_cast<std::int64_t>(used_before_);
  std::int64_t growth = std::clamp<std::int64_t>(counters.growth_bytes + change, INT32_MIN, INT32_MAX);
  const auto limit = static_cast<std::int64_t>(limits::session_heap_growth_bytes_max);
  if (growth > limit) {
    // Garbage in cycles counts until it is collected, and what earlier collections freed was credited to
    // nobody. So collect, and where the data can be looked into, believe them rather than the count.
    const std::size_t before = realm_.heap_.used;
    const std::int64_t started = thread_cpu_us();
    JS_RunGC(realm_.runtime_);
    growth = std::max<std::int64_t>(growth - static_cast<std::int64_t>(before - realm_.heap_.used), 0);
    realm_.heap_.limit = SIZE_MAX;
    if (growth > limit)
      if (const auto held = reachable_bytes(realm_, data_object(surroundings_.self),
                                              limits::session_heap_growth_bytes_max))
        growth = static_cast<std::int64_t>(*held);
    surroundings_.cpu_us_left -= thread_cpu_us() - started;
    if (growth > limit && v.ok())
      v = {failure::out_of_memory, "the data of this session have grown past their memory"};
  }
  counters.growth_bytes = static_cast<std::int32_t>(growth);
  counters.store(surroundings_.self);
  return v;
}

} // namespace chainring::scxml::ecmascript
