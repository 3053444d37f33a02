// call_result.cpp: the table of results, and names read without case and separators.
#include "dialer/call_result.hpp"

#include "dialer/text.hpp"

namespace chainring::dialer {

namespace {

constexpr std::array<call_result_entry, 40> entries = {{
    {call_result::ok, "Ok"},
    {call_result::general_error, "GeneralError"},
    {call_result::system_error, "SystemError"},
    {call_result::remote_release, "RemoteRelease"},
    {call_result::busy, "Busy"},
    {call_result::no_answer, "NoAnswer"},
    {call_result::sit_detected, "SIT_Detected"},
    {call_result::answering_machine, "AnswMachine"},
    {call_result::all_trunks_busy, "All_Trunks_Busy"},
    {call_result::sit_invalid_number, "SIT_Invalid_Num"},
    {call_result::sit_vacant, "SIT_Vacant"},
    {call_result::sit_operator_intercept, "SIT_Oper_Intercept"},
    {call_result::sit_unknown, "SIT_Unknown"},
    {call_result::sit_no_circuit, "SIT_No_Circuit"},
    {call_result::sit_reorder, "SIT_Reorder"},
    {call_result::fax, "Fax"},
    {call_result::abandoned, "Abandoned"},
    {call_result::dropped, "Dropped"},
    {call_result::dropped_no_answer, "DroppedNoAnswer"},
    {call_result::unknown, "Unknown"},
    {call_result::silence, "Silence"},
    {call_result::answer, "Answer"},
    {call_result::nu_tone, "NuTone"},
    {call_result::no_dial_tone, "NoDialTone"},
    {call_result::no_progress, "NoProgress"},
    {call_result::no_ring_back, "NoRingBack"},
    {call_result::no_established, "NoEstablished"},
    {call_result::pager_detected, "PagerDetected"},
    {call_result::wrong_party, "WrongParty"},
    {call_result::dial_error, "DialError"},
    {call_result::call_drop_error, "CallDropError"},
    {call_result::switch_error, "SwitchError"},
    {call_result::no_free_port_error, "NoFreePortError"},
    {call_result::transfer_error, "TransferError"},
    {call_result::stale, "Stale"},
    {call_result::agent_callback_error, "AgentCallbackError"},
    {call_result::group_callback_error, "GroupCallbackError"},
    {call_result::do_not_call, "DoNotCall"},
    {call_result::cancel_record, "CancelRecord"},
    {call_result::wrong_number, "WrongNumber"},
}};

/// Display texts of gcti.h that differ from the guide's names by more than case and separators.
constexpr std::array<call_result_entry, 6> other_spellings = {{
    {call_result::answering_machine, "AnsweringMachine"},
    {call_result::sit_invalid_number, "SITInvalidNumber"},
    {call_result::fax, "FaxDetected"},
    {call_result::dropped_no_answer, "DropNoAnswer"},
    {call_result::unknown, "UnknownCallResult"},
    {call_result::no_established, "NoEstablishe"},
}};

} // namespace

const std::array<call_result_entry, 40>& all_call_results() { return entries; }

std::string_view name_of(call_result r) {
  for (const auto& entry : entries)
    if (entry.code == r) return entry.name;
  return "Unknown";
}

std::optional<call_result> call_result_from_code(std::int64_t code) {
  for (const auto& entry : entries)
    if (static_cast<std::int64_t>(entry.code) == code) return entry.code;
  return std::nullopt;
}

std::optional<call_result> call_result_from_name(std::string_view name) {
  for (const auto& entry : entries)
    if (sounds_like(entry.name, name)) return entry.code;
  for (const auto& entry : other_spellings)
    if (sounds_like(entry.name, name)) return entry.code;
  return std::nullopt;
}

} // namespace chainring::dialer
