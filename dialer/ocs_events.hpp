// ocs_events.hpp: the events that OCS sends to a treatment, by the guide's names and properties.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "dialer/call_result.hpp"
#include "dialer/chain.hpp"
#include "dialer/daytime.hpp"
#include "dialer/error_codes.hpp"
#include "dialer/time_zones.hpp"
#include "scxml/event.hpp"

namespace chainring::dialer {

/// ocs.callresult {callresult, record_id, code}: `handle` is the record's. None for Ok and Unknown,
/// to which OCS applies no treatment: the chain's instance ends then. In Power mode (SMS, e-mail)
/// Ok is delivered.
std::optional<scxml::event> call_result_event(call_result result, std::uint64_t handle,
                                              bool power_mode = false);
/// For an attempt in flight when a node died: SystemError, and attempt_state 'unknown'.
scxml::event unknown_attempt_event(std::uint64_t handle);

/// ocs.timeout, no properties.
scxml::event timeout_event();
/// ocs.daytime_change {daytime_code}.
scxml::event daytime_change_event(daytime_code code);
/// ocs.info {result}.
scxml::event info_event(std::string_view result);

/// ocs.next_record: record_id is the handle; contact_info, the pseudo-fields, every column of the
/// list by its own name (the column record_id as db_record_id). tz_offset is null when the record's
/// zone is not known.
scxml::event next_record_event(const chain& c, std::size_t position, bool preferred,
                               const calling_list& form, const time_zones& zones,
                               std::int64_t now_ms);
/// ocs.next_record {record_id: null}: there is no next record.
scxml::event no_next_record_event();

/// Error.Attribute or Error.Configuration, as the code says: {Error_code, error_code, message}.
scxml::event error_event(error_code code, std::string_view message);

} // namespace chainring::dialer
