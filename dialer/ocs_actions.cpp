// ocs_actions.cpp: timeout, get_daytime, get_info, make_call and set_exec_flag; the two larger
// actions stand in next_record.cpp and set_flex_attr.cpp.
#include "dialer/ocs_actions.hpp"

#include <charconv>
#include <cmath>

#include "dialer/action_parts.hpp"
#include "dialer/limits.hpp"
#include "dialer/ocs_events.hpp"
#include "dialer/ocs_vocabulary.hpp"
#include "dialer/text.hpp"

namespace chainring::dialer {

namespace {

action_outcome answer_with(scxml::event e) {
  action_outcome out;
  out.answer = events_due{std::move(e)};
  return out;
}

/// When an interval next starts in the zone of the current record, or the error that says why it
/// never does.
struct interval_start {
  std::int64_t seconds = 0; // from now, rounded up: having waited so long one is inside
  std::optional<action_outcome> failed;
};

interval_start seconds_until(daytime_code code, const chain& c,
                             const chain_environment& environment, std::int64_t now_ms) {
  const auto refused = [](error_code why, std::string_view message) {
    return interval_start{0, refusal(why, message)};
  };
  const auto zone = environment.zones.zone_of(c.at(c.current), environment.form);
  if (!zone) return refused(error_code::time_zone_unknown, zone.error().what);
  const std::int64_t now = now_ms / 1'000;
  const auto start = environment.daytime.next_start(environment.zones, *zone, code, now);
  const std::string name(name_of(code));
  if (start.at) return {*start.at - now, std::nullopt};
  switch (start.why) {
  case daytime_tables::no_start::no_weekday_table:
    return refused(error_code::weekday_table_missing,
                   name + " needs the table of weekdays, which is not configured");
  case daytime_tables::no_start::no_holiday_table:
    return refused(error_code::holiday_table_missing,
                   name + " needs the table of holidays, which is not configured");
  case daytime_tables::no_start::never: break;
  }
  return refused(error_code::interval_never_starts, "no day of the tables brings " + name);
}

// -- timeout --------------------------------------------------------------------------------------------------------

action_outcome perform_timeout(chain& c, const scxml::action_effect& action,
                               const chain_environment& environment, std::int64_t now_ms) {
  const scxml::value* delay = given(action, ocs::timeout_delay);
  if (!delay) return refusal(error_code::attribute_missing, "timeout lacks delay");
  std::int64_t delay_ms = 0;
  const auto code =
      delay->is<std::string>() ? daytime_code_from_name(*delay->as<std::string>()) : std::nullopt;
  if (code) {
    auto until = seconds_until(*code, c, environment, now_ms);
    if (until.failed) return *std::move(until.failed);
    if (until.seconds > 0) delay_ms = (now_ms / 1'000 + until.seconds) * 1'000 - now_ms;
  } else {
    const auto seconds = seconds_of(*delay);
    if (!seconds || !std::isfinite(*seconds) || *seconds < 0)
      return refusal(error_code::delay_invalid,
                     "delay is " + shown(*delay) +
                         ", neither seconds (0 or more) nor BBH, BH, ABH, WEND or HDAY");
    if (*seconds > static_cast<double>(limits::timeout_seconds_max))
      return refusal(error_code::delay_too_long, "delay is " + shown(*delay) + " seconds, " +
                                                     std::to_string(limits::timeout_seconds_max) +
                                                     " is the most");
    delay_ms = static_cast<std::int64_t>(std::ceil(*seconds * 1'000));
  }
  action_outcome out;
  if (c.timeout_due_ms > now_ms)
    out.warnings.push_back("a timeout was pending: the new one replaces it");
  c.timeout_due_ms = now_ms + delay_ms;
  out.answer = timeout_wanted{delay_ms};
  return out;
}

// -- the small ones -------------------------------------------------------------------------------------------------

action_outcome perform_get_info(chain& c, const scxml::action_effect& action,
                                const chain_environment& environment, std::int64_t now_ms) {
  const scxml::value* what = given(action, ocs::get_info_what);
  if (!what) return refusal(error_code::attribute_missing, "get_info lacks what");
  if (!same_word(word_of(*what), "TIMERANGE"))
    return refusal(error_code::information_unknown,
                   "what is " + shown(*what) + ", only TIMERANGE is known");
  const scxml::value* param = given(action, ocs::get_info_param);
  const auto code = param ? daytime_code_from_name(word_of(*param)) : std::nullopt;
  if (!code)
    return refusal(error_code::timerange_invalid,
                   "param is " + (param ? shown(*param) : std::string("missing")) +
                       ", TIMERANGE needs BBH, BH, ABH, WEND or HDAY");
  auto until = seconds_until(*code, c, environment, now_ms);
  if (until.failed) return *std::move(until.failed);
  return answer_with(info_event(std::to_string(until.seconds)));
}

/// Each make_call is answered by exactly one ocs.callresult, so a record has one call at a time.
action_outcome perform_make_call(chain& c, const scxml::action_effect& action) {
  const scxml::value* handle = given(action, ocs::make_call_record_id);
  if (!handle) return refusal(error_code::record_unknown, "make_call lacks a record_id");
  const auto position = c.position_of(*handle);
  if (!position)
    return refusal(error_code::record_unknown,
                   "record_id is " + shown(*handle) + ", no record of this chain");
  if (!c.begin_call(*position))
    return refusal(error_code::call_in_progress,
                   "record_id is " + shown(*handle) + ", whose call has no result yet");
  action_outcome out;
  out.answer = call_wanted{*position};
  return out;
}

action_outcome perform_set_exec_flag(chain& c, const scxml::action_effect& action) {
  const scxml::value* flag = given(action, ocs::set_exec_flag_flag);
  const scxml::value* to = given(action, ocs::set_exec_flag_value);
  if (!flag || !to)
    return refusal(error_code::attribute_missing, "set_exec_flag lacks flag or value");
  if (!same_word(word_of(*flag), "PostProcessing"))
    return refusal(error_code::flag_unknown,
                   "flag is " + shown(*flag) + ", only PostProcessing is known");
  for (const auto choice : {post_processing::finalize, post_processing::switch_to_traditional})
    if (same_word(word_of(*to), name_of(choice))) {
      c.after = choice;
      return {};
    }
  return refusal(error_code::flag_value_invalid,
                 "value is " + shown(*to) + ", neither Finalize nor Switch");
}

} // namespace

std::optional<double> seconds_of(const scxml::value& delay) {
  if (const auto* number = delay.as<double>()) return *number;
  const auto* text = delay.as<std::string>();
  if (!text) return std::nullopt;
  const auto digits = trimmed(*text);
  double seconds = 0;
  const auto [end, problem] =
      std::from_chars(digits.data(), digits.data() + digits.size(), seconds);
  if (digits.empty() || problem != std::errc() || end != digits.data() + digits.size())
    return std::nullopt;
  return seconds;
}

action_outcome perform(chain& c, const scxml::action_effect& action,
                       const chain_environment& environment, std::int64_t now_ms) {
  switch (action.spec) {
  case ocs::timeout: return perform_timeout(c, action, environment, now_ms);
  case ocs::next_record: return perform_next_record(c, action, environment, now_ms);
  case ocs::get_daytime: return answer_with(current_daytime_event(c, environment, now_ms));
  case ocs::get_info: return perform_get_info(c, action, environment, now_ms);
  case ocs::make_call: return perform_make_call(c, action);
  case ocs::set_flex_attr: return perform_set_flex_attr(c, action, environment);
  case ocs::set_exec_flag: return perform_set_exec_flag(c, action);
  default: return {}; // not of this vocabulary
  }
}

action_outcome perform(const scxml::action_failed_effect& failed) {
  return refusal(error_code::attribute_not_evaluated,
                 failed.attribute + " cannot be evaluated: " + failed.message);
}

scxml::event expire_timeout(chain& c) {
  c.timeout_due_ms = 0;
  return timeout_event();
}

scxml::event current_daytime_event(const chain& c, const chain_environment& environment,
                                   std::int64_t now_ms) {
  const auto zone = environment.zones.zone_of(c.at(c.current), environment.form);
  if (!zone) return error_event(error_code::time_zone_unknown, zone.error().what);
  return daytime_change_event(
      environment.daytime.code_at(environment.zones, *zone, now_ms / 1'000));
}

} // namespace chainring::dialer
