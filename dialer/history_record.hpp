// history_record.hpp: what is told of each attempt to the server of a campaign's history-uri (OCS call report records): once when
// the call is placed, once when it has ended. Translation only: who posts is the host's affair.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "dialer/dialing_mode.hpp"
#include "dialer/pre_dial_validation.hpp"
#include "dialer/record.hpp"
#include "dialer/store/store.hpp"
#include "scxml/value.hpp"

namespace chainring::dialer {

/// The attempts of a record are to be told of.
struct history_wanted {
  std::string uri;
  scxml::object known; // members that are the same when the call is placed and when it has ended
};

/// Names one attempt: the same for the same list, record and number of the attempt. In the form of a UUID (RFC 9562, version 8).
std::string attempt_guid(std::string_view list, std::int64_t record_id, std::int32_t attempt);

/// Whose attempts, and who is told.
struct history_source {
  std::string_view uri;
  std::string_view campaign;
  dialing_mode mode = dialing_mode::power;
};

/// Attempt number `attempt` at this row. The user columns as they are, and GSW_CALL_ATTEMPT_GUID, GSW_CALLING_LIST,
/// GSW_CAMPAIGN_NAME, GSW_CAMPAIGN_GROUP_NAME, GSW_CHAIN_ID, GSW_CHAIN_N, GSW_RECORD_HANDLE if it is known, GSW_PHONE,
/// GSW_ATTEMPTS, GSW_DIAL_MODE, GSW_APPLICATION_ID, chainring_record_id.
std::shared_ptr<const history_wanted> history_of(const history_source& from, const record& row, const calling_list& form,
                                                 std::optional<std::uint64_t> handle, std::int32_t attempt);

/// The same with these user columns, which have changed since.
std::shared_ptr<const history_wanted> with_columns(const history_wanted& wanted, const column_texts& columns);

/// What to post, JSON: what is known, GSW_HIST_SEQUENCE_NUM, GSW_DIALING (epoch seconds), chainring_started_ms and
/// chainring_trunk. An attempt that is done or unknown has number 1 instead of 0, and GSW_CALL_RESULT (a code; Unknown after a
/// crash), GSW_CALL_TIME (epoch seconds of its end), chainring_ended_ms and chainring_attempt_state besides.
std::shared_ptr<const history_post> history_record(const history_wanted& wanted, const attempt& now);

} // namespace chainring::dialer
