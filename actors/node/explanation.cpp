// explanation.cpp: see explanation.hpp.
#include "actors/node/explanation.hpp"

#include <algorithm>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "actors/node/configuration.hpp"
#include "dialer/calling_list.hpp"
#include "dialer/compliance.hpp"
#include "dialer/schedule.hpp"
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

std::string decision_line(const record_facts& f, dialer::zone_index zone, const explanation_terms& terms) {
  const auto& row = f.row;
  dialer::intended_call call{.contact_info = row.contact_info, .hours = {row.daily_from, row.daily_till, zone},
                             .scheduled_ms = dialer::scheduled_ms(row), .no_call = row.record_type == dialer::record_type::no_call};
  const auto column = dialer::find_column(f.form, terms.customer_column);
  if (column && *column >= dialer::mandatory_columns_count)
    if (const auto& customer = row.user[*column - dialer::mandatory_columns_count]) call.customer_id = *customer;
  if (!f.attempts.empty() && f.attempts.back().state == dialer::attempt_state::unknown) {
    const auto gap = terms.redial_gaps_ms.find(f.form.name);
    const auto otherwise_ms = std::int64_t{campaign_settings{}.redial_gap_s} * 1000;
    call.not_before_ms = f.attempts.back().ended_ms + (gap == terms.redial_gaps_ms.end() ? otherwise_ms : gap->second);
  }
  const auto decided = dialer::may_dial(call, terms.no_calls, terms.zones, terms.now_ms);
  if (decided.what == dialer::verdict::dial) {
    if (f.at.is != chain_whereabouts::place::here) return {}; // whoever has the chain knows what it waits for
    return "  now       nothing forbids a call: it is made when the treatment asks for it and a channel is free\n";
  }
  if (decided.until_ms == 0) return fmt::format("  now       not dialed: {}\n", dialer::name_of(decided.what));
  return fmt::format("  now       held until {}: {}\n", instant_text(decided.until_ms), dialer::name_of(decided.what));
}

/// What the dialer has its call wait for.
std::string request_line(const record_facts& f) {
  using stage = dialer::request_place::stage;
  const auto& r = *f.request;
  const auto campaign = f.campaign ? f.campaign->name : std::string("its campaign");
  const auto line = [](const std::string& words) { return "  now       " + words + "\n"; };
  const auto held = [&](const std::string& why) { return line("held until " + instant_text(r.until_ms) + ": " + why); };
  switch (r.at) {
  case stage::previewed: return line("waits for its release: POST /api/v1/records/" + r.words + "/release");
  case stage::paused:
    return line("waits until campaign " + campaign + " is started: POST /api/v1/campaigns/" + campaign + "/start");
  case stage::channel: return line("waits for a channel: those of its trunks are in use, or others have their turn");
  case stage::trunk_fault: return line("waits for its trunk, which does not dial: " + r.words);
  case stage::pace:
    if (r.until_ms == 0) return line("waits: campaign " + campaign + " starts " + r.words + " calls per minute");
    return held("campaign " + campaign + " starts " + r.words + " calls per minute");
  case stage::channels: return line("waits for a channel of campaign " + campaign + ": its " + r.words + " are in use");
  case stage::agents:
    if (r.words == "0") return line("waits for agents: campaign " + campaign + " has none");
    return line("waits for an agent: the lines of the " + r.words + " of campaign " + campaign + " are busy");
  case stage::gap: return held(std::string(dialer::name_of(dialer::verdict::redial_gap)));
  case stage::scheduled: return held(std::string(dialer::name_of(dialer::verdict::scheduled)));
  case stage::window: return held(std::string(dialer::name_of(dialer::verdict::outside_window)));
  case stage::full_queue: return held("the dialer's queue is full");
  case stage::validating: return line("waits for the answer of the server of pre-dial validation");
  case stage::start:
    return line("waits for its start on " + r.words + ": its intent is being stored, or calls-per-second allows no call yet");
  case stage::live: break;
  }
  return line("in a call on " + r.words);
}

/// What its chain waits for, or who does not take the chain.
std::string chain_line(const record_facts& f) {
  const auto line = [](const std::string& words) { return "  chain     " + words + "\n"; };
  if (!f.campaign) return line("no campaign of this node dials the list");
  if (const auto& at = f.at_work) {
    if (at->begins_ms > 0) return line("waits until " + instant_text(at->begins_ms) + ", for which its record is scheduled");
    if (at->calls > 0) return line("waits for the call of another of its records");
    if (at->timeout_due_ms > 0) return line("waits until " + instant_text(at->timeout_due_ms) + " for its timeout");
    if (at->sends) return line("waits for an event that it has sent itself with a delay");
    if (at->documents) return line("waits for a document that it invokes");
    if (at->daytime) return line("waits for the next ocs.daytime_change");
    return line("waits for an event that nothing of this node sends");
  }
  const auto& c = *f.campaign;
  const bool begun = f.row.record_status != dialer::record_status::ready;
  const bool taken = c.state == campaign_state::running || (begun && c.state == campaign_state::loaded);
  if (!taken)
    return line(fmt::format("not taken: campaign {} is {}: POST /api/v1/campaigns/{}/{}", c.name, name_of(c.state), c.name,
                            c.state == campaign_state::loaded ? "start" : "load"));
  if (begun) return line("has no actor: it is being ended, or stored");
  if (!c.treatment_failure.empty()) return line("not taken: the treatment cannot be had: " + c.treatment_failure);
  if (c.chains_live >= c.chains_live_max)
    return line(fmt::format("not taken yet: campaign {} has {} chains at work, chains-live-max", c.name, c.chains_live_max));
  return line("not taken yet: chains before it come first");
}

/// Which node of a cluster has the chain, and so knows what it waits for.
std::string node_line(const chain_whereabouts& at) {
  const auto line = [](const std::string& words) { return "  node      " + words + "\n"; };
  switch (at.is) {
  case chain_whereabouts::place::here: return at.node.empty() ? std::string() : line(at.node);
  case chain_whereabouts::place::no_node:
    return line("none: its chain is on its way from one node to another, or its node is gone: ask again in a few seconds");
  case chain_whereabouts::place::other_node: break;
  }
  if (at.why_not.empty()) return line(at.node + " has its chain and knows what it waits for: ask that node");
  return line(at.node + " has its chain and does not say what it waits for: " + at.why_not);
}

/// Of a passive chain.
std::optional<std::string> passive_line(const record_facts& f) {
  const auto due_ms = f.chain.saved ? f.chain.saved->due_ms : 0;
  if (due_ms == 0) return std::nullopt;
  if (due_ms == INT64_MAX) return "  chain     passive: waits in the store for an event from outside\n";
  return "  chain     passive: waits in the store until " + instant_text(due_ms) +
         (f.chain.saved->bytes.empty() ? ", for which its record is scheduled\n" : "\n");
}

std::string explain_row(const record_facts& f, const explanation_terms& terms) {
  if (f.at.said) return *f.at.said;
  const auto& row = f.row;
  auto text = fmt::format("list {}, chain {}, record {} ({} of its chain), {}\n  status    {}\n", f.form.name, row.chain_id,
                          row.record_id, row.chain_n, row.contact_info, status_text(row.record_status));
  if (row.record_type != dialer::record_type::general) text += fmt::format("  type      {}\n", dialer::name_of(row.record_type));
  if (row.call_result) text += fmt::format("  result    {}\n", dialer::name_of(*row.call_result));
  text += attempts_lines(f.attempts);
  const auto zone = terms.zones.zone_of(row, f.form);
  if (!zone) return text + "  now       not dialed: " + to_line(zone.error()) + "\n";
  text += zone_line(row, *zone, terms);
  if (!is_open(row)) return text + "  now       not dialed: no campaign takes a row of that status\n";
  text += node_line(f.at);
  if (f.request) return text + request_line(f);
  if (const auto course = course_of(f.chain)) {
    text += course->line;
    if (row.chain_n != course->chain_n || course->due_ms > terms.now_ms) return text + waiting_line(row, *course);
  }
  if (const auto passive = passive_line(f)) text += *passive;
  else if (terms.running && f.at.is == chain_whereabouts::place::here) text += chain_line(f);
  return text + decision_line(f, *zone, terms);
}

} // namespace

bool is_open(const dialer::record& row) {
  return row.record_status == dialer::record_status::ready || row.record_status == dialer::record_status::retrieved;
}

error no_such_record(const record_wanted& wanted) {
  return {"there is no such record",
          "record " + std::to_string(wanted.record_id) + (wanted.list.empty() ? "" : " in list " + wanted.list),
          "name a record_id of an imported list"};
}

result<std::vector<record_facts>> facts_of(dialer::store& s, const record_wanted& wanted) {
  auto lists = s.lists();
  if (!lists) return std::move(lists).error();
  std::vector<record_facts> all;
  for (auto& [list, form] : *lists) {
    if (!wanted.list.empty() && form.name != wanted.list) continue;
    auto row = s.find_record(list, wanted.record_id);
    if (!row) return std::move(row).error();
    if (!*row) continue;
    auto attempts = s.attempts_of(list, wanted.record_id);
    if (!attempts) return std::move(attempts).error();
    auto chain = s.find_chain(list, (*row)->chain_id);
    if (!chain) return std::move(chain).error();
    record_facts facts{list, std::move(form), std::move(**row), std::move(*attempts), {}, {}, {}, {}, {}};
    if (*chain) facts.chain = std::move(**chain);
    all.push_back(std::move(facts));
  }
  return all;
}

std::string explain(const std::vector<record_facts>& facts, const explanation_terms& terms) {
  std::string text;
  for (const auto& f : facts) text += explain_row(f, terms);
  return text;
}

} // namespace chainring::actors
