// call_result.hpp: how an attempt ended: the 40 names of the OCS guide with their numeric codes (GctiCallState).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace chainring::dialer {

/// Values are the codes stored in the column call_result. Reserved T-Server codes are not results.
enum class call_result : std::uint8_t {
  ok = 0,
  general_error = 3,
  system_error = 4,
  remote_release = 5,
  busy = 6,
  no_answer = 7,
  sit_detected = 8,
  answering_machine = 9,
  all_trunks_busy = 10,
  sit_invalid_number = 11,
  sit_vacant = 12,
  sit_operator_intercept = 13,
  sit_unknown = 14,
  sit_no_circuit = 15,
  sit_reorder = 16,
  fax = 17,
  abandoned = 21,
  dropped = 26,
  dropped_no_answer = 27,
  unknown = 28,
  silence = 32,
  answer = 33,
  nu_tone = 34,
  no_dial_tone = 35,
  no_progress = 36,
  no_ring_back = 37,
  no_established = 38,
  pager_detected = 39,
  wrong_party = 40,
  dial_error = 41,
  call_drop_error = 42,
  switch_error = 43,
  no_free_port_error = 44,
  transfer_error = 45,
  stale = 46,
  agent_callback_error = 47,
  group_callback_error = 48,
  do_not_call = 51,
  cancel_record = 52,
  wrong_number = 53,
};

struct call_result_entry {
  call_result code;
  std::string_view name; // the guide's spelling: what scripts see
};

/// All results in code order.
const std::array<call_result_entry, 40>& all_call_results();

/// The guide's name.
std::string_view name_of(call_result r);
std::optional<call_result> call_result_from_code(std::int64_t code);
/// By name: the guide's spelling, or gcti.h's display text ("Answering Machine"), case and separators ignored.
std::optional<call_result> call_result_from_name(std::string_view name);

} // namespace chainring::dialer
