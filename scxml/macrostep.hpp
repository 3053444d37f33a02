// macrostep.hpp: what the interpreter's procedures and executable content have in common while a
// macrostep runs: the session, the internal queue, the effects, the budgets, and how an error
// becomes an event. Internal to the engine.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "scxml/interpret.hpp"
#include "scxml/limits.hpp"

namespace chainring::scxml {

/// Reused from macrostep to macrostep and session to session, so that a step allocates no queues.
class macrostep {
 public:
  explicit macrostep(const scxml::host& world)
      : world_(world) {}

  /// Takes a session in hand; `e` (null: none) is bound to _event.
  void begin(session& s, const event* e, effects& out) {
    self_ = &s;
    document_ = s.document.get();
    watch_ = world_.watching();
    out_ = &out;
    effects_before_ = out.size();
    around_.emplace(surroundings{s, e, limits::macrostep_cpu_us_max, &world_, next_event_number()});
    element_ = {};
    microsteps_ = instructions_ = 0;
    fault_seen_ = false;
  }
  /// Lets go of it. Queued events are dropped: after a completed macrostep there are none.
  void end() {
    if (!fault_seen_) self_->faults_in_a_row = 0;
    if (!queue_.empty()) drop_queue();
    around_.reset();
    self_ = nullptr;
  }

  session& self() const { return *self_; }
  const scxml::document& document() const { return *document_; }
  datamodel& model() const { return *self_->model; }
  const scxml::host& host() const { return world_; }
  surroundings& around() { return *around_; }
  observer* watch() const { return watch_; }
  bool faulted() const { return self_->phase == session_phase::faulted; }

  // -- internal queue -----------------------------------------------------------------------------------------------
  void raise(event e);
  bool queue_empty() const { return head_ == queue_.size(); }
  /// Takes the first event off the queue and binds it to _event. Only when not empty.
  const event& next_event();

  // -- effects ------------------------------------------------------------------------------------------------------
  void emit(effect e);

  // -- errors -------------------------------------------------------------------------------------------------------
  /// The element whose work begins: errors name it. The text must outlive the macrostep.
  void in(std::string_view element) { element_ = element; }
  /// Queues error.execution (SCXML 3.12.2, 5.9.4) for a failed evaluation and counts faults against
  /// the budget. The data of error events are {tagname, line, column, reason}.
  void report(const verdict& v, position where, std::string_view sendid = {});
  void report(std::string message, position where, std::string_view sendid = {});
  /// Queues error.communication.
  void report_unreachable(std::string message, position where, std::string_view sendid);
  /// Ends the session as faulted.
  void give_up(session_fault why);

  // -- evaluation, errors reported ----------------------------------------------------------------------------------
  /// A condition that cannot be evaluated is false (SCXML 5.9.1).
  bool condition(index expr);
  /// The first whose condition holds; null: none does, or the session has faulted.
  const candidate* first_that_holds(std::span<const candidate> asked);
  bool evaluate(index expr, value& out, std::string_view sendid = {});
  /// What running a program, or assigning to a location, gave.
  bool checked(index what, const verdict& v, position where) {
    if (!v.ok()) [[unlikely]] report(v, where);
    else if (watch_) watch_->ran(*self_, what);
    return v.ok();
  }
  /// The literal, or the expression's value as text.
  bool text_of(const text_or_expression& from, std::string& out, std::string_view sendid = {});

  // -- budgets ------------------------------------------------------------------------------------------------------
  /// One more microstep; false and faulted past a budget.
  bool count_microstep() {
    if (++microsteps_ > limits::microsteps_max) [[unlikely]] give_up(session_fault::microsteps);
    return in_time();
  }
  /// One more instruction or foreach turn; false and faulted past a budget.
  bool count_instruction() { return count_instructions(1); }
  bool count_instructions(std::size_t n) {
    instructions_ += static_cast<std::uint32_t>(n);
    if (instructions_ > limits::instructions_max) [[unlikely]] give_up(session_fault::macrostep_time);
    return charge(n * limits::looks_per_instruction);
  }
  /// The interpreter looks at so many states and transitions: that takes time too. False and faulted past the budget.
  bool charge(std::size_t looks) {
    looks_ += looks;
    if (looks_ >= limits::looks_per_us) [[unlikely]] pay_for_looks();
    return in_time();
  }
  /// False and faulted past the budget.
  bool in_time() {
    if (around_->cpu_us_left <= 0) [[unlikely]] give_up(session_fault::macrostep_time);
    return !faulted();
  }

 private:
  /// Numbers for surroundings::event_number, from 1. Per thread, because interpreters of one thread
  /// share data models.
  static std::uint64_t next_event_number() {
    static thread_local std::uint64_t given = 0;
    return ++given;
  }
  void drop_queue();
  void pay_for_looks() {
    around_->cpu_us_left -= static_cast<std::int64_t>(looks_ / limits::looks_per_us);
    looks_ %= limits::looks_per_us;
  }
  void raise_error(const char* name, const std::string& reason, position where,
                   std::string_view sendid);

  const scxml::host& world_;
  session* self_ = nullptr;
  const scxml::document* document_ = nullptr;
  observer* watch_ = nullptr;
  effects* out_ = nullptr;
  std::size_t effects_before_ = 0;
  std::optional<surroundings> around_;
  std::vector<event> queue_;
  std::size_t head_ = 0;
  event current_;
  std::string_view element_;
  std::uint32_t microsteps_ = 0;
  std::uint32_t instructions_ = 0;
  std::size_t looks_ = 0; // not yet charged for
  bool fault_seen_ = false;
};

} // namespace chainring::scxml
