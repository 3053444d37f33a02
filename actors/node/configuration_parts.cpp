// configuration_parts.cpp: time zones, daytime tables, trunks and single values of the configuration.
#include "actors/node/configuration_parts.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <filesystem>
#include <limits>
#include <tuple>

#include "actors/node/instant.hpp"
#include "actors/node/limits.hpp"
#include "dialer/limits.hpp"
#include "dialer/time_zones.hpp"
#include "dialer/trunks/number_pattern.hpp"

namespace chainring::actors {

namespace {

// As in dialer::weekday_table.
const std::vector<std::string> weekday_names = {"sunday",   "monday", "tuesday", "wednesday",
                                                "thursday", "friday", "saturday"};

/// One Statistical Day: { from = "09:00", till = "17:00" }; what is left out is midnight.
dialer::business_hours read_day(const toml_member& member, settings_report& report) {
  dialer::business_hours hours{0, 86'400};
  const std::string day = "[daytime.weekdays] " + member.key;
  if (member.value.kind != toml_kind::table) {
    report.complain(day + " is " + to_text(member.value.kind), member.value.where,
                    "give { from = \"09:00\", till = \"17:00\" }");
    return hours;
  }
  settings_reader reader(member.value, "daytime.weekdays." + member.key, report);
  const auto read_edge = [&](std::string_view key, std::int32_t& out_s) {
    const toml_value* value = reader.find(key);
    if (!value) return;
    std::optional<std::int32_t> seconds;
    if (value->kind == toml_kind::text || value->kind == toml_kind::time) seconds = parse_time_of_day_s(value->text);
    if (seconds) {
      out_s = *seconds;
    } else {
      report.complain(reader.option(key) + " is no time of day", value->where, "give \"09:00\", at most \"24:00\"");
    }
  };
  read_edge("from", hours.from);
  read_edge("till", hours.till);
  reader.finish();
  if (hours.from >= hours.till)
    report.complain(day + " ends before it begins", member.value.where, "give a till that is after from");
  return hours;
}

void read_weekdays(const toml_value& table, daytime_settings& daytime, settings_report& report) {
  auto& week = daytime.weekdays.emplace().days;
  for (const auto& member : table.members) {
    const auto day = std::find(weekday_names.begin(), weekday_names.end(), member.key);
    if (day == weekday_names.end()) {
      report.complain("unknown weekday \"" + member.key + "\" in [daytime.weekdays]", member.where,
                      suggestion(member.key, weekday_names));
    } else {
      week[static_cast<std::size_t>(day - weekday_names.begin())] = read_day(member, report);
    }
  }
}

/// "2026-12-25", or "12-25" for every year.
std::optional<dialer::holiday> holiday_of(const std::string& key) {
  const bool is_yearly = key.size() == 5;
  const std::string date = is_yearly ? "2024-" + key : key; // a leap year, so that "02-29" is a date
  if (!parse_date_days(date)) return std::nullopt;
  const auto number = [&](std::size_t at, std::size_t size) { return std::stoi(date.substr(at, size)); };
  return dialer::holiday{is_yearly ? 0 : number(0, 4), number(5, 2), number(8, 2)};
}

void read_holidays(const toml_value& table, daytime_settings& daytime, settings_report& report) {
  auto& days = daytime.holidays.emplace();
  for (const auto& member : table.members) {
    if (const auto day = holiday_of(member.key)) {
      days.push_back(*day);
    } else {
      report.complain('"' + member.key + "\" in [daytime.holidays] is no date", member.where,
                      "write the day as \"2026-12-25\", or \"12-25\" for every year");
    }
    if (member.value.kind != toml_kind::text)
      report.complain("[daytime.holidays] " + member.key + " is " + to_text(member.value.kind), member.value.where,
                      "give the name of the day, a string");
  }
}

std::vector<std::string> call_result_names() {
  std::vector<std::string> names;
  for (const auto& entry : dialer::all_call_results()) names.emplace_back(entry.name);
  return names;
}

void read_weights(const toml_value& table, dialer::simulated_options& trunk, settings_report& report) {
  std::int64_t sum = 0;
  for (const auto& member : table.members) {
    const auto result = dialer::call_result_from_name(member.key);
    if (!result) complain_of_result("[trunk] weights", member.key, member.where, report);
    if (member.value.kind != toml_kind::integer || member.value.integer < 0 ||
        member.value.integer > dialer::limits::weight_max) {
      report.complain("[trunk] weights." + member.key + " is no weight", member.value.where,
                      "give an integer from 0 to " + std::to_string(dialer::limits::weight_max));
    } else if (result) {
      trunk.weights.emplace_back(*result, static_cast<std::uint32_t>(member.value.integer));
      sum += member.value.integer;
    } else {
      sum += 1; // the name has its complaint; that the weights are empty would be a second one
    }
  }
  if (sum == 0) report.complain("[trunk] weights has none above 0", table.where, "add Answer = 1");
}

void read_rule(const toml_value& table, dialer::simulated_options& trunk, settings_report& report) {
  settings_reader reader(table, "trunk.rule", report);
  dialer::simulated_rule rule;
  if (reader.require("match", rule.match)) {
    if (const auto pattern = dialer::number_pattern::make(rule.match); !pattern)
      report.complain("[trunk.rule] match: " + pattern.error().what, reader.place("match"), pattern.error().mend);
  }
  std::string name;
  if (reader.require("result", name)) read_call_result(reader, "result", rule.result, report);
  reader.finish();
  trunk.rules.push_back(std::move(rule));
}

} // namespace

void complain_of_result(const std::string& option, const std::string& name, toml_place where, settings_report& report) {
  const auto near = nearest(name, call_result_names());
  report.complain(option + " names \"" + name + "\", which is no call result", where,
                  near ? "did you mean \"" + *near + '"' : "give a name of the guide, for example \"NoAnswer\"");
}

void read_time_zones(const toml_value& table, std::map<std::int32_t, std::string>& zones, settings_report& report) {
  const auto known = dialer::time_zones::open(); // without the system's tz database names pass here and fail at import
  for (const auto& member : table.members) {
    std::int32_t dbid = 0;
    const char* end = member.key.data() + member.key.size();
    const auto [stop, problem] = std::from_chars(member.key.data(), end, dbid);
    if (problem != std::errc{} || stop != end || dbid < 1) {
      report.complain("\"" + member.key + "\" in [time-zones] is no DBID", member.where,
                      "give the number that the lists have in tz_dbid, from 1 to " +
                          std::to_string(limits::time_zone_dbid_max));
    } else if (member.value.kind != toml_kind::text) {
      report.complain("[time-zones] " + member.key + " is " + to_text(member.value.kind), member.value.where,
                      "give an IANA name, for example \"Europe/Berlin\"");
    } else if (known && !known->find(std::string_view{member.value.text})) {
      report.complain("[time-zones] " + member.key + " is \"" + member.value.text + "\", which is no time zone",
                      member.value.where, "give an IANA name, for example \"Europe/Berlin\"");
    } else {
      zones[dbid] = member.value.text;
    }
  }
}

void read_drives(const toml_value& table, std::map<char, std::string>& drives, settings_report& report) {
  for (const auto& member : table.members) {
    const char letter = member.key.size() == 1 ? static_cast<char>(member.key[0] & ~0x20) : '\0';
    if (letter < 'A' || letter > 'Z')
      report.complain("\"" + member.key + "\" in [node.treatment-drives] is no drive", member.where,
                      "give one letter, as in C = \"folder\"");
    else if (member.value.kind != toml_kind::text || member.value.text.empty())
      report.complain("[node.treatment-drives] " + member.key + " is " + to_text(member.value.kind), member.value.where,
                      "give the path of the folder that stands for it");
    else drives[letter] = beside(report.file, member.value.text);
  }
}

void read_daytime(const toml_value& table, daytime_settings& daytime, settings_report& report) {
  const std::size_t errors_before = report.errors.size();
  settings_reader reader(table, "daytime", report);
  if (const auto* weekdays = reader.table("weekdays")) read_weekdays(*weekdays, daytime, report);
  if (const auto* holidays = reader.table("holidays")) read_holidays(*holidays, daytime, report);
  reader.finish();
  if (report.errors.size() > errors_before) return;
  if (const auto tables = dialer::daytime_tables::make(daytime.weekdays, daytime.holidays); !tables)
    report.complain("[daytime] " + tables.error().what, table.where, tables.error().mend);
}

void read_call_result(settings_reader& reader, std::string_view key, dialer::call_result& out, settings_report& report) {
  std::string name;
  if (!reader.read(key, name)) return;
  if (const auto result = dialer::call_result_from_name(name)) out = *result;
  else complain_of_result(reader.option(key), name, reader.place(key), report);
}

void read_simulated_trunk(const toml_value& table, dialer::simulated_options& trunk, settings_report& report) {
  settings_reader reader(table, "trunk", report);
  reader.find("name");
  std::string kind;
  if (reader.require("kind", kind) && kind != "simulated")
    report.complain("[trunk] kind is \"" + kind + '"', reader.place("kind"), "give \"simulated\", \"e-mail\" or \"sms\"");
  reader.read("capacity", trunk.capacity, 1, dialer::limits::channels_max);
  reader.read("calls-per-second", trunk.calls_per_second, 0.001, dialer::limits::calls_per_second_max);
  std::pair ring{trunk.ring_ms_min, trunk.ring_ms_max}, talk{trunk.talk_ms_min, trunk.talk_ms_max};
  reader.read("ring-ms", ring, 0, dialer::limits::call_phase_ms_max);
  reader.read("talk-ms", talk, 0, dialer::limits::call_phase_ms_max);
  std::tie(trunk.ring_ms_min, trunk.ring_ms_max) = ring;
  std::tie(trunk.talk_ms_min, trunk.talk_ms_max) = talk;
  auto seed = static_cast<std::int64_t>(trunk.seed);
  reader.read("seed", seed, 0, std::numeric_limits<std::int64_t>::max());
  trunk.seed = static_cast<std::uint64_t>(seed);
  if (reader.read("log", trunk.log_path)) trunk.log_path = beside(report.file, trunk.log_path);
  if (const auto* weights = reader.table("weights")) read_weights(*weights, trunk, report);
  const auto rules = reader.tables("rule");
  if (rules.size() > dialer::limits::trunk_rules_max)
    report.complain("[trunk] has " + std::to_string(rules.size()) + " rules", table.where,
                    "give at most " + std::to_string(dialer::limits::trunk_rules_max));
  for (const auto* rule : rules) read_rule(*rule, trunk, report);
  reader.finish();
}

std::optional<std::string> wrong_with_name(std::string_view name) {
  if (name.empty()) return "is empty";
  if (name.size() > limits::configured_name_bytes_max)
    return "is longer than " + std::to_string(limits::configured_name_bytes_max) + " bytes";
  for (unsigned char c : name) {
    if (c < 0x20 || c == 0x7f) return "has a control character";
    if (c == '/' || c == '"' || c == '\\') return std::string{"has a "} + static_cast<char>(c);
  }
  return std::nullopt;
}

bool is_ip_address(const std::string& text) {
  unsigned char address[sizeof(in6_addr)];
  return inet_pton(AF_INET, text.c_str(), address) == 1 || inet_pton(AF_INET6, text.c_str(), address) == 1;
}

bool has_scheme(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos || colon < 2) return false;
  for (unsigned char c : text.substr(0, colon))
    if (!std::isalnum(c) && c != '+' && c != '-' && c != '.') return false;
  return true;
}

bool is_below_one_of(const std::vector<std::string>& folders, const std::string& path) {
  namespace fs = std::filesystem;
  std::error_code problem;
  const fs::path target = fs::weakly_canonical(path, problem);
  if (problem) return false;
  for (const auto& folder : folders) {
    const fs::path root = fs::weakly_canonical(folder, problem);
    if (problem) continue;
    const auto [end_of_root, in_target] = std::mismatch(root.begin(), root.end(), target.begin(), target.end());
    if (end_of_root == root.end() || end_of_root->empty()) return true; // an empty part: the folder ends in '/'
  }
  return false;
}

std::string beside(const std::string& file, const std::string& path) {
  namespace fs = std::filesystem;
  if (path.empty()) return path;
  std::error_code ignored; // without a working directory the path stays relative
  const fs::path folder = fs::absolute(fs::path{file}, ignored).parent_path();
  return (folder / path).lexically_normal().string();
}

void read_path(settings_reader& reader, std::string_view key, std::string& path, settings_report& report) {
  if (reader.read(key, path)) path = beside(report.file, path);
}

} // namespace chainring::actors
