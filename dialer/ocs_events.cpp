// ocs_events.cpp: see ocs_events.hpp.
#include "dialer/ocs_events.hpp"

#include "dialer/calling_list.hpp"

namespace chainring::dialer {

namespace {

scxml::event external(std::string_view name, scxml::object properties) {
  scxml::event e;
  e.name = name;
  e.data = std::move(properties);
  return e;
}

/// Handles stay far below 2^53.
scxml::value number(std::uint64_t handle) { return static_cast<double>(handle); }

scxml::object call_result_properties(call_result result, std::uint64_t handle) {
  scxml::object properties; // a list of initializers would be copied
  properties.members.reserve(4);
  properties.members.emplace_back("callresult", name_of(result));
  properties.members.emplace_back("record_id", number(handle));
  properties.members.emplace_back("code", static_cast<int>(result));
  return properties;
}

} // namespace

std::optional<scxml::event> call_result_event(call_result result, std::uint64_t handle,
                                              bool power_mode) {
  if (result == call_result::unknown || (result == call_result::ok && !power_mode))
    return std::nullopt;
  return external("ocs.callresult", call_result_properties(result, handle));
}

scxml::event unknown_attempt_event(std::uint64_t handle) {
  auto properties = call_result_properties(call_result::system_error, handle);
  properties.members.emplace_back("attempt_state", "unknown");
  return external("ocs.callresult", std::move(properties));
}

scxml::event timeout_event() {
  scxml::event e;
  e.name = "ocs.timeout";
  return e;
}

scxml::event daytime_change_event(daytime_code code) {
  return external("ocs.daytime_change", {{{"daytime_code", name_of(code)}}});
}

scxml::event info_event(std::string_view result) {
  return external("ocs.info", {{{"result", result}}});
}

scxml::event next_record_event(const chain& c, std::size_t position, bool preferred,
                               const calling_list& form, const time_zones& zones,
                               std::int64_t now_ms) {
  const record row = c.at(position);
  std::int64_t attempts = 0;
  for (std::size_t i = 0; i < c.size(); ++i)
    attempts += i == position ? row.attempt : c.at(i).attempt;
  const auto zone = zones.zone_of(row, form);
  scxml::object properties;
  auto& members = properties.members;
  members.reserve(columns_count(form) + pseudo_fields.size());
  members.emplace_back("record_id", number(c.handle_of(position)));
  for (std::size_t column = column_contact_info; column < columns_count(form); ++column)
    members.emplace_back(column_name(form, column), column_value(row, column));
  members.emplace_back("gsw_chain_attempts", attempts);
  members.emplace_back("gsw_preferred_flag", preferred ? "yes" : "no");
  members.emplace_back("tz_offset", zone ? scxml::value(zones.offset_seconds(*zone, now_ms / 1'000))
                                         : scxml::value(scxml::null{}));
  members.emplace_back("gsw_list_name", form.name);
  members.emplace_back("db_record_id", row.record_id);
  return external("ocs.next_record", std::move(properties));
}

scxml::event no_next_record_event() {
  return external("ocs.next_record", {{{"record_id", scxml::null{}}}});
}

scxml::event error_event(error_code code, std::string_view message) {
  const int number = static_cast<int>(code);
  return external(is_configuration_error(code) ? "Error.Configuration" : "Error.Attribute",
                  {{{"Error_code", number}, {"error_code", number}, {"message", message}}});
}

} // namespace chainring::dialer
