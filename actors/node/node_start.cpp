// node_start.cpp: starts what has been prepared: lanes, connections, actors, the watchdog, the endpoint.
#include "actors/node/node_parts.hpp"

#include <algorithm>
#include <thread>

#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include "actors/campaign.hpp"
#include "actors/cluster/cluster_face.hpp"
#include "actors/document_desk.hpp"
#include "actors/node/dialing_api.hpp"
#include "actors/node/limits.hpp"
#include "actors/node/listeners.hpp"
#include "actors/node/store_backups.hpp"
#include "dialer/ocs_lint.hpp"
#include "dialer/ocs_vocabulary.hpp"
#include "dialer/store/open.hpp"

namespace chainring::actors {

namespace {

/// Written into Retrieved rows; one node works on an SQLite store.
constexpr std::int64_t app_id = 1;

/// Without a table of weekdays no business hours begin: a treatment that waits for them calls nobody, and nothing is amiss.
std::optional<error> no_hours(const scxml::document& treatment, const std::string& uri, const std::string& configuration) {
  const auto where = dialer::asks_for_daytime(treatment);
  if (!where) return std::nullopt;
  const std::string mend = configuration.empty() ? "give a --config with that table" : "add that table to " + configuration;
  return error{"the treatment asks for the daytime, and without [daytime.weekdays] no day has business hours",
               uri + ':' + std::to_string(where->line) + ':' + std::to_string(where->column),
               mend + ", as conf/node.toml has it"};
}

} // namespace

void node::parts::start_lanes() {
  auto count = static_cast<std::uint32_t>(settings.node.lanes);
  if (count == 0) count = std::max(1u, std::thread::hardware_concurrency());
  const auto seed = settings.trunks.empty() ? 1 : settings.trunks.front().seed;
  for (std::uint32_t n = 0; n < count; ++n) lanes.push_back(std::make_unique<lane_with_home>(n, *time, seed));
  if (line) peer_line::prepare(system_settings);
  system = std::make_unique<caf::actor_system>(system_settings);
  for (auto& l : lanes) l->runs.start(*system);
}

std::vector<caf::actor> node::parts::lane_handles() const {
  std::vector<caf::actor> handles_of_lanes;
  for (const auto& l : lanes) handles_of_lanes.push_back(l->runs.handle());
  return handles_of_lanes;
}

result<void> node::parts::start_io() {
  io = std::make_unique<io_threads>();
  auto trusted = tls_trust::make(settings.tls, [](const error& problem) { spdlog::error("{}", to_line(problem)); });
  if (!trusted) return std::move(trusted).error();
  if (!settings.node.log_file.empty() && (!settings.tls.verify || !settings.tls.check_target_name)) // besides that of the reader
    spdlog::warn("[tls] {} is off: whoever is between this node and an https: server can pass for that server",
                 settings.tls.verify ? "tls-target-name-check" : "tls-verify");
  trust = std::move(*trusted);
  validators = std::make_unique<actors::validators>(*io, static_cast<std::size_t>(settings.http.connection_pool_size),
                                                    std::chrono::seconds(settings.http.response_timeout_s), trust);
  history_posts = std::make_unique<actors::validators>(*io, static_cast<std::size_t>(settings.http.connection_pool_size),
                                                       std::chrono::seconds(settings.http.response_timeout_s), trust);
  return {};
}

/// The others hear where it is when it can be reached.
result<void> node::parts::start_line() {
  if (!line) return {};
  if (auto listening = line->start(*system, epoch); !listening) return listening;
  return membership->announce(line->address(), line->fingerprint());
}

void node::parts::give_order(const std::string& campaign, campaign_order::verb what, std::function<void(given_order)> answer) {
  const auto* found = find_campaign(campaign);
  const auto without_any = found && found->settings.auto_start ? ordered_state::running : ordered_state::not_loaded;
  give(campaign, [=](dialer::shared_store& in) { return actors::give_order(in, campaign, what, without_any); }, std::move(answer));
}

void node::parts::give_agents(const std::string& campaign, std::int32_t number, std::function<void(given_order)> answer) {
  const auto* found = find_campaign(campaign);
  if (found && !agents.has(found->jobs.front()->campaign))
    return answer({order_refusal::as_it_is,
                   {"the campaign does not dial against agents", campaign, "let its dialing-mode be Progressive"}});
  give(campaign, [=](dialer::shared_store& in) { return actors::give_agents(in, campaign, number); }, std::move(answer));
}

/// By the keeper, between two commits.
void node::parts::give(const std::string& campaign, std::function<given_order(dialer::shared_store&)> by,
                       std::function<void(given_order)> answer) {
  if (!find_campaign(campaign))
    return answer({order_refusal::no_campaign, {"there is no such campaign", campaign, "GET /api/v1/campaigns names them"}});
  if (orders_given.fetch_add(1) >= limits::orders_at_once_max) {
    --orders_given;
    return answer({order_refusal::not_now, {"too many orders are on their way", campaign, "give it again later"}});
  }
  auto question = [this, by = std::move(by), answer = std::move(answer)](dialer::store& s) {
    --orders_given;
    answer(by(dynamic_cast<dialer::shared_store&>(s))); // a member has no other store
  };
  caf::anon_send(keeper, ask_store{std::move(question), {}});
}

result<void> node::parts::start_gate() {
  if (!settings.events.enabled) return {};
  event_gate_settings wanted;
  wanted.listen = listener_of(settings.events);
  wanted.location = settings.events.location;
  wanted.secret = settings.events.secret;
  wanted.post_to = settings.events.post_to;
  wanted.response_timeout = std::chrono::seconds(settings.http.response_timeout_s);
  wanted.trust = trust;
  if (line) {
    wanted.is_here = [this](const session_address& to) { return members.holds(dialer::shard_of(to.list, to.chain_id)); };
    wanted.elsewhere = [this, peers = line->handle()](const session_address& to, const http_request& event, responder answer) {
      auto owner = members.owner_of(dialer::shard_of(to.list, to.chain_id));
      if (owner && owner->epoch == epoch) owner.reset(); // it is about to come, or to leave
      pass_event_on(peers, owner, event, std::move(answer));
    };
  }
  auto started = event_gate::start(*io, std::move(wanted), lane_handles(), *time);
  if (!started) return std::move(started).error();
  gate = std::move(*started);
  spdlog::info("events for chains are taken at {}", gate->url());
  return {};
}

void node::parts::start_actors(std::chrono::milliseconds store_wait_max) {
  fetch_settings fetching;
  for (const auto& root : settings.node.treatment_roots) fetching.files.roots.emplace_back(root);
  fetching.files.drives = settings.node.treatment_drives;
  fetching.response_timeout = std::chrono::seconds(settings.http.response_timeout_s);
  fetching.trust = trust;
  fetching.actions = &dialer::ocs_vocabulary();
  fetching.legacy = settings.node.legacy_expressions;
  fetching.time_is_real = !time->is_virtual();
  fetching.fresh_default = std::chrono::seconds(settings.http.document_check_interval_s);
  fetching.cache_bytes = static_cast<std::size_t>(settings.http.document_cache_bytes);
  for (const auto& server : settings.http.redirect_to)
    if (const auto where = parse_uri(server)) fetching.redirect_to.insert(origin_of(*where));
  if (!settings.daytime.weekdays)
    fetching.doubt = [file = settings.file](const scxml::document& d, const std::string& uri) { return no_hours(d, uri, file); };
  fetchers = std::make_unique<actors::fetchers>(*system, *io, std::move(fetching));

  keeper = system->spawn<actors::keeper, caf::detached>(std::move(store), kept, store_wait_max.count());
  history_terms telling;
  telling.keeper = keeper;
  telling.kept = &kept;
  if (membership) telling.lease = &lease;
  telling.posts = history_posts.get();
  telling.connections = static_cast<std::size_t>(settings.http.connection_pool_size);
  telling.clock = time.get();
  telling.view = &told;
  telling.receivers = history_receivers;
  history = system->spawn<history_sender>(std::move(telling));
  caf::anon_send(history, history_stored{time->begin_work()}); // what an earlier run has left

  dialer_terms terms;
  terms.board = std::move(board);
  terms.keeper = keeper;
  terms.validators = validators.get();
  for (auto& c : couriers) terms.couriers.push_back(c.get());
  terms.history = history;
  terms.told = &told;
  terms.lanes = lane_handles();
  for (auto& c : campaigns) terms.campaigns.push_back(&c->counters);
  terms.clock = time.get();
  terms.view = &dialed;
  dialer = system->spawn<dialer_actor>(std::move(terms));
  document_desk = system->spawn<actors::document_desk>(*fetchers, at_desk);
  std::vector<const assignment*> jobs;
  for (const auto& c : campaigns)
    for (const auto& job : c->jobs) jobs.push_back(job.get());
  for (auto& l : lanes) // before anybody who can start a chain: the member obeys orders of the cluster as soon as it is there
    l->runs.post([home = &l->home, d = dialer, desk = document_desk, g = gate.get(), jobs, format = &members.saved_chains](lane&) {
      home->connect(d, desk, g, jobs, format);
    });
  for (auto& c : campaigns) start_campaign(*c);
  if (membership) start_member();

  supervisor_terms watched_ones{
      .keeper = keeper, .dialer = dialer, .document_desk = document_desk, .history = history, .member = member, .view = &watched};
  if (line) watched_ones.peers = line->handle();
  for (auto& c : campaigns) watched_ones.campaigns.push_back(c->actor);
  supervisor = system->spawn<actors::supervisor>(std::move(watched_ones));
}

void node::parts::start_member() {
  member_terms terms{.of = membership.get(),
                     .epoch = epoch,
                     .lease_ms = std::int64_t{settings.cluster.lease_s} * 1'000,
                     .lease = &lease,
                     .view = &members,
                     .keeper = keeper,
                     .dialer = dialer,
                     .budgets = budgets,
                     .no_calls = &no_calls,
                     .no_calls_change = no_calls_change,
                     .clock = time.get(),
                     .peers = line ? line->handle() : nullptr,
                     .orders = orders.get(),
                     .agents = &agents};
  agents.tell([d = dialer](std::uint32_t campaign, std::int32_t number) {
    caf::anon_send(d, ask_dialer{[=](dialer::switchboard& of_node) { of_node.set_agents(campaign, number); }, {}});
  });
  for (const auto& c : campaigns) {
    terms.hear_of_shards.push_back(c->actor);
    for (const auto& job : c->jobs) {
      const auto gap_ms = std::int64_t{c->settings.redial_gap_s} * 1'000;
      auto same = std::find_if(terms.lists.begin(), terms.lists.end(), [&](const auto& l) { return l.list == job->list; });
      if (same != terms.lists.end()) same->redial_gap_ms = std::max(same->redial_gap_ms, gap_ms);
      else
        terms.lists.push_back({job->list, gap_ms, [job = job.get()](dialer::store& in, const dialer::attempt& lost) {
                                 return history_of_lost(in, *job, lost);
                               }});
    }
  }
  terms.hear_of_shards.push_back(history); // records of chains come and go with them
  member = system->spawn<actors::member, caf::detached>(std::move(terms));
}

void node::parts::start_campaign(running_campaign& c) {
  campaign_terms terms;
  terms.name = c.settings.name;
  terms.number = c.jobs.front()->campaign;
  for (auto& job : c.jobs) terms.jobs.push_back(job.get());
  terms.chains_live_max = static_cast<std::size_t>(c.settings.chains_live_max);
  terms.admission_batch = static_cast<std::size_t>(c.settings.admission_batch);
  terms.app_id = app_id;
  terms.keeper = keeper;
  terms.dialer = dialer;
  terms.actions = &dialer::ocs_vocabulary();
  terms.lanes = lane_handles();
  terms.fetchers = fetchers.get();
  terms.clock = time.get();
  terms.counters = &c.counters;
  terms.refused = &refused;
  terms.handles = &handles;
  c.actor = system->spawn<campaign>(std::move(terms));
  for (auto& job : c.jobs) job->campaign_actor = c.actor;
}

void node::parts::start_watchdog(std::chrono::milliseconds between_looks) {
  std::vector<const lane*> all;
  for (auto& l : lanes) all.push_back(&l->runs);
  watchdog = std::make_unique<lane_watchdog>(lane_watch{std::move(all), between_looks}, between_looks,
                                             [this](const lane_hang& hang) { on_hang(hang); });
}

/// On the watchdog's thread. The log comes last: it may be what the lane hangs in.
void node::parts::on_hang(const lane_hang& hang) {
  const auto treatment = lanes[hang.lane]->home.treatment_at_work();
  const bool blamed = hang.busy && treatment;
  if (blamed) {
    refused_treatment one{treatment->hash, treatment->source};
    caf::anon_send(keeper, ask_store{[one = std::move(one)](dialer::store& s) {
                                       if (auto kept_one = refuse_treatment(s, one); !kept_one) complain(kept_one.error());
                                     },
                                     {}});
  }
  caf::anon_send(dialer, lane_hangs{static_cast<std::uint32_t>(hang.lane)});
  hung_lane = static_cast<std::int64_t>(hang.lane);
  watched.failed = true;
  if (blamed)
    spdlog::critical("a lane hangs in a treatment: {}: the node stops, and from its next start on the treatment is refused: mend "
                     "it, or start once with --lift-refusals",
                     treatment->source);
  else
    spdlog::critical("lane {} waits inside a step and does not come back: the node stops: see whether somebody reads its log",
                     hang.lane);
}

result<void> node::parts::start_stats() {
  if (!settings.stats.enabled && !line) return {};
  node_sources from;
  from.node_name = settings.node.name;
  from.store_path = dialer::shown_store(settings.store.path);
  from.time = time.get();
  for (auto& l : lanes) {
    from.lanes.push_back(&l->runs);
    from.homes.push_back(&l->home);
  }
  from.fetchers = fetchers.get();
  from.gate = gate.get();
  from.kept = &kept;
  from.dialed = &dialed;
  from.told = &told;
  from.mailboxes = mailboxes();
  if (membership) from.members = &members;
  if (line)
    from.face = cluster_face_terms{.epoch = epoch,
                                   .node = settings.node.name,
                                   .members = &members,
                                   .peers = line->handle(),
                                   .connected = &line->view(),
                                   .give = [this](const std::string& campaign, campaign_order::verb what,
                                                  auto answer) { give_order(campaign, what, std::move(answer)); },
                                   .give_agents = [this](const std::string& campaign, std::int32_t number,
                                                         auto answer) { give_agents(campaign, number, std::move(answer)); },
                                   .orders = orders.get()};
  from.epoch = epoch;
  from.lease = &lease;
  if (line && line->identity()) from.certificate_ends_s = line->identity()->ends_s();
  from.lane_mailbox_most = limits::lane_mailbox_max(campaigns.size(), lists(), gate != nullptr);
  from.fetcher_mailbox_most = limits::fetcher_mailbox_max(lanes.size(), lists());
  from.campaigns = [this] { return progress(); };
  from.why_not_ready = [this]() -> std::optional<error> {
    if (watched.failed) return error{"a part of the node has failed", settings.node.name, "see its log"};
    if (!kept.ready) return error{"the store refuses writes", dialer::shown_store(settings.store.path), "see the node's log"};
    if (ends) return error{"the node ends", settings.node.name, "ask another one"};
    if (settings.cluster.enabled && !lease.holds())
      return error{"the node has no lease and dials nothing", dialer::shown_store(settings.store.path),
                   "see its log: whether it reaches the store"};
    return std::nullopt;
  };
  from.add_routes = [this](router& routes) {
    dialing_api_terms terms{keeper, dialer, time.get(), &no_calls, {}, !settings.do_not_call.customer_id.empty()};
    for (const auto& c : campaigns) terms.campaigns.push_back(c->settings.name);
    add_dialing_routes(routes, std::move(terms));
    add_backup_routes(routes, {keeper, time.get(), io.get()});
  };
  const auto explaining = terms_of_explanations();
  from.explain = [explaining](const auto& wanted, auto answer) { explain_live(explaining, wanted, std::move(answer)); };
  from.explain_everywhere = [explaining](const auto& wanted, auto answer) {
    explain_everywhere(explaining, wanted, std::move(answer));
  };
  from.order = [this](const std::string& name, campaign_order what) { order(name, std::move(what)); };
  auto started =
      node_stats::start(*io, settings.stats.enabled ? std::optional(listener_of(settings.stats)) : std::nullopt, std::move(from));
  if (!started) return std::move(started).error();
  stats = std::move(*started);
  if (!line) return {};
  auto for_peers = stats->own_routes();
  add_routes_for_peers(for_peers, *orders, member);
  if (gate) gate->add_routes_for_peers(for_peers);
  line->service().set([for_peers](const http_request& asked, const responder& answer) {
    auto request = asked;
    const auto found = for_peers.find(request);
    if (!found.handler) return answer(found.otherwise);
    (*found.handler)(request, answer);
  });
  return {};
}

} // namespace chainring::actors
