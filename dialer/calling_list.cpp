// calling_list.cpp: one table ties each mandatory column to its member of `record`; reading and
// writing visit it.
#include "dialer/calling_list.hpp"

#include <algorithm>
#include <variant>

#include "dialer/limits.hpp"
#include "dialer/text.hpp"

namespace chainring::dialer {

namespace {

constexpr auto id_max = limits::integer_max;
constexpr std::int64_t int_max = INT32_MAX;

constexpr column_description
integer_column(std::string_view name, std::int64_t most,
               std::optional<std::int64_t> default_value = std::nullopt) {
  return {name, column_kind::integer, false, 0, most, 0, default_value};
}
constexpr column_description
nullable_integer(std::string_view name, std::int64_t most = id_max,
                 std::optional<std::int64_t> default_value = std::nullopt) {
  return {name, column_kind::integer, true, 0, most, 0, default_value};
}
constexpr column_description text_column(std::string_view name, std::size_t bytes_max,
                                         bool nullable) {
  return {name, column_kind::text, nullable, 0, 0, bytes_max, std::nullopt};
}

constexpr std::array<column_description, mandatory_columns_count> columns = {{
    integer_column("record_id", id_max),
    text_column("contact_info", limits::contact_info_bytes_max, false),
    integer_column("contact_info_type", contact_info_type_max, 1),
    integer_column("record_type", 7, 2),
    integer_column("record_status", 9, 1),
    nullable_integer("call_result", 53, 28),
    integer_column("attempt", int_max, 0),
    nullable_integer("dial_sched_time"),
    nullable_integer("call_time"),
    integer_column("daily_from", limits::day_seconds, 28'800),
    integer_column("daily_till", limits::day_seconds, 64'800),
    integer_column("tz_dbid", int_max, 122),
    nullable_integer("campaign_id"),
    text_column("agent_id", limits::agent_id_bytes_max, true),
    integer_column("chain_id", id_max),
    integer_column("chain_n", int_max),
    nullable_integer("group_id"),
    nullable_integer("app_id"),
    text_column("treatments", limits::treatments_bytes_max, true),
    nullable_integer("media_ref"),
    text_column("email_subject", limits::email_subject_bytes_max, true),
    nullable_integer("email_template_id"),
    nullable_integer("switch_id"),
}};

using member = std::variant<std::int64_t record::*, std::int32_t record::*, std::uint8_t record::*,
                            dialer::record_type record::*, dialer::record_status record::*,
                            std::optional<std::int64_t> record::*,
                            std::optional<dialer::call_result> record::*, std::string record::*,
                            std::optional<std::string> record::*>;

const std::array<member, mandatory_columns_count>& members() {
  static const std::array<member, mandatory_columns_count> table = {{
      &record::record_id,         &record::contact_info,    &record::contact_info_type,
      &record::record_type,       &record::record_status,   &record::call_result,
      &record::attempt,           &record::dial_sched_time, &record::call_time,
      &record::daily_from,        &record::daily_till,      &record::tz_dbid,
      &record::campaign_id,       &record::agent_id,        &record::chain_id,
      &record::chain_n,           &record::group_id,        &record::app_id,
      &record::treatments,        &record::media_ref,       &record::email_subject,
      &record::email_template_id, &record::switch_id,
  }};
  return table;
}

template <class... Functions> struct overloaded : Functions... { using Functions::operator()...; };
template <class... Functions> overloaded(Functions...) -> overloaded<Functions...>;

// -- reading --------------------------------------------------------------------------------------------------------

using content = std::variant<std::monostate, std::int64_t, std::string_view>;

content content_of(const record& row, std::size_t at) {
  const auto integer = [](std::int64_t i) { return content(i); };
  return std::visit(overloaded{
                        [&](std::string record::*m) { return content(std::string_view(row.*m)); },
                        [&](std::optional<std::string> record::*m) {
                          return row.*m ? content(std::string_view(*(row.*m))) : content();
                        },
                        [&](std::optional<std::int64_t> record::*m) {
                          return row.*m ? integer(*(row.*m)) : content();
                        },
                        [&](std::optional<dialer::call_result> record::*m) {
                          return row.*m ? integer(static_cast<std::int64_t>(*(row.*m))) : content();
                        },
                        [&](auto m) { return integer(static_cast<std::int64_t>(row.*m)); },
                    },
                    members()[at]);
}

content content_at(const record& row, std::size_t column) {
  if (column < mandatory_columns_count) return content_of(row, column);
  const std::size_t user = column - mandatory_columns_count;
  if (user >= row.user.size() || !row.user[user]) return {};
  return std::string_view(*row.user[user]);
}

// -- writing --------------------------------------------------------------------------------------------------------

void set_null(record& row, std::size_t at) {
  std::visit(overloaded{
                 [&](std::optional<std::string> record::*m) { (row.*m).reset(); },
                 [&](std::optional<std::int64_t> record::*m) { (row.*m).reset(); },
                 [&](std::optional<dialer::call_result> record::*m) { (row.*m).reset(); },
                 [](auto) {},
             },
             members()[at]);
}

void set_integer(record& row, std::size_t at, std::int64_t to) {
  std::visit(overloaded{
                 [&](std::optional<std::int64_t> record::*m) { row.*m = to; },
                 [&](std::optional<dialer::call_result> record::*m) {
                   row.*m = call_result_from_code(to);
                 },
                 [&](std::string record::*) {},
                 [&](std::optional<std::string> record::*) {},
                 [&]<class T>(T record::*m) { row.*m = static_cast<T>(to); },
             },
             members()[at]);
}

void set_text(record& row, std::size_t at, std::string_view to) {
  std::visit(overloaded{
                 [&](std::string record::*m) { row.*m = to; },
                 [&](std::optional<std::string> record::*m) { row.*m = std::string(to); },
                 [](auto) {},
             },
             members()[at]);
}

/// HH:MM or HH:MM:SS as a second of the day.
std::optional<std::int64_t> second_of_day(std::string_view text) {
  std::int64_t seconds = 0;
  int parts = 0;
  for (; parts < 3 && !text.empty(); ++parts) {
    const std::size_t colon = text.find(':');
    const auto part = text.substr(0, colon);
    const auto number = part.size() <= 2 ? to_integer(part) : std::nullopt;
    if (!number || *number < 0 || *number > (parts == 0 ? 24 : 59)) return std::nullopt;
    seconds = seconds * 60 + *number;
    text = colon == std::string_view::npos ? std::string_view() : text.substr(colon + 1);
  }
  if (parts < 2 || !text.empty()) return std::nullopt;
  return parts == 2 ? seconds * 60 : seconds;
}

template <class T> std::optional<std::int64_t> code_of(std::optional<T> named) {
  return named ? std::optional(static_cast<std::int64_t>(*named)) : std::nullopt;
}

std::optional<std::int64_t> integer_of(std::size_t column, std::string_view text) {
  if (const auto number = to_integer(text)) return number;
  switch (column) {
  case column_contact_info_type: return code_of(contact_info_type_from_name(text));
  case column_record_type: return code_of(record_type_from_name(text));
  case column_record_status: return code_of(record_status_from_name(text));
  case column_call_result: return code_of(call_result_from_name(text));
  case column_daily_from:
  case column_daily_till: return second_of_day(text);
  default: return std::nullopt;
  }
}

error bad_integer(std::size_t column, std::string_view text) {
  const auto& form = columns[column];
  const std::string range =
      "from " + std::to_string(form.least) + " to " + std::to_string(form.most);
  std::string mend = "give a whole number " + range;
  if (column == column_call_result)
    mend = "give a call result by its name or code, for example NoAnswer or 7";
  if (column == column_contact_info_type) mend += ", or a name such as HOME or MOBILE";
  if (column == column_record_type) mend += ", or a name such as General";
  if (column == column_record_status) mend += ", or a name such as Ready";
  if (column == column_daily_from || column == column_daily_till)
    mend = "give a second of the day " + range + ", or HH:MM";
  return {std::string(form.name) + " is " + quoted(text), "", mend};
}

result<void> check_text(std::string_view name, std::string_view text, std::size_t bytes_max) {
  if (text.size() > bytes_max)
    return error{std::string(name) + " has " + std::to_string(text.size()) + " bytes", "",
                 "shorten it to " + std::to_string(bytes_max)};
  if (!is_clean_utf8(text))
    return error{std::string(name) + " is not UTF-8", "", "save the text as UTF-8, without NUL"};
  return {};
}

result<void> set_mandatory(record& row, std::size_t column, std::string_view text) {
  const auto& form = columns[column];
  if (form.kind == column_kind::integer) {
    const auto number = integer_of(column, trimmed(text));
    const bool legal = number && *number >= form.least && *number <= form.most &&
                       (column != column_call_result || call_result_from_code(*number));
    if (!legal) return bad_integer(column, text);
    set_integer(row, column, *number);
    return {};
  }
  if (auto checked = check_text(form.name, text, form.bytes_max); !checked) return checked;
  if (column == column_contact_info) {
    if (trimmed(text).empty())
      return error{"contact_info is empty", "", "give a phone number or an address"};
    if (has_control_character(text))
      return error{"contact_info holds a control character", "",
                   "take line ends and tabs out of it"};
  }
  set_text(row, column, text);
  return {};
}

// -- names ----------------------------------------------------------------------------------------------------------

constexpr std::array<std::string_view, 8> record_type_names = {
    "NoRecordType",        "Unknown",          "General",          "CampaignRescheduled",
    "PersonalRescheduled", "PersonalCallback", "CampaignCallback", "NoCall"};
constexpr std::array<std::string_view, 10> record_status_names = {
    "NoRecordStatus", "Ready",      "Retrieved",    "Updated",        "Stale",
    "Cancelled",      "AgentError", "ChainUpdated", "MissedCallback", "ChainReady"};
constexpr std::array<std::string_view, contact_info_type_max + 1> contact_names = {
    "NO_TYPE",    "HOME",      "DIRECT_BUSINESS", "BUSINESS_WITH_EXTENSION",
    "MOBILE",     "VACATION",  "PAGER",           "MODEM",
    "VOICE_MAIL", "PIN_PAGER", "E-MAIL"};

/// Letters and digits only, lowered.
std::string bare(std::string_view name) {
  std::string word = lowered(name);
  std::erase_if(word, [](char c) { return c == ' ' || c == '_' || c == '-'; });
  return word;
}

template <std::size_t Count>
std::optional<std::size_t> position_of(const std::array<std::string_view, Count>& names,
                                       std::string_view name) {
  const std::string wanted = bare(name);
  for (std::size_t i = 0; i < Count; ++i)
    if (bare(names[i]) == wanted) return i;
  return std::nullopt;
}

} // namespace

const std::array<column_description, mandatory_columns_count>& mandatory_columns() {
  return columns;
}

std::optional<std::size_t> find_column(const calling_list& form, std::string_view name) {
  for (std::size_t i = 0; i < columns.size(); ++i)
    if (same_word(columns[i].name, name)) return i;
  for (std::size_t i = 0; i < form.user_columns.size(); ++i)
    if (same_word(form.user_columns[i], name)) return mandatory_columns_count + i;
  return std::nullopt;
}

std::string_view column_name(const calling_list& form, std::size_t column) {
  return column < mandatory_columns_count
             ? columns[column].name
             : std::string_view(form.user_columns[column - mandatory_columns_count]);
}

std::size_t columns_count(const calling_list& form) {
  return mandatory_columns_count + form.user_columns.size();
}

result<void> check_user_column(std::string_view name) {
  const std::string subject = "column name " + quoted(name);
  if (name.size() > limits::column_name_bytes_max)
    return error{subject + " is too long", "",
                 "shorten it to " + std::to_string(limits::column_name_bytes_max)};
  const auto legal = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  const bool identifier = !name.empty() && legal(name.front()) &&
                          std::all_of(name.begin(), name.end(),
                                      [&](char c) { return legal(c) || (c >= '0' && c <= '9'); });
  if (!identifier)
    return error{subject + " is no identifier", "",
                 "use letters, digits and underscores, and no digit first"};
  const auto taken = [&](std::string_view other) { return same_word(other, name); };
  // Two underscores open names that scripts and databases keep for themselves, such as __proto__.
  if (name.starts_with("__") || std::any_of(pseudo_fields.begin(), pseudo_fields.end(), taken) ||
      std::any_of(columns.begin(), columns.end(), [&](const auto& c) { return taken(c.name); }))
    return error{subject + " has a meaning already", "", "give the column another name"};
  return {};
}

result<void> set_column(record& row, const calling_list& form, std::size_t column,
                        std::optional<std::string_view> text) {
  if (column < mandatory_columns_count) {
    if (text) return set_mandatory(row, column, *text);
    if (!columns[column].nullable)
      return error{std::string(columns[column].name) + " is empty", "", "give it a value"};
    set_null(row, column);
    return {};
  }
  const std::size_t user = column - mandatory_columns_count;
  if (text)
    if (auto checked = check_text(form.user_columns[user], *text, limits::user_value_bytes_max);
        !checked)
      return checked;
  row.user.resize(form.user_columns.size());
  row.user[user] = text ? std::optional(std::string(*text)) : std::nullopt;
  return {};
}

std::optional<std::string> column_text(const record& row, std::size_t column) {
  const content what = content_at(row, column);
  if (const auto* number = std::get_if<std::int64_t>(&what)) return std::to_string(*number);
  if (const auto* text = std::get_if<std::string_view>(&what)) return std::string(*text);
  return std::nullopt;
}

scxml::value column_value(const record& row, std::size_t column) {
  const content what = content_at(row, column);
  if (const auto* number = std::get_if<std::int64_t>(&what)) return static_cast<double>(*number);
  if (const auto* text = std::get_if<std::string_view>(&what)) return *text;
  return scxml::null{};
}

std::optional<record_type> record_type_from_name(std::string_view name) {
  const auto at = position_of(record_type_names, name);
  return at ? std::optional(static_cast<record_type>(*at)) : std::nullopt;
}
std::optional<record_status> record_status_from_name(std::string_view name) {
  const auto at = position_of(record_status_names, name);
  return at ? std::optional(static_cast<record_status>(*at)) : std::nullopt;
}
std::string_view name_of(record_type type) {
  return record_type_names[static_cast<std::size_t>(type)];
}
std::string_view name_of(record_status status) {
  return record_status_names[static_cast<std::size_t>(status)];
}

const std::array<std::string_view, contact_info_type_max + 1>& contact_info_type_names() {
  return contact_names;
}
std::optional<std::uint8_t> contact_info_type_from_name(std::string_view name) {
  const auto at = position_of(contact_names, name);
  return at ? std::optional(static_cast<std::uint8_t>(*at)) : std::nullopt;
}

} // namespace chainring::dialer
