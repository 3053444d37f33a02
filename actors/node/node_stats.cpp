// node_stats.cpp: JSON and metrics of a node.
#include "actors/node/node_stats.hpp"

#include <algorithm>
#include <array>
#include <map>

#include <boost/json.hpp>

#include "actors/campaign_verbs.hpp"
#include "actors/http/query.hpp"
#include "actors/stats/gather.hpp"
#include "actors/stats/routes.hpp"
#include "actors/stats/servers.hpp"
#include "dialer/limits.hpp"
#include "dialer/text.hpp"

namespace chainring::actors {

namespace json = boost::json;

node_stats::node_stats(node_sources from) : from_(std::move(from)), started_ms_(from_.time->now_ms()) {
  gathered_ = metrics_.add([this](samples& out) { gather(out); });
}

node_stats::~node_stats() {
  if (endpoint_) endpoint_->stop();
  gathered_.reset();
}

result<std::unique_ptr<node_stats>> node_stats::start(io_threads& io, const std::optional<endpoint_settings>& settings,
                                                      node_sources from) {
  std::unique_ptr<node_stats> made{new node_stats(std::move(from))};
  auto* self = made.get();
  auto& routes = made->own_;
  add_page(routes);
  add_live(routes);
  add_ready(routes, self->from_.why_not_ready);
  add_metrics(routes, self->metrics_);
  add_json(routes, "/api/v1/node", [self] { return self->node_json(); });
  add_json(routes, "/api/v1/campaigns", [self] { return self->campaigns_json(); });
  add_json(routes, "/api/v1/trunks", [self] { return self->trunks_json(); });
  add_json(routes, "/api/v1/actors", [self] { return self->actors_json_text(); });
  if (self->from_.members) add_json(routes, "/api/v1/cluster", [self] { return self->cluster_json(); });
  add_json(routes, "/api/v1/servers", [self] { return servers_json(*self->from_.fetchers); });
  routes.get(explanation_route, [self](const http_request& r, const responder& answer) { self->explain(r, false, answer); });
  if (self->from_.face)
    self->from_.face->explain = [self](const http_request& r, const responder& answer) { self->explain(r, true, answer); };
  for (const auto& [word, what] : campaign_verbs)
    routes.post(order_route(word),
                [self, what = what](const http_request& r, responder answer) { self->order(r, what, std::move(answer)); });
  if (self->from_.add_routes) self->from_.add_routes(routes);
  if (!settings) return made;
  auto listening = endpoint::listen(io, *settings, self->from_.face ? routes_of_cluster(routes, *self->from_.face) : routes);
  if (!listening) return std::move(listening).error();
  made->endpoint_ = std::move(*listening);
  made->endpoint_->serve();
  return made;
}

/// 409: not in the state that the campaign is in.
void node_stats::order(const http_request& request, campaign_order::verb what, responder answer) {
  const std::string name{request.parameter("name")};
  const auto all = from_.campaigns();
  if (std::none_of(all.begin(), all.end(), [&](const auto& c) { return c.name == name; }))
    return answer(error_response(404, {"there is no such campaign", name, "GET /api/v1/campaigns names them"}));
  from_.order(name, {what,
                     [name, answer = std::move(answer)](result<campaign_state> done) {
                       if (!done) return answer(error_response(409, done.error()));
                       answer(json_response(json::serialize(json::object{{"name", name}, {"state", name_of(*done)}})));
                     },
                     {}});
}

std::string node_stats::node_json() const {
  const auto calls = from_.dialed->counts();
  std::uint64_t live = 0;
  for (const auto& p : from_.campaigns()) live += p.live;
  return json::serialize(json::object{{"name", from_.node_name},
                                      {"version", CHAINRING_VERSION},
                                      {"store", from_.store_path},
                                      {"lanes", from_.lanes.size()},
                                      {"now_ms", from_.time->now_ms()},
                                      {"virtual_time", from_.time->is_virtual()},
                                      {"uptime_ms", from_.time->now_ms() - started_ms_},
                                      {"calls", calls.live},
                                      {"calls_queued", calls.queued},
                                      {"chains_live", live},
                                      {"store_ready", from_.kept->ready.load()},
                                      {"store_writes", from_.kept->writes.load()},
                                      {"store_writes_waiting", from_.kept->waiting.load()},
                                      {"history_waiting", from_.kept->history_waiting.load()},
                                      {"history_sent", from_.told->sent.load()}});
}

std::string node_stats::cluster_json() const {
  json::array all;
  const auto shares = from_.members->shares();
  for (const auto& m : from_.members->members()) all.push_back(member_json(m, shares, from_.epoch));
  return json::serialize(actors::cluster_json(std::move(all), *from_.members));
}

std::string node_stats::campaigns_json() const {
  json::array all;
  for (const auto& p : from_.campaigns()) {
    json::object results;
    for (const auto& [result, count] : p.results) results[dialer::name_of(result)] = count;
    json::object one{{"name", p.name},         {"chains", p.chains},     {"ended", p.ended},
                     {"live", p.live},         {"idle", p.idle},         {"admitted", p.admitted},
                     {"faulted", p.faulted},   {"switched", p.switched}, {"attempts", p.attempts},
                     {"results", results},     {"done", p.done},         {"treatment_failures", p.treatment_failures}};
    one["state"] = name_of(p.state);
    one["passive"] = p.passive;
    if (p.agents >= 0) one["agents"] = p.agents;
    if (from_.members) one["ended_before"] = p.ended_before;
    one["restored"] = p.restored;
    one["put_away"] = p.put_away;
    one["not_saved"] = p.not_saved;
    one["without_treatment"] = p.without_treatment;
    if (p.treatment_failures > 0) one["treatment_failure"] = to_line(p.last_treatment_failure);
    all.push_back(std::move(one));
  }
  return json::serialize(all);
}

std::string node_stats::trunks_json() const {
  json::array all;
  for (const auto& l : from_.dialed->lines())
    all.push_back(json::object{{"name", l.name},
                               {"channels", l.channels},
                               {"calls_per_second", l.calls_per_second},
                               {"calls", l.busy},
                               {"started", l.started},
                               {"fault", l.fault}});
  const auto c = from_.dialed->counts();
  return json::serialize(json::object{{"trunks", all},
                                      {"queued", c.queued},
                                      {"held", c.held},
                                      {"previews", c.previews},
                                      {"validating", c.validating},
                                      {"refused_do_not_call", c.refused_do_not_call},
                                      {"refused_validation", c.refused_validation},
                                      {"not_carried", c.not_carried},
                                      {"ended_unknown", c.ended_unknown},
                                      {"held_for_window", c.held_window},
                                      {"held_for_redial_gap", c.held_gap},
                                      {"held_for_schedule", c.held_schedule}});
}

void node_stats::explain(const http_request& request, bool everywhere, const responder& answer) const {
  const auto record = dialer::to_integer(request.parameter("record"));
  if (!record) return answer(error_response(400, {"the record is no number", request.path, "name a record_id"}));
  if (explaining_->fetch_add(1) >= limits::explanations_max) {
    --*explaining_;
    return answer(error_response(503, {"the store has too many questions to answer", request.path, "ask again later"}));
  }
  const record_wanted wanted{*record, query_value(request.query, "list").value_or("")};
  const auto& ask = everywhere ? from_.explain_everywhere : from_.explain;
  ask(wanted, [answer, wanted, explaining = explaining_](result<std::optional<std::string>> text) {
    --*explaining;
    if (!text) return answer(error_response(503, text.error())); // of the store
    answer(*text ? text_response(std::move(**text)) : error_response(404, no_such_record(wanted)));
  });
}

std::vector<mailbox_use> node_stats::mailboxes() const {
  auto all = from_.mailboxes;
  for (const auto& [origin, counters] : from_.fetchers->counters())
    all.push_back({"fetcher", &counters->mailbox, from_.fetcher_mailbox_most}); // a fetcher is never removed
  return all;
}

std::string node_stats::actors_json_text() const {
  auto all = actors_by_class(from_.lanes);
  for (const auto& m : mailboxes()) {
    auto same = std::find_if(all.begin(), all.end(), [&](const actor_counters& c) { return c.name == m.actor; });
    if (same == all.end()) same = all.insert(all.end(), actor_counters{.name = m.actor});
    same->live += m.mailbox->live();
    ++same->spawned;
    same->messages += m.mailbox->taken();
    same->waiting += m.mailbox->waiting();
  }
  return actors_json(all);
}

void node_stats::gather(samples& out) const {
  gather_process(out);
  gather_lanes(from_.lanes, out);
  if (endpoint_) gather_endpoint(*endpoint_, out);
  out.add(families::build_info, 1, {CHAINRING_VERSION});
  out.add(families::store_commits_total, static_cast<double>(from_.kept->commits));
  out.add(families::store_writes_total, static_cast<double>(from_.kept->writes));
  out.add(families::store_failures_total, static_cast<double>(from_.kept->failures));
  out.add(families::store_refused_total, static_cast<double>(from_.kept->refused));
  out.add(families::store_commit_seconds, from_.kept->commit_times.snapshot());
  out.add(families::store_waiting, static_cast<double>(from_.kept->waiting));
  out.add(families::history_waiting, static_cast<double>(from_.kept->history_waiting));
  out.add(families::history_sent_total, static_cast<double>(from_.told->sent));
  out.add(families::history_failures_total, static_cast<double>(from_.told->failures));
  if (from_.gate) {
    const auto& c = from_.gate->counters();
    out.add(families::events_by_http_total, static_cast<double>(c.delivered), {"delivered"});
    out.add(families::events_by_http_total, static_cast<double>(c.refused), {"refused"});
    out.add(families::events_by_http_total, static_cast<double>(c.passed_on), {"passed_on"});
    out.add(families::posts_total, static_cast<double>(c.posts));
    out.add(families::posts_failed_total, static_cast<double>(c.posts_failed));
  }
  for (std::size_t n = 0; n < from_.homes.size(); ++n) {
    const auto& c = from_.homes[n]->counters();
    out.add(families::timers, static_cast<double>(c.timers), {std::to_string(n)});
    out.add(families::invocations_waiting, static_cast<double>(c.documents_awaited), {std::to_string(n)});
  }
  for (const auto& l : from_.dialed->lines()) {
    out.add(families::calls, static_cast<double>(l.busy), {l.name});
    out.add(families::trunk_capacity, static_cast<double>(l.channels), {l.name});
    out.add(families::attempts_total, static_cast<double>(l.started), {l.name});
  }
  const auto calls = from_.dialed->counts();
  out.add(families::calls_waiting, static_cast<double>(calls.queued), {"channel"});
  out.add(families::calls_waiting, static_cast<double>(calls.held), {"window"});
  out.add(families::calls_waiting, static_cast<double>(calls.validating), {"validation"});
  out.add(families::calls_waiting, static_cast<double>(calls.previews), {"preview"});
  out.add(families::blocked_total, static_cast<double>(calls.refused_do_not_call), {"do_not_call"});
  out.add(families::blocked_total, static_cast<double>(calls.refused_validation), {"validation"});
  out.add(families::blocked_total, static_cast<double>(calls.not_carried), {"no_trunk"});
  out.add(families::blocked_total, static_cast<double>(calls.held_window), {"outside_window"});
  out.add(families::blocked_total, static_cast<double>(calls.held_gap), {"redial_gap"});
  out.add(families::blocked_total, static_cast<double>(calls.held_schedule), {"schedule"});
  gather_campaigns(out);
  if (from_.members) gather_cluster(out);
  gather_limits(out);
  gather_fetchers(*from_.fetchers, out); // the last: of many servers there may be more than one scrape takes
}

void node_stats::gather_campaigns(samples& out) const {
  for (const auto& p : from_.campaigns()) {
    out.add(families::chains, static_cast<double>(p.live), {p.name, "live"});
    out.add(families::chains, static_cast<double>(p.idle), {p.name, "idle"});
    out.add(families::chains, static_cast<double>(p.chains - std::min(p.chains, p.ended + p.live + p.passive)), {p.name, "ready"});
    out.add(families::chains, static_cast<double>(p.passive), {p.name, "passive"});
    out.add(families::chains_total, static_cast<double>(p.ended - std::min(p.ended, p.faulted)), {p.name, "final"});
    out.add(families::chains_total, static_cast<double>(p.faulted), {p.name, "fault"});
    if (p.agents >= 0) out.add(families::campaign_agents, static_cast<double>(p.agents), {p.name});
    out.add(families::chains_without_treatment, static_cast<double>(p.without_treatment), {p.name});
    out.add(families::treatment_failures_total, static_cast<double>(p.treatment_failures), {p.name});
    for (const auto& [result, count] : p.results)
      out.add(families::results_total, static_cast<double>(count), {p.name, dialer::name_of(result)});
  }
}

void node_stats::gather_cluster(samples& out) const {
  const auto& c = *from_.members;
  out.add(families::cluster_epoch, static_cast<double>(from_.epoch));
  out.add(families::cluster_members, static_cast<double>(c.alive));
  out.add(families::cluster_lease_held, from_.lease->holds() ? 1 : 0);
  out.add(families::cluster_shards, static_cast<double>(c.shards_held), {"own"});
  out.add(families::cluster_shards, static_cast<double>(c.shards_of_nobody), {"nobody"});
  if (!from_.face) return;
  const auto& p = *from_.face->connected;
  const auto count = [&](const family& of, std::uint64_t number, auto... label) {
    out.add(of, static_cast<double>(number), {label...});
  };
  count(families::peer_connections, p.connections);
  count(families::peer_connections_lost_total, p.connections_lost.value());
  count(families::peer_connects_failed_total, p.connects_failed.value());
  count(families::peer_questions_total, p.answered.value(), "answered");
  count(families::peer_questions_total, p.refused.value(), "refused");
  count(families::peer_questions_total, p.unknown.value(), "unknown");
  count(families::peer_served_total, p.served.value());
  count(families::peer_batches_total, p.batches_sent.value(), "sent");
  count(families::peer_batches_total, p.batches_heard.value(), "heard");
  count(families::peer_bytes_total, p.bytes_sent.value(), "sent");
  count(families::peer_bytes_total, p.bytes_heard.value(), "heard");
  count(families::peer_not_understood_total, p.not_understood.value());
  count(families::peer_strangers_total, p.strangers.certificate, "certificate");
  count(families::peer_strangers_total, p.strangers.no_tls, "no_tls");
  count(families::peer_strangers_total, p.strangers.no_room, "no_room");
  if (from_.certificate_ends_s > 0)
    out.add(families::peer_certificate_ends_seconds, static_cast<double>(from_.certificate_ends_s));
}

void node_stats::gather_limits(samples& out) const {
  const auto add = [&](std::string_view name, std::uint64_t most, std::uint64_t used) {
    out.add(families::limit, static_cast<double>(most), {name});
    out.add(families::limit_used, static_cast<double>(used), {name});
  };
  std::map<std::string, std::array<std::uint64_t, 3>> of_mailboxes; // of the fullest of each class
  for (const auto& m : mailboxes()) {
    auto& [most, used, used_most] = of_mailboxes[m.actor + "-mailbox"];
    most = std::max<std::uint64_t>(most, m.most);
    used = std::max(used, m.mailbox->waiting());
    used_most = std::max(used_most, m.mailbox->waiting_most());
  }
  for (const auto& [name, use] : of_mailboxes) {
    add(name, use[0], use[1]);
    out.add(families::limit_used_most, static_cast<double>(use[2]), {name});
  }
  std::uint64_t at_lanes = 0, timers = 0;
  for (const auto* l : from_.lanes)
    for (const auto& c : l->counters())
      if (c.name == "lane") at_lanes = std::max(at_lanes, c.waiting);
  for (const auto* h : from_.homes) timers = std::max(timers, h->counters().timers.load());
  const auto calls = from_.dialed->counts();
  add("lane-mailbox", from_.lane_mailbox_most, at_lanes);
  add("timers-per-lane", limits::timers_per_lane_max, timers);
  add("document-cache-bytes", from_.fetchers->cache().bytes_max(), from_.fetchers->cache().bytes());
  add("calls-queued", dialer::limits::calls_queued_max, calls.queued);
  add("explanations", limits::explanations_max, *explaining_);
  if (from_.gate) add("events-by-http", limits::events_by_http_max, from_.gate->counters().on_their_way);
  if (from_.face) {
    add("peer-items-waiting", limits::peer_items_waiting_max, from_.face->connected->items_waiting);
    add("peer-bytes-waiting", limits::peer_bytes_waiting_max, from_.face->connected->bytes_waiting);
  }
  if (endpoint_) add("endpoint-connections", limits::endpoint_connections_max, endpoint_->connections());
}

} // namespace chainring::actors
