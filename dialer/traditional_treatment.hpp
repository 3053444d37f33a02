// traditional_treatment.hpp: the traditional treatments of OCS (CfgTreatment): for each call result a sequence of
// treatments, each of which says what becomes of the record. The treatments of a list make its table.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dialer/call_result.hpp"
#include "scxml/result.hpp"

namespace chainring::dialer {

/// "Apply to record": CfgRecActionCode, values are its codes.
enum class record_action : std::uint8_t {
  none = 0,                  // the chain ends
  mark_record = 1,           // the chain ends; the other rows keep their results
  mark_chain = 2,            // the chain ends; every row gets this result
  redial = 3,                // the same record after the delay
  retry_in = 4,              // the same, as a rescheduled record
  retry_at_date = 5,         // the same, at the date
  next_in_chain = 6,         // the next record at once; the first again after the delay
  next_in_chain_after = 7,   // the next record after the delay
  next_in_chain_at_date = 8, // the next record at the date
  assign_to_group = 9,       // the same record at once, as a callback of the campaign
  mark_as_agent_error = 10,  // the chain ends; the row becomes AgentError
  reschedule = 11,           // the same record after the delay, its agent's if it has one
};

/// "Apply to call": CfgCallActionCode. Kept and reported; no trunk carries them out yet.
enum class call_action : std::uint8_t {
  none = 0,
  connect,
  drop,
  mute_transfer,
  transfer,
  route,
  play_message,
  send_fax,
  send_page,
  send_email,
};

/// An action with its name in the user interface and its constant in the configuration library.
struct record_action_entry {
  record_action code;
  std::string_view name, constant;
};
struct call_action_entry {
  call_action code;
  std::string_view name;
};
const std::array<record_action_entry, 12>& all_record_actions();
const std::array<call_action_entry, 10>& all_call_actions();
std::string_view name_of(record_action action);
std::string_view name_of(call_action action);
/// By name or constant, case and separators ignored, or by number.
std::optional<record_action> record_action_from_text(std::string_view text);
std::optional<call_action> call_action_from_text(std::string_view text);

/// The record is dialed again, another one is, or none is.
bool stays_at_record(record_action action);
bool moves_along_chain(record_action action);
/// Has a date_time instead of a delay.
bool is_at_date(record_action action);

struct traditional_treatment {
  std::int64_t dbid = 0; // 1 or more: names it in the column `treatments`
  std::string name;
  call_result result = call_result::unknown;
  record_action action = record_action::none;
  std::int32_t number_in_sequence = 1; // among the treatments of its result
  /// How often in a row it is applied to a record; for those that move along the chain how often the chain is gone
  /// through.
  std::int32_t cycle_attempts = 1;
  std::int64_t interval_min = 0;         // minutes
  std::int64_t increment_min = 0;        // added to the interval after each application
  std::optional<std::int64_t> date_time; // epoch seconds
  call_action on_call = call_action::none;
  std::string destination; // of the call action
  friend bool operator==(const traditional_treatment&, const traditional_treatment&) = default;
};

/// Before application k, from 1: interval + (k - 1) * increment, in milliseconds; at most limits::treatment_delay_ms_max.
std::int64_t delay_ms(const traditional_treatment& t, std::int32_t application);

/// What is wrong with one treatment; `where` of the error is the option that it is about, as the configuration calls it.
result<void> check(const traditional_treatment& t);

/// The treatments of a list: a sequence for each call result.
class treatment_table {
 public:
  treatment_table() = default;
  /// Refuses what check() refuses, a DBID that stands twice, and two treatments with one number for one result.
  static result<treatment_table> make(std::vector<traditional_treatment> all);

  bool empty() const { return all_.empty(); }
  /// By number in sequence; empty: the result has no treatment.
  std::span<const traditional_treatment> sequence(call_result r) const;
  const traditional_treatment* find(std::int64_t dbid) const;

 private:
  std::vector<traditional_treatment> all_; // by (result, number_in_sequence)
};

} // namespace chainring::dialer
