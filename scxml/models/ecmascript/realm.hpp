// realm.hpp: one QuickJS runtime with its only context, shared by many sessions of many documents: frozen
// intrinsics, counted memory, deadlines. What belongs to a session is its data object and nothing else.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "scxml/datamodel.hpp"
#include "scxml/models/ecmascript/event_use.hpp"
#include "scxml/models/ecmascript/heap.hpp"
#include "scxml/models/ecmascript/interrupts.hpp"
#include "scxml/models/ecmascript/js.hpp"

namespace chainring::scxml::ecmascript {

class code;

/// Class numbers of the built-in kinds of object, found by looking at one of each.
struct class_numbers {
  JSClassID object = 0, array = 0, date = 0, regexp = 0, map = 0, set = 0, error = 0;
  JSClassID number = 0, string = 0, boolean = 0, symbol = 0;
  JSClassID dom_node = 0, undeclared = 0; // our own
};

/// Intrinsics that the host itself calls: kept apart, so that nothing a script does can come between.
struct natives {
  owned date, date_get_time;
  owned number_value_of, string_value_of, boolean_value_of;
  owned regexp, regexp_source, regexp_flags, regexp_prototype;
  owned map, map_set, map_entries, map_iterator_next, map_prototype;
  owned set, set_add, set_values, set_iterator_next, set_prototype;
  owned object_constructor;
  owned object_prototype, array_prototype, function_prototype, date_prototype;
  owned number_prototype, string_prototype, boolean_prototype;
  std::array<owned, 9> error_prototypes;
  std::array<atom, static_cast<std::size_t>(event_field::count)> event_names;
  /// Objects with the first of these fields, one for each number of them. QuickJS forgets the layout of objects that are
  /// gone: while these live an event finds each of its layouts, instead of making it anew.
  std::array<owned, static_cast<std::size_t>(event_field::count) + 1> event_layouts;
  owned event_view; // has all the fields, and they can be written
  owned script_mark;   // a symbol: which function of which <script> a function object is
  owned default_order; // what Array.prototype.sort does without a comparator, as a comparator
};

class realm {
 public:
  /// A new realm, or an error when memory is short.
  static result<std::shared_ptr<realm>> make();
  ~realm();
  realm(const realm&) = delete;
  realm& operator=(const realm&) = delete;

  /// Gives back the context and all it holds; what is left, in blocks. For the end of a realm.
  std::size_t close();

  /// The realm a context belongs to, for functions that QuickJS calls.
  static realm& of(JSContext* context) { return *static_cast<realm*>(JS_GetContextOpaque(context)); }

  JSRuntime* runtime() const { return runtime_; }
  JSContext* context() const { return context_; }
  heap& memory() { return heap_; }
  class_numbers& classes() { return classes_; }
  natives& known() { return natives_; }

  /// What is being evaluated; null between two evaluations.
  surroundings* current() const { return current_; }
  const code* current_code() const { return current_code_; }

  /// `_event` of the event in `current()`, made when it is first asked for.
  JSValue event_object();
  /// Stands in for it where only these of its fields are read (bits by event_field) and nothing can keep it: one object for
  /// all events, with others' values in its other fields. Borrowed; undefined or an exception as above.
  JSValueConst event_view(unsigned fields);
  /// `_ioprocessors` of the session in `current()`.
  JSValue io_processors_object();
  /// Forgets what was made for a session that ends.
  void forget(const session& s) noexcept;

  /// True when the running evaluation is past its deadline or its memory; from then on until it is over.
  bool must_end() noexcept;
  /// Called by wrapped built-ins before they do about `units` nanoseconds of work. False: an exception that
  /// scripts cannot catch has been thrown.
  bool may_work(std::size_t units);

  std::size_t sessions = 0; // with data in this realm

 private:
  friend class evaluation;
  realm() = default;
  bool set_up();
  void bind_event(const surroundings& s);
  void forget_event() noexcept;
  JSValue event_field_value(event_field f);
  void collect_if_due();
  void end_soon(failure why) noexcept;
  void protect_exception() noexcept;

  heap heap_;
  interrupts interrupts_;
  std::vector<owned> protected_; // until the evaluation ends
  JSRuntime* runtime_ = nullptr;
  JSContext* context_ = nullptr;
  class_numbers classes_;
  natives natives_;

  surroundings* current_ = nullptr;
  const code* current_code_ = nullptr;
  struct {
    const void* data = nullptr; // the session's data object stands for the session: sessions move
    std::uint64_t number = 0;
    owned object;
    owned content;      // its `data`, and the view's
    unsigned shown = 0; // fields in which the view has values of this event
  } event_;
  /// `_ioprocessors` of the session that asked last, so that it is equal to itself while a session runs.
  struct {
    const void* data = nullptr;
    std::uint64_t session_id = 0;
    owned object;
  } io_processors_;

  std::int64_t started_elapsed_ns_ = 0;
  std::int64_t unpaid_ns_ = 0; // less than a microsecond
  std::int64_t started_cpu_us_ = -1; // -1: no poll has happened yet
  std::int64_t allowed_us_ = 0;
  std::size_t work_ = 0;
  failure ending_ = failure::none; // why the running evaluation must end
  std::size_t collect_at_ = 0;
};

/// One evaluation: arms the budgets, and when it ends charges the session with what was used.
class evaluation {
 public:
  evaluation(realm& r, const code& c, surroundings& s);
  ~evaluation();
  evaluation(const evaluation&) = delete;
  evaluation& operator=(const evaluation&) = delete;

  /// False: no CPU time is left in this macrostep; end(false) says so.
  bool may_run() const { return may_run_; }
  /// Ends the evaluation. `ok` false: an exception is pending, or may_run() was false. Call once, last.
  verdict end(bool ok);
  verdict end(const owned& value) { return end(!value.failed()); }

 private:
  verdict explain_exception();
  void charge_time();
  verdict charge_memory(verdict v);

  realm& realm_;
  surroundings& surroundings_;
  surroundings* const outer_;
  const code* const outer_code_;
  std::size_t used_before_ = 0;
  bool may_run_ = true;
  bool ended_ = false;
};

/// Counters of a session that live in model_data::bits.
struct session_counters {
  std::int32_t growth_bytes = 0;   // net, of the runtime's memory during its evaluations
  std::uint32_t randoms_drawn = 0; // how often Math.random() was asked

  static session_counters of(const session& s) {
    return {static_cast<std::int32_t>(s.data.bits & 0xffffffff), static_cast<std::uint32_t>(s.data.bits >> 32)};
  }
  void store(session& s) const {
    s.data.bits = (std::uint64_t{randoms_drawn} << 32) | static_cast<std::uint32_t>(growth_bytes);
  }
};

/// The data object of a session; borrowed.
inline JSValueConst data_object(const session& s) {
  return s.data.pointer ? JS_MKPTR(JS_TAG_OBJECT, s.data.pointer) : JS_UNDEFINED;
}

} // namespace chainring::scxml::ecmascript
