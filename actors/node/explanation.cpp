// explanation.cpp: see explanation.hpp.
#include "actors/node/explanation.hpp"

#include <algorithm>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "dialer/calling_list.hpp"
#include "dialer/compliance.hpp"
#include "dialer/traditional_course.hpp"

namespace chainring::actors {

namespace {

std::string instant_text(std::int64_t ms) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(static_cast<std::time_t>(ms / 1000)));
}

const char* status_text(dialer::record_status status) {
  switch (status) {
  case dialer::record_status::ready: return "Ready: it waits to be taken by a campaign";
  case dialer::record_status::retrieved: return "Retrieved: its chain is at work, or was when the node last stopped";
  case dialer::record_status::updated: return "Updated: its chain has ended";
  case dialer::record_status::chain_updated: return "ChainUpdated: its chain has ended";
  case dialer::record_status::cancelled: return "Cancelled";
  case dialer::record_status::stale: return "Stale";
  case dialer::record_status::agent_error: return "AgentError";
  default: return "neither Ready nor Retrieved: no campaign takes it";
  }
}

std::string zone_line(const dialer::record& row, dialer::zone_index zone, const explanation_terms& terms) {
  const auto there = terms.zones.local(zone, terms.now_ms / 1000);
  return fmt::format("  zone      {}, where it is {:02}:{:02}; dialed from {:02}:{:02} till {:02}:{:02}\n", terms.zones.name(zone),
                     there.second / 3600, there.second / 60 % 60, row.daily_from / 3600, row.daily_from / 60 % 60,
                     row.daily_till / 3600, row.daily_till / 60 % 60);
}

std::string attempts_lines(const std::vector<dialer::attempt>& attempts) {
  std::string text;
  for (const auto& a : attempts) {
    const auto how = a.result ? std::string(dialer::name_of(*a.result))
                     : a.state == dialer::attempt_state::unknown ? "its end is unknown" : "in progress";
    text += fmt::format("  attempt   {} at {} on {}: {}\n", a.n, instant_text(a.started_ms), a.trunk, how);
  }
  return text;
}

/// Where the chain is in its traditional treatment, as its rows say.
struct course_said {
  std::int32_t chain_n = 0; // of the record that is due
  std::int64_t due_ms = 0;
  std::string line;
};

std::optional<course_said> course_of(const dialer::chain_of_records& chain) {
  const auto written = dialer::find_progress(chain.records);
  if (!written) return std::nullopt;
  const auto& p = written->progress;
  course_said said{p.chain_n, chain.records[written->position].dial_sched_time.value_or(0) * 1000, {}};
  said.line = fmt::format("  treatment {}, application {}, chain cycle {}: record {} of the chain is due at {}\n", p.treatment,
                          p.application, p.chain_cycle, p.chain_n, instant_text(said.due_ms));
  return said;
}

std::string waiting_line(const dialer::record& row, const course_said& course) {
  if (row.chain_n == course.chain_n)
    return fmt::format("  now       held until {}: its traditional treatment waits\n", instant_text(course.due_ms));
  return fmt::format("  now       not dialed: its chain waits for record {}\n", course.chain_n);
}

std::string decision_line(const dialer::record& row, const dialer::calling_list& form, dialer::zone_index zone,
                          const std::vector<dialer::attempt>& attempts, const explanation_terms& terms) {
  dialer::intended_call call{.contact_info = row.contact_info, .hours = {row.daily_from, row.daily_till, zone}};
  const auto column = std::find(form.user_columns.begin(), form.user_columns.end(), terms.customer_column);
  if (column != form.user_columns.end())
    if (const auto& customer = row.user[static_cast<std::size_t>(column - form.user_columns.begin())]) call.customer_id = *customer;
  if (!attempts.empty() && attempts.back().state == dialer::attempt_state::unknown)
    call.not_before_ms = attempts.back().ended_ms + terms.redial_gap_ms;
  const auto decided = dialer::may_dial(call, terms.no_calls, terms.zones, terms.now_ms);
  if (decided.what == dialer::verdict::dial)
    return "  now       nothing forbids a call: it is made when the treatment asks for it and a channel is free\n";
  if (decided.until_ms == 0) return fmt::format("  now       not dialed: {}\n", dialer::name_of(decided.what));
  return fmt::format("  now       held until {}: {}\n", instant_text(decided.until_ms), dialer::name_of(decided.what));
}

result<std::string> explain_row(dialer::store& s, dialer::list_id list, const dialer::calling_list& form,
                                const dialer::record& row, const explanation_terms& terms) {
  auto attempts = s.attempts_of(list, row.record_id);
  if (!attempts) return std::move(attempts).error();
  auto text = fmt::format("list {}, chain {}, record {} ({} of its chain), {}\n  status    {}\n", form.name, row.chain_id,
                          row.record_id, row.chain_n, row.contact_info, status_text(row.record_status));
  if (row.record_type != dialer::record_type::general) text += fmt::format("  type      {}\n", dialer::name_of(row.record_type));
  if (row.call_result) text += fmt::format("  result    {}\n", dialer::name_of(*row.call_result));
  text += attempts_lines(*attempts);
  const auto zone = terms.zones.zone_of(row, form);
  if (!zone) return text + "  now       not dialed: " + to_line(zone.error()) + "\n";
  text += zone_line(row, *zone, terms);
  const bool at_work = row.record_status == dialer::record_status::ready || row.record_status == dialer::record_status::retrieved;
  if (!at_work) return text + "  now       not dialed: no campaign takes a row of that status\n";
  auto chain = s.find_chain(list, row.chain_id);
  if (!chain) return std::move(chain).error();
  if (const auto course = *chain ? course_of(**chain) : std::nullopt) {
    text += course->line;
    if (row.chain_n != course->chain_n || course->due_ms > terms.now_ms) return text + waiting_line(row, *course);
  }
  return text + decision_line(row, form, *zone, *attempts, terms);
}

} // namespace

result<std::string> explain_record(dialer::store& s, const std::string& list_name, std::int64_t record_id,
                                   const explanation_terms& terms) {
  auto lists = s.lists();
  if (!lists) return std::move(lists).error();
  std::string text;
  for (const auto& [list, form] : *lists) {
    if (!list_name.empty() && form.name != list_name) continue;
    auto row = s.find_record(list, record_id);
    if (!row) return std::move(row).error();
    if (!*row) continue;
    auto explained = explain_row(s, list, form, **row, terms);
    if (!explained) return explained;
    text += *explained;
  }
  if (text.empty())
    return error{"there is no such record",
                 "record " + std::to_string(record_id) +
                     (list_name.empty() ? "" : " in list " + list_name),
                 "name a record_id of an imported list"};
  return text;
}

} // namespace chainring::actors
