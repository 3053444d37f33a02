// traditional_treatment.cpp: names, checks, and the table sorted by result and number.
#include "dialer/traditional_treatment.hpp"

#include <algorithm>
#include <tuple>

#include "dialer/limits.hpp"
#include "dialer/text.hpp"

namespace chainring::dialer {

namespace {

constexpr std::array<record_action_entry, 12> record_actions = {{
    {record_action::none, "No treatment", "NoRecActionCode"},
    {record_action::mark_record, "Mark record", "MarkDB"},
    {record_action::mark_chain, "Update all records in chain", "MarkAllChain"},
    {record_action::redial, "Redial", "Cycle"},
    {record_action::retry_in, "Retry in", "RetryIn"},
    {record_action::retry_at_date, "Retry at specified date", "RetryAtDate"},
    {record_action::next_in_chain, "Next in chain", "NextInChain"},
    {record_action::next_in_chain_after, "Next in chain after", "NextInChainAfter"},
    {record_action::next_in_chain_at_date, "Next in chain at specified date", "NextInChainAtDate"},
    {record_action::assign_to_group, "Assign to group", "AssignToGroup"},
    {record_action::mark_as_agent_error, "Mark as agent error", "MarkAsAgentError"},
    {record_action::reschedule, "Reschedule", "Reschedule"},
}};

constexpr std::array<call_action_entry, 10> call_actions = {{
    {call_action::none, "None"},
    {call_action::connect, "Connect"},
    {call_action::drop, "Drop"},
    {call_action::mute_transfer, "Mute transfer"},
    {call_action::transfer, "Transfer"},
    {call_action::route, "Route"},
    {call_action::play_message, "Play message"},
    {call_action::send_fax, "Send fax"},
    {call_action::send_page, "Send page"},
    {call_action::send_email, "Send e-mail"},
}};

constexpr std::int64_t ms_per_minute = 60'000;

auto place_in_table(const traditional_treatment& t) { return std::tuple(t.result, t.number_in_sequence); }

template <class Code>
std::optional<Code> code_from_number(std::string_view text, std::size_t count) {
  const auto number = to_integer(text);
  if (!number || *number < 0 || *number >= static_cast<std::int64_t>(count)) return std::nullopt;
  return static_cast<Code>(*number);
}

error wrong(std::string what, std::string option, std::string mend) {
  return {std::move(what), std::move(option), std::move(mend)};
}

std::string between(std::int64_t least, std::int64_t most) {
  return "give an integer from " + std::to_string(least) + " to " + std::to_string(most);
}

/// OCS: the only ones that a personal callback may get whose agent was not to be had.
bool answers_agent_callback_error(record_action action) {
  switch (action) {
  case record_action::assign_to_group:
  case record_action::mark_as_agent_error:
  case record_action::redial:
  case record_action::retry_at_date:
  case record_action::retry_in: return true;
  default: return false;
  }
}

} // namespace

const std::array<record_action_entry, 12>& all_record_actions() { return record_actions; }
const std::array<call_action_entry, 10>& all_call_actions() { return call_actions; }
std::string_view name_of(record_action action) { return record_actions[static_cast<std::size_t>(action)].name; }
std::string_view name_of(call_action action) { return call_actions[static_cast<std::size_t>(action)].name; }

std::optional<record_action> record_action_from_text(std::string_view text) {
  for (const auto& entry : record_actions)
    if (sounds_like(entry.name, text) || sounds_like(entry.constant, text)) return entry.code;
  return code_from_number<record_action>(text, record_actions.size());
}

std::optional<call_action> call_action_from_text(std::string_view text) {
  for (const auto& entry : call_actions)
    if (sounds_like(entry.name, text)) return entry.code;
  return code_from_number<call_action>(text, call_actions.size());
}

bool stays_at_record(record_action action) {
  return action == record_action::redial || action == record_action::retry_in ||
         action == record_action::retry_at_date || action == record_action::assign_to_group ||
         action == record_action::reschedule;
}

bool moves_along_chain(record_action action) {
  return action == record_action::next_in_chain || action == record_action::next_in_chain_after ||
         action == record_action::next_in_chain_at_date;
}

bool is_at_date(record_action action) {
  return action == record_action::retry_at_date || action == record_action::next_in_chain_at_date;
}

std::int64_t delay_ms(const traditional_treatment& t, std::int32_t application) {
  const auto minutes = t.interval_min + (application - 1) * t.increment_min;
  return std::min(minutes * ms_per_minute, limits::treatment_delay_ms_max);
}

result<void> check(const traditional_treatment& t) {
  if (t.dbid < 1 || t.dbid > limits::integer_max)
    return wrong("dbid is no DBID", "dbid", between(1, limits::integer_max));
  if (t.result == call_result::unknown)
    return wrong("call-result is Unknown, to which no treatment is applied", "call-result",
                 "name the result that it answers, for example \"Busy\"");
  if (t.number_in_sequence < 1 || t.number_in_sequence > limits::treatments_per_list_max)
    return wrong("number-in-sequence is " + std::to_string(t.number_in_sequence), "number-in-sequence",
                 between(1, limits::treatments_per_list_max));
  if (t.cycle_attempts < 1 || t.cycle_attempts > limits::cycle_attempts_max)
    return wrong("cycle-attempt is " + std::to_string(t.cycle_attempts), "cycle-attempt",
                 between(1, limits::cycle_attempts_max));
  for (const auto& [minutes, option] : {std::pair{t.interval_min, "interval"}, std::pair{t.increment_min, "increment"}})
    if (minutes < 0 || minutes > limits::treatment_interval_min_max)
      return wrong(std::string(option) + " is " + std::to_string(minutes), option,
                   between(0, limits::treatment_interval_min_max));
  if (is_at_date(t.action) && !t.date_time)
    return wrong("date-time is missing", "apply-to-record",
                 "say when: " + std::string(name_of(t.action)) + " needs date-time");
  if (t.result == call_result::agent_callback_error && !answers_agent_callback_error(t.action))
    return wrong(
        "apply-to-record is \"" + std::string(name_of(t.action)) + "\", which AgentCallbackError cannot have",
        "apply-to-record",
        "give \"Assign to group\", \"Mark as agent error\", \"Redial\", \"Retry in\" or \"Retry at specified date\"");
  return {};
}

result<treatment_table> treatment_table::make(std::vector<traditional_treatment> all) {
  if (all.size() > static_cast<std::size_t>(limits::treatments_per_list_max))
    return error{"there are " + std::to_string(all.size()) + " treatments", "",
                 "give a list at most " + std::to_string(limits::treatments_per_list_max)};
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return place_in_table(a) < place_in_table(b); });
  for (auto t = all.begin(); t != all.end(); ++t) {
    if (auto right = check(*t); !right) return std::move(right).error();
    for (auto before = all.begin(); before != t; ++before) {
      if (before->dbid == t->dbid)
        return error{"treatments \"" + before->name + "\" and \"" + t->name + "\" have the same dbid", "",
                     "give each its own"};
      if (place_in_table(*before) == place_in_table(*t))
        return error{"treatments \"" + before->name + "\" and \"" + t->name + "\" are both number " +
                         std::to_string(t->number_in_sequence) + " of " + std::string(name_of(t->result)),
                     "", "give each its own number-in-sequence"};
    }
  }
  treatment_table made;
  made.all_ = std::move(all);
  return made;
}

std::span<const traditional_treatment> treatment_table::sequence(call_result r) const {
  const auto first = std::partition_point(all_.begin(), all_.end(), [&](const traditional_treatment& t) { return t.result < r; });
  const auto last = std::partition_point(first, all_.end(), [&](const traditional_treatment& t) { return t.result == r; });
  return {first, last};
}

const traditional_treatment* treatment_table::find(std::int64_t dbid) const {
  const auto found = std::find_if(all_.begin(), all_.end(), [&](const auto& t) { return t.dbid == dbid; });
  return found == all_.end() ? nullptr : &*found;
}

} // namespace chainring::dialer
