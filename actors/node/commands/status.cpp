// status.cpp: asks the stats endpoint and prints.
#include "actors/node/commands/status.hpp"

#include <cstdio>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "actors/node/commands/node_answer.hpp"
#include "actors/node/commands/process.hpp"
#include "actors/node/progress.hpp"

namespace chainring::actors {

namespace json = boost::json;

namespace {

std::int64_t number(const json::object& of, const char* name) {
  const auto* v = of.if_contains(name);
  if (!v) return 0;
  boost::system::error_code trouble;
  return v->to_number<std::int64_t>(trouble);
}

void print_campaign(const json::object& c) {
  fmt::print("campaign {:<20} {:>9} of {:>9} ended {:>9} live {:>9} passive {:>9} attempts  {}{}\n", text_of(c, "name"),
             number(c, "ended"), number(c, "chains"), number(c, "live"), number(c, "passive"), number(c, "attempts"),
             c.at("done").as_bool() ? "done" : text_of(c, "state"),
             c.contains("agents") ? fmt::format(", {} agents", number(c, "agents")) : "");
  if (const auto failure = text_of(c, "treatment_failure"); !failure.empty())
    fmt::print("  waits for its treatment: {}\n", failure);
  if (const auto* silent = c.if_contains("not_answered"); silent && silent->is_array())
    for (const auto& name : silent->get_array())
      fmt::print("  without node {}, which does not answer\n", std::string(name.as_string()));
  if (const auto* results = c.if_contains("results"); results && results->is_object())
    for (const auto& [name, count] : results->get_object())
      fmt::print("  {:<18} {:>9}\n", std::string(name), count.to_number<std::int64_t>());
}

void print_trunk(const json::object& t) {
  fmt::print("trunk    {:<20} {:>9} of {:>9} channels {:>7} started{}\n", text_of(t, "name"), number(t, "calls"),
             number(t, "channels"), number(t, "started"), text_of(t, "fault").empty() ? "" : "  FAULT: " + text_of(t, "fault"));
}

void print_node(const json::object& n, std::string_view share) {
  fmt::print("node     {:<20} up {}, {} lanes, store {}{}\n", text_of(n, "name"), duration_text(number(n, "uptime_ms")),
             number(n, "lanes"), text_of(n, "store"), share);
}

std::string versions_text(const json::object& speaks) {
  return fmt::format(", schema {}, saved chains {}, protocol {}", number(speaks, "schema"), number(speaks, "saved_chains"),
                     number(speaks, "peer_protocol"));
}

/// Of a node with an address for others, what each member says; false: it is alone, or says nothing to others.
bool print_members(const node_address& asked) {
  const auto cluster = ask(asked, "/api/v1/cluster");
  const auto* members = cluster && cluster->is_object() ? cluster->get_object().if_contains("members") : nullptr;
  if (!members || !members->is_array()) return false;
  bool any = false;
  for (const auto& one : members->get_array()) {
    const auto& m = one.as_object();
    const auto* says = m.if_contains("says");
    const auto* speaks = m.if_contains("speaks");
    const auto versions = speaks && speaks->is_object() ? versions_text(speaks->get_object()) : "";
    const auto share = fmt::format(", epoch {}, {} shards{}", number(m, "epoch"), number(m, "shards"), versions);
    if (says && says->is_object()) print_node(says->get_object(), share);
    else if (m.contains("answered"))
      fmt::print("node     {:<20} does not answer: {}{}\n", text_of(m, "node"), text_of(m, "why_not"), share);
    any = any || m.contains("answered");
  }
  return any;
}

result<void> print_status(const node_address& asked) {
  auto node = ask(asked, "/api/v1/node");
  if (!node) return std::move(node).error();
  auto campaigns = ask(asked, "/api/v1/campaigns");
  if (!campaigns) return std::move(campaigns).error();
  auto trunks = ask(asked, "/api/v1/trunks");
  if (!trunks) return std::move(trunks).error();
  if (!node->is_object() || !campaigns->is_array() || !trunks->is_object())
    return no_node(asked.url);
  if (!print_members(asked)) print_node(node->get_object(), "");
  for (const auto& c : campaigns->get_array()) print_campaign(c.as_object());
  const auto& t = trunks->get_object();
  if (const auto* lines = t.if_contains("trunks"); lines && lines->is_array())
    for (const auto& line : lines->get_array()) print_trunk(line.as_object());
  fmt::print("calls    {} queued, {} held for a window or a gap, {} refused by the do-not-call list\n", number(t, "queued"),
             number(t, "held"), number(t, "refused_do_not_call"));
  return {};
}

} // namespace

int status(const status_command& wanted) {
  try {
    auto printed = print_status(wanted.node);
    return printed ? 0 : failed(printed.error());
  } catch (const std::exception&) { // JSON of another shape than a node's
    return failed(no_node(wanted.node.url));
  }
}

} // namespace chainring::actors
