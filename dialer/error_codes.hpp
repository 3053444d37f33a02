// error_codes.hpp: the numbers in Error.Attribute and Error.Configuration. OCS publishes none; this
// table is chainring's own, and stable: numbers are added, never changed.
#pragma once

#include <cstdint>

namespace chainring::dialer {

/// 1 … 99: Error.Attribute; from 100: Error.Configuration. Events carry the number as Error_code
/// and as error_code, because the guide writes both.
enum class error_code : std::uint8_t {
  attribute_missing = 1,         // a mandatory attribute is not there
  attribute_not_evaluated = 2,   // its expression failed
  delay_invalid = 3,             // negative, or neither seconds nor a daytime code
  delay_too_long = 4,            // past limits::timeout_seconds_max
  record_unknown = 5,            // record_id is the handle of no record of this chain
  contact_type_invalid = 6,      // type_id or type_name names no contact type, or both are missing
  yes_or_no_expected = 7,        // exclude, repeat_chain
  information_unknown = 8,       // get_info: what is not TIMERANGE
  timerange_invalid = 9,         // get_info: param is missing or no daytime code
  flex_attribute_missing = 10,   // set_flex_attr without a flex_attr
  flex_kind_invalid = 11,        // attr is not OPTIONS, USERDATA or EXTENSIONS
  flex_type_invalid = 12,        // type is not string or int
  flex_key_invalid = 13,         // key is empty, too long or holds control characters
  flex_value_invalid = 14,       // value is not of its type, too long, or not legal for the option
  flex_attributes_too_many = 15, // past limits::flex_attributes_per_chain_max
  column_unknown = 16,           // USERDATA: the list has no such column
  column_value_invalid = 17,     // USERDATA: the column cannot hold the value
  column_read_only = 18, // USERDATA: record_id, chain_id, chain_n, or fewer attempts than were made
  flag_unknown = 19,     // set_exec_flag: flag is not PostProcessing
  flag_value_invalid = 20, // set_exec_flag: value is neither Finalize nor Switch
  call_in_progress = 21, // make_call: the record's call before has no result yet

  weekday_table_missing = 100, // the interval needs the statistical table of weekdays
  holiday_table_missing = 101, // the interval needs the statistical table of holidays
  interval_never_starts = 102, // no day of the tables brings it
  time_zone_unknown = 103,     // the record's zone has left the configuration
};

inline constexpr bool is_configuration_error(error_code code) {
  return static_cast<int>(code) >= 100;
}

} // namespace chainring::dialer
