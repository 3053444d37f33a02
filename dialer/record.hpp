// record.hpp: one row of a calling list: OCS's 23 mandatory columns with their codes (facts of the OCS database format)
// and the list's user columns.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "dialer/call_result.hpp"

namespace chainring::dialer {

enum class record_type : std::uint8_t {
  no_record_type = 0,
  unknown = 1,
  general = 2,
  campaign_rescheduled = 3,
  personal_rescheduled = 4,
  personal_callback = 5,
  campaign_callback = 6,
  no_call = 7,
};

enum class record_status : std::uint8_t {
  no_record_status = 0,
  ready = 1,
  retrieved = 2,
  updated = 3,
  stale = 4,
  cancelled = 5,
  agent_error = 6,
  chain_updated = 7,
  missed_callback = 8,
  chain_ready = 9,
};

/// Codes of contact_info_type; names as the guide has them (NO_TYPE … E-MAIL) are in calling_list.hpp.
inline constexpr std::uint8_t contact_info_type_max = 10;

/// Where a row lives: key of the store. (chain_id, chain_n) is the primary key within a list.
struct record {
  std::int64_t record_id = 0; // unique in its list
  std::string contact_info;
  std::uint8_t contact_info_type = 1;
  dialer::record_type record_type = dialer::record_type::general;
  dialer::record_status record_status = dialer::record_status::ready;
  std::optional<dialer::call_result> call_result = dialer::call_result::unknown;
  std::int32_t attempt = 0;                     // attempts made
  std::optional<std::int64_t> dial_sched_time;  // epoch seconds
  std::optional<std::int64_t> call_time;        // epoch seconds of the last processing
  std::int32_t daily_from = 28'800;             // seconds of the day in the record's zone
  std::int32_t daily_till = 64'800;
  std::int32_t tz_dbid = 122;
  std::optional<std::int64_t> campaign_id;
  std::optional<std::string> agent_id;
  std::int64_t chain_id = 0;
  std::int32_t chain_n = 0;
  std::optional<std::int64_t> group_id;
  std::optional<std::int64_t> app_id;
  std::optional<std::string> treatments;
  std::optional<std::int64_t> media_ref;
  std::optional<std::string> email_subject;
  std::optional<std::int64_t> email_template_id;
  std::optional<std::int64_t> switch_id;
  std::vector<std::optional<std::string>> user; // values of calling_list::user_columns, same order

  friend bool operator==(const record&, const record&) = default;
};

/// The form of one list. `tz_name` (an IANA zone) may stand among the user columns and wins over tz_dbid.
struct calling_list {
  std::string name;
  std::vector<std::string> user_columns; // SQL and ECMAScript identifiers, unique, none of the 23
};

struct saved_instance; // store/store.hpp

/// A person: records of one chain_id, ascending chain_n, at least one.
struct chain_of_records {
  std::int64_t chain_id = 0;
  std::vector<record> records;
  std::shared_ptr<const saved_instance> saved = {}; // of a chain that was put away; null: it begins
};

} // namespace chainring::dialer
