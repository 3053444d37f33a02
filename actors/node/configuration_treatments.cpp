// configuration_treatments.cpp: [[treatment]], the traditional treatments of OCS, and the tables that lists make of them.
#include <algorithm>
#include <charconv>

#include "actors/node/configuration_parts.hpp"
#include "dialer/limits.hpp"

namespace chainring::actors {

namespace {

std::vector<std::string> names_of(const auto& entries) {
  std::vector<std::string> names;
  for (const auto& entry : entries) names.emplace_back(entry.name);
  return names;
}

/// A name, or a code of OCS as its text; none: absent, or a complaint.
std::optional<std::string> read_name_or_code(settings_reader& reader, std::string_view key) {
  const toml_value* value = reader.find(key);
  if (!value) return std::nullopt;
  if (value->kind == toml_kind::integer) return std::to_string(value->integer);
  std::string word;
  return reader.read(key, word) ? std::optional(word) : std::nullopt;
}

std::optional<dialer::call_result> result_from_text(const std::string& text) {
  if (const auto named = dialer::call_result_from_name(text)) return named;
  std::int64_t code = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), code);
  const bool is_number = problem == std::errc{} && end == text.data() + text.size();
  return is_number ? dialer::call_result_from_code(code) : std::nullopt;
}

/// An action of OCS by name or code.
template <class Action, class Read>
void read_action(settings_reader& reader, std::string_view key, Action& out, Read&& from_text,
                 const std::vector<std::string>& names, settings_report& report) {
  const auto word = read_name_or_code(reader, key);
  if (!word) return;
  if (const auto action = from_text(*word)) {
    out = *action;
  } else {
    report.complain(reader.option(key) + " is \"" + *word + "\", which is no action", reader.place(key),
                    suggestion(*word, names));
  }
}

bool needs_destination(dialer::call_action action) {
  return action == dialer::call_action::transfer || action == dialer::call_action::mute_transfer ||
         action == dialer::call_action::route;
}

/// What OCS does with a treatment and chainring does not, or never does.
void say_what_has_no_effect(const settings_reader& reader, const dialer::traditional_treatment& t,
                            settings_report& report) {
  if (needs_destination(t.on_call) && t.destination.empty())
    report.complain(reader.option("dest-dn") + " is missing", reader.place("apply-to-call"),
                    "add it: OCS ignores a treatment that says " + std::string(name_of(t.on_call)) +
                        " and not where to");
  else if (t.on_call != dialer::call_action::none)
    report.warn(reader.option("apply-to-call") + " is \"" + std::string(name_of(t.on_call)) +
                    "\", which no trunk carries out",
                reader.place("apply-to-call"), "apply-to-record holds all the same; leave apply-to-call out");
  if (t.result == dialer::call_result::ok)
    report.warn(reader.option("call-result") + " is Ok, to which a treatment is applied in Power mode only",
                reader.place("call-result"), "name Answer when calls are meant that somebody has answered");
  if (t.date_time && !dialer::is_at_date(t.action))
    report.warn(reader.option("date-time") + " has no effect on \"" + std::string(name_of(t.action)) + '"',
                reader.place("date-time"), "remove it, or choose an action at specified date");
}

} // namespace

void read_treatment(settings_reader& reader, dialer::traditional_treatment& t, settings_report& report) {
  const auto errors_before = report.errors.size();
  const auto must_be_there = [&](std::string_view key, const char* example) {
    if (!reader.find(key))
      report.complain(reader.option(key) + " is missing", reader.place(key), std::string("add ") + example);
  };
  must_be_there("dbid", "dbid = 101, the number that the column treatments has");
  reader.read("dbid", t.dbid, 1, dialer::limits::integer_max);
  must_be_there("call-result", "call-result = \"Busy\"");
  if (const auto named = read_name_or_code(reader, "call-result")) {
    if (const auto known = result_from_text(*named))
      t.result = *known;
    else
      complain_of_result(reader.option("call-result"), *named, reader.place("call-result"), report);
  }
  must_be_there("apply-to-record", "apply-to-record = \"Redial\"");
  read_action(reader, "apply-to-record", t.action, dialer::record_action_from_text,
              names_of(dialer::all_record_actions()), report);
  reader.read("number-in-sequence", t.number_in_sequence, 1, dialer::limits::treatments_per_list_max);
  reader.read("cycle-attempt", t.cycle_attempts, 1, dialer::limits::cycle_attempts_max);
  reader.read("interval", t.interval_min, 0, dialer::limits::treatment_interval_min_max);
  reader.read("increment", t.increment_min, 0, dialer::limits::treatment_interval_min_max);
  std::int64_t at_ms = 0;
  if (reader.find("date-time") && reader.read_instant("date-time", at_ms)) t.date_time = at_ms / 1'000;
  read_action(reader, "apply-to-call", t.on_call, dialer::call_action_from_text, names_of(dialer::all_call_actions()),
              report);
  if (reader.find("dest-dn")) reader.read("dest-dn", t.destination);
  reader.finish();
  if (report.errors.size() > errors_before) return;
  if (const auto right = check(t); !right) {
    const auto& why = right.error();
    report.complain(reader.option("") + why.what, reader.place(why.where), why.mend);
    return;
  }
  say_what_has_no_effect(reader, t, report);
}

result<dialer::treatment_table> configuration::treatments_of(const list_settings& list) const {
  std::vector<dialer::traditional_treatment> named;
  for (const auto& name : list.treatments) {
    const auto t =
        std::find_if(treatments.begin(), treatments.end(), [&](const auto& one) { return one.name == name; });
    if (t != treatments.end()) named.push_back(*t);
  }
  return dialer::treatment_table::make(std::move(named));
}

} // namespace chainring::actors
