// machine.hpp: runs the programs of expressions. One per data model: it keeps nothing between two expressions but memory,
// and what it found out about the event at hand.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "scxml/datamodel.hpp"
#include "scxml/models/compiled/program.hpp"
#include "scxml/models/compiled/scratch.hpp"
#include "scxml/models/compiled/slot.hpp"
#include "scxml/short_text.hpp"

namespace chainring::scxml::compiled_model {

class machine {
 public:
  enum class outcome : std::uint8_t {
    value,
    failed, // an error of the script: failure_found(), message()
    beyond, // only QuickJS knows what this gives; nothing has happened yet
  };

  explicit machine(const program& p) : program_(p) {}

  /// The value stays as long as the slots, the event and the program do, and until the next run().
  /// `slots`: one per data item.
  outcome run(const entry& e, const surroundings& s, const slot* slots, operand& out);

  /// The event's data are an object, and what it has by the guard's name is another text than the guard's.
  bool is_other(const guard& g, const surroundings& s);
  /// Work that was done without a run().
  void add_work(std::size_t steps) { work_ns_ += steps * step_ns; }

  failure failure_found() const { return failure_; }
  const std::string& message() const { return message_; }

  /// What all runs have taken, in whole microseconds, roughly; what is taken is not told again.
  std::int64_t take_work_us() {
    if (work_ns_ < 1'000) [[likely]] return 0;
    const auto us = work_ns_ / 1'000;
    work_ns_ %= 1'000;
    return static_cast<std::int64_t>(us);
  }

  /// Text from outside; false: it is no UTF-8.
  static bool text_operand(std::string_view text, operand& out);
  /// A value from outside as an operand that points into it; false: it is XML, or has text that is no UTF-8.
  static bool outside_operand(const value& v, operand& out);

 private:
  static constexpr std::uint64_t step_ns = 4;

  outcome event_field(field f, std::uint16_t name, operand& out);
  outcome member(const operand& of, std::string_view name, operand& out);
  outcome element(const operand& of, const operand& key, operand& out);
  outcome element_at(const operand& of, double position, operand& out);
  outcome run_steps(const step* first, const surroundings& s, const slot* slots, operand& out);
  const operand* leaf(op what, std::uint16_t number, const slot* slots, operand& room, outcome& done);
  outcome joined(op what, const operand& a, const operand& b, operand& out);
  outcome binary(op what, operand& a, const operand& b);
  outcome add(operand& a, const operand& b);
  outcome arithmetic(op what, operand& a, const operand& b);
  outcome loosely_equal(const operand& a, const operand& b, bool& out);
  outcome less(const operand& a, const operand& b, bool& is_less, bool& is_ordered);
  outcome to_number(const operand& o, double& out);
  outcome to_text(const operand& o, std::string_view& out);

  bool event_is_plain();
  /// member_ is what the event at hand has by that name.
  bool knows_member(std::uint16_t name) const {
    return around_->event_number == member_event_ && name == member_name_ && member_event_ != 0;
  }
  outcome find_event_member(std::uint16_t name, operand& out);
  outcome no_member(const operand& of, std::string_view name);
  outcome no_members(const operand& of);
  outcome fail(failure why, std::string message);
  outcome out_of_time();
  bool pay(std::size_t bytes);

  const program& program_;
  scratch scratch_;
  const surroundings* around_ = nullptr;
  std::uint64_t plain_event_ = 0; // number of the event that was last found plain
  std::uint64_t member_event_ = 0; // number of the event of whose data a member was asked for last: conditions in a row ask for
  std::uint16_t member_name_ = 0;  // the same one
  operand member_;
  std::uint64_t work_ns_ = 0;
  std::uint64_t work_ns_before_ = 0; // the expression at hand
  failure failure_ = failure::none;
  std::string message_;
};

// -- here, because they are shorter than their calls ----------------------------------------------------------------

/// Where the value is: a constant in place, anything else in `room`; only if it is `done`.
[[gnu::always_inline]] inline const operand* machine::leaf(op what, std::uint16_t number, const slot* slots, operand& room,
                                                           outcome& done) {
  if (what == op::constant) return &program_.constants[number];
  if (what == op::slot) return room = slots[number].load(), &room;
  if (knows_member(number)) return room = member_, &room;
  return done = find_event_member(number, room), &room;
}

[[gnu::always_inline]] inline bool machine::is_other(const guard& g, const surroundings& s) {
  around_ = &s;
  operand found;
  if (!knows_member(g.name) && (find_event_member(g.name, found) != outcome::value || !knows_member(g.name))) return false;
  return member_.kind == kind::text && !same_text(member_.text(), program_.constants[g.text].text());
}

[[gnu::always_inline]] inline machine::outcome machine::run(const entry& e, const surroundings& s, const slot* slots,
                                                            operand& out) {
  if (s.cpu_us_left <= 0) [[unlikely]] return out_of_time();
  const step* const first = program_.steps.data() + e.first;
  work_ns_before_ = work_ns_;
  work_ns_ += e.length * step_ns;
  around_ = &s;
  if (e.is_leaf) {
    outcome done = outcome::value;
    out = *leaf(first->what, first->number, slots, out, done);
    return done;
  }
  return run_steps(first, s, slots, out);
}

} // namespace chainring::scxml::compiled_model
