// calling_list.hpp: the columns of a calling list by name: OCS's 23 mandatory ones (type, range,
// default) and the list's user columns. Everything that reads or writes a column by name goes
// through here: CSV, treatments, the store.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "dialer/record.hpp"
#include "scxml/result.hpp"
#include "scxml/value.hpp"

namespace chainring::dialer {

enum class column_kind : std::uint8_t { integer, text };

/// One mandatory column (OCS calling-list format).
struct column_description {
  std::string_view name;
  column_kind kind = column_kind::integer;
  bool nullable = false;
  std::int64_t least = 0, most = 0; // integer: what is legal
  std::size_t bytes_max = 0;        // text
  std::optional<std::int64_t>
      default_value; // of a row that lacks the column; none: null, or the importer's to give
};

inline constexpr std::size_t mandatory_columns_count = 23;
/// In the order of the OCS format: record_id first.
const std::array<column_description, mandatory_columns_count>& mandatory_columns();

/// Columns that the code names. A column is a position: the mandatory ones, then those of
/// calling_list::user_columns.
enum column : std::size_t {
  column_record_id = 0,
  column_contact_info,
  column_contact_info_type,
  column_record_type,
  column_record_status,
  column_call_result,
  column_attempt,
  column_dial_sched_time,
  column_call_time,
  column_daily_from,
  column_daily_till,
  column_tz_dbid,
  column_campaign_id,
  column_agent_id,
  column_chain_id,
  column_chain_n,
  column_group_id,
  column_app_id,
  column_treatments,
  column_media_ref,
  column_email_subject,
  column_email_template_id,
  column_switch_id,
};

/// User column with the IANA zone of a record; wins over tz_dbid.
inline constexpr std::string_view time_zone_column = "tz_name";

/// Names that ocs.next_record gives a meaning of its own; no user column may have them.
inline constexpr std::array<std::string_view, 5> pseudo_fields = {
    "gsw_chain_attempts", "gsw_preferred_flag", "tz_offset", "gsw_list_name", "db_record_id"};

/// Position of a column, the name compared without ASCII case, as SQL does.
std::optional<std::size_t> find_column(const calling_list& form, std::string_view name);
std::string_view column_name(const calling_list& form, std::size_t column);
/// mandatory_columns_count + the user columns.
std::size_t columns_count(const calling_list& form);

/// May a user column have this name: an identifier, no pseudo-field, not one of the 23, not too
/// long?
result<void> check_user_column(std::string_view name);

/// Sets a column from text, or to null. Integers are decimal; tolerated besides: names of call
/// results, contact types, record types and statuses, and HH:MM[:SS] for daily_from and daily_till.
/// The record is untouched on error.
result<void> set_column(record& row, const calling_list& form, std::size_t column,
                        std::optional<std::string_view> text);

/// The column as the text that set_column reads back, or null. Integers are decimal.
std::optional<std::string> column_text(const record& row, std::size_t column);

/// The column as scripts see it: number, string or null.
scxml::value column_value(const record& row, std::size_t column);

/// Type names of the OCS format: "General" is 2; case and separators do not matter.
std::optional<record_type> record_type_from_name(std::string_view name);
std::optional<record_status> record_status_from_name(std::string_view name);
std::string_view name_of(record_type type);
std::string_view name_of(record_status status);

/// contact_info_type: the guide's names by code, NO_TYPE … E-MAIL.
const std::array<std::string_view, contact_info_type_max + 1>& contact_info_type_names();
/// By the guide's name; case and separators do not matter.
std::optional<std::uint8_t> contact_info_type_from_name(std::string_view name);

} // namespace chainring::dialer
