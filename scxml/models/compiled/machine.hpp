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
  outcome run(const entry& e, const surroundings& s, std::span<const slot> slots, operand& out);

  /// What run() gives when the macrostep has no time left.
  outcome out_of_time() { return fail(failure::out_of_time, "no CPU time is left in this macrostep"); }

  failure failure_found() const { return failure_; }
  const std::string& message() const { return message_; }

  /// Nanoseconds, roughly, since this was last asked.
  std::uint64_t take_work_ns();

  /// Text from outside; false: it is no UTF-8.
  static bool text_operand(std::string_view text, operand& out);
  /// A value from outside as an operand that points into it; false: it is XML, or has text that is no UTF-8.
  static bool outside_operand(const value& v, operand& out);

 private:
  outcome event_field(field f, std::uint16_t name, operand& out);
  outcome event_member(std::uint16_t name, operand& out);
  outcome member(const operand& of, std::string_view name, operand& out);
  outcome element(const operand& of, const operand& key, operand& out);
  outcome element_at(const operand& of, double position, operand& out);
  outcome binary(op what, operand& a, const operand& b);
  outcome add(operand& a, const operand& b);
  outcome arithmetic(op what, operand& a, const operand& b);
  outcome loosely_equal(const operand& a, const operand& b, bool& out);
  outcome less(const operand& a, const operand& b, bool& is_less, bool& is_ordered);
  outcome to_number(const operand& o, double& out);
  outcome to_text(const operand& o, std::string_view& out);

  bool event_is_plain();
  outcome no_member(const operand& of, std::string_view name);
  outcome no_members(const operand& of);
  outcome fail(failure why, std::string message);
  bool pay(std::size_t bytes);

  const program& program_;
  scratch scratch_;
  const surroundings* around_ = nullptr;
  std::uint64_t plain_event_ = 0; // number of the event that was last found plain
  std::uint64_t member_event_ = 0; // number of the event of whose data a member was asked for last: conditions in a row ask for
  std::uint16_t member_name_ = 0;  // the same one
  operand member_;
  std::uint64_t work_ns_ = 0;
  std::uint64_t work_ns_max_ = 0;
  failure failure_ = failure::none;
  std::string message_;
};

} // namespace chainring::scxml::compiled_model
