// node.cpp: preparing, starting, watching and stopping, in this order.
#include "actors/node/node.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <fstream>
#include <future>
#include <thread>

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include "actors/campaign.hpp"
#include "actors/chain_home.hpp"
#include "actors/document_desk.hpp"
#include "actors/event_gate.hpp"
#include "actors/fetch/tls.hpp"
#include "actors/fetcher.hpp"
#include "actors/history_sender.hpp"
#include "actors/io_threads.hpp"
#include "actors/keeper.hpp"
#include "actors/lane.hpp"
#include "actors/lane_watch.hpp"
#include "actors/node/explanation.hpp"
#include "actors/node/list_import.hpp"
#include "actors/node/message_trunks.hpp"
#include "actors/node/node_stats.hpp"
#include "actors/real_clock.hpp"
#include "actors/refused_treatments.hpp"
#include "actors/supervisor.hpp"
#include "actors/validators.hpp"
#include "actors/virtual_clock.hpp"
#include "dialer/ocs_vocabulary.hpp"
#include "dialer/treatment_uri.hpp"

namespace chainring::actors {

namespace {

/// Key in the store: how far a run in virtual time has come.
constexpr const char* virtual_now_key = "virtual_now_ms";
/// For one actor to hand on what it has, when the node stops.
constexpr std::chrono::seconds pass_on_timeout{10};
constexpr std::chrono::seconds put_away_timeout{60}; // for the chains of a campaign to be saved, when the node stops
/// Written into Retrieved rows; one node works on an SQLite store.
constexpr std::int64_t app_id = 1;

struct actor_system_settings : caf::actor_system_config {
  actor_system_settings() {
    // The default work-stealing scheduler walks a whole queue per steal. Chains do not run on it anyway.
    set("scheduler.policy", caf::atom("sharing"));
    set("scheduler.max-threads", std::size_t{2});
    set("scheduler.max-throughput", std::size_t{100});
  }
};

/// A lane with what its chains share.
struct lane_with_home {
  lane_with_home(std::uint32_t number, clock& time, std::uint64_t seed)
      : runs(lane::block_bytes<chain>(), time), home(number, runs, time, seed) {}
  lane runs;
  chain_home home;
};

struct running_campaign {
  campaign_settings settings;
  campaign_counters counters;
  std::vector<std::unique_ptr<assignment>> jobs;
  caf::actor actor;
};

result<std::unique_ptr<clock>> make_clock(dialer::store& s, const configuration& settings, const node_options& options) {
  if (!options.virtual_time) return std::unique_ptr<clock>{std::make_unique<real_clock>()};
  auto start_ms = options.virtual_start_ms ? options.virtual_start_ms : settings.node.virtual_time_start_ms;
  auto before = s.get(virtual_now_key);
  if (!before) return std::move(before).error();
  if (*before) { // a store goes on where it was left: its attempts lie in the past
    std::int64_t kept_ms = 0;
    std::from_chars((*before)->data(), (*before)->data() + (*before)->size(), kept_ms);
    start_ms = std::max(start_ms, kept_ms);
  }
  return std::unique_ptr<clock>{std::make_unique<virtual_clock>(start_ms)};
}

std::vector<campaign_progress> progress_of(const std::vector<std::unique_ptr<running_campaign>>& campaigns) {
  std::vector<campaign_progress> all;
  for (const auto& c : campaigns) all.push_back(progress_of(c->settings.name, c->counters));
  return all;
}

/// The trunk is one of the campaign's.
bool is_of(const campaign_settings& campaign, const std::string& trunk) {
  return campaign.trunks.empty() || std::find(campaign.trunks.begin(), campaign.trunks.end(), trunk) != campaign.trunks.end();
}

void complain(const error& problem) { spdlog::error("{}", to_line(problem)); }

} // namespace

// Lanes and counters outlive the actor system, which outlives every handle below it.
struct node::parts {
  configuration settings;
  dialer::time_zones zones;
  dialer::daytime_tables daytime;
  dialer::do_not_call_list no_calls;
  std::unique_ptr<dialer::store> store; // until the keeper takes it
  std::unique_ptr<actors::clock> time;
  std::vector<std::unique_ptr<courier>> couriers; // one for each trunk that sends messages
  std::atomic<std::uint64_t> handles{1};
  std::vector<std::unique_ptr<lane_with_home>> lanes;
  std::vector<std::unique_ptr<running_campaign>> campaigns;
  keeper_counters kept;
  dialer_view dialed;
  supervisor_view watched;
  history_view told;
  mailbox_count at_desk;
  actor_system_settings system_settings;
  std::unique_ptr<caf::actor_system> system;
  std::unique_ptr<io_threads> io;
  std::shared_ptr<tls_trust> trust;
  std::unique_ptr<actors::fetchers> fetchers;
  std::unique_ptr<event_gate> gate; // null: off
  std::unique_ptr<actors::validators> validators, history_posts;
  std::unique_ptr<dialer::switchboard> board; // until the dialer takes it
  std::vector<std::string> history_receivers;
  caf::actor keeper, dialer, document_desk, history, supervisor;
  std::unique_ptr<node_stats> stats;
  std::vector<refused_treatment> refused;
  std::atomic<std::int64_t> hung_lane{-1};
  std::unique_ptr<lane_watchdog> watchdog;

  parts(const configuration& c, dialer::time_zones z) : settings(c), zones(std::move(z)) {}
  ~parts() { stop(); }

  result<void> read_refusals(bool lift);
  result<void> read_do_not_call();
  result<void> prepare_campaigns();
  std::shared_ptr<const dialer::history_post> history_of_lost(const assignment& job, const dialer::attempt& lost);
  result<void> prepare_list(running_campaign& c, const list_settings& list);
  result<void> prepare_trunks();
  result<void> prepare_message_trunk(const message_trunk_settings& wanted);
  result<void> prepare_history();
  void start_lanes();
  result<void> start_io();
  result<void> start_gate();
  void start_actors();
  void start_campaign(running_campaign& c);
  void start_watchdog(std::chrono::milliseconds between_looks);
  void on_hang(const lane_hang& hang);
  result<void> start_stats();
  void explain(std::int64_t record_id, std::function<void(result<std::string>)> answer);
  std::vector<caf::actor> lane_handles() const;
  std::size_t lists() const;
  std::vector<mailbox_use> mailboxes() const;
  void keep_virtual_now();
  void pass_everything_on();
  void put_chains_away();
  void order(const std::string& name, campaign_order order);
  void stop();
};

// -- preparing ---------------------------------------------------------------------------------------------------------------

result<void> node::parts::read_refusals(bool lift) {
  if (lift)
    if (auto lifted = lift_refusals(*store); !lifted) return lifted;
  auto all = refused_treatments(*store);
  if (!all) return std::move(all).error();
  refused = std::move(*all);
  return {};
}

result<void> node::parts::read_do_not_call() {
  const auto& csv = settings.do_not_call.csv;
  if (!csv.empty()) {
    std::ifstream in(csv, std::ios::binary);
    if (!in) return error{"the do-not-call list cannot be read", csv, "name a CSV file with the columns phone and customer_id"};
    std::vector<std::pair<dialer::store::dnc_kind, std::string>> entries;
    auto read = dialer::read_do_not_call(
        in, csv,
        [&](dialer::store::dnc_kind kind, std::string_view text) -> result<void> {
          entries.emplace_back(kind, text);
          return {};
        },
        complain);
    if (!read) return std::move(read).error();
    if (auto kept_entries = store->import_do_not_call(entries); !kept_entries) return std::move(kept_entries).error();
  }
  return store->do_not_call([this](dialer::store::dnc_kind kind, std::string_view text) { no_calls.add(kind, text); });
}

result<void> node::parts::prepare_campaigns() {
  for (const auto& wanted : settings.campaigns) {
    auto c = std::make_unique<running_campaign>();
    c->settings = wanted;
    for (const auto& name : wanted.lists)
      if (auto done = prepare_list(*c, *settings.find_list(name)); !done) return done;
    campaigns.push_back(std::move(c));
  }
  return {};
}

result<void> node::parts::prepare_list(running_campaign& c, const list_settings& list) {
  if (!list.csv.empty()) {
    auto imported = import_list(*store, zones, list.name, list.csv, dialer::store::on_existing::keep, complain);
    if (!imported) return std::move(imported).error();
    if (imported->rows.differing > 0)
      spdlog::warn("{} rows of {} differ from those in the store, which stay as they are", imported->rows.differing, list.csv);
  }
  auto id = store->find_list(list.name);
  if (!id) return std::move(id).error();
  if (!*id) return error{"there is no list " + list.name + " in the store", settings.store.path, "import it, or name its csv"};
  auto lists = store->lists();
  if (!lists) return std::move(lists).error();
  const auto form = std::find_if(lists->begin(), lists->end(), [&](const auto& l) { return l.first == **id; });

  auto job = std::make_unique<assignment>(form->second, zones, daytime);
  job->number = static_cast<std::uint32_t>(this->lists() + c.jobs.size());
  job->campaign = static_cast<std::uint32_t>(campaigns.size());
  job->campaign_name = c.settings.name;
  job->list = job->environment.list = **id;
  job->preferred_contact_field =
      list.preferred_contact_field.empty() ? c.settings.preferred_contact_field : list.preferred_contact_field;
  job->environment.preferred_contact_field = job->preferred_contact_field;
  job->treatment_uri = settings.treatment_of(c.settings, list);
  auto treatments = settings.treatments_of(list);
  if (!treatments) return std::move(treatments).error();
  job->treatments = std::move(*treatments);
  job->mode = c.settings.mode;
  job->chain_attempts_max = c.settings.chain_attempts_max;
  job->treatment_sched_threshold_s = c.settings.treatment_sched_threshold_s;
  job->validation = {c.settings.validation_uri, c.settings.pre_dial_validation, c.settings.validation_timeout_result};
  job->history_uri = c.settings.history_uri;
  auto parameters = dialer::treatment_parameters(job->treatment_uri);
  if (!parameters) return std::move(parameters).error();
  job->parameters = std::move(*parameters);
  const auto& columns = job->form.user_columns;
  if (const auto at = std::find(columns.begin(), columns.end(), settings.do_not_call.customer_id); at != columns.end())
    job->customer_column = static_cast<std::size_t>(at - columns.begin());

  const auto now_ms = time->now_ms();
  const auto gap_ms = std::int64_t{c.settings.redial_gap_s} * 1000;
  auto in_flight = store->recover(**id, now_ms, [&](const dialer::attempt& a) { return history_of_lost(*job, a); });
  if (!in_flight) return std::move(in_flight).error();
  if (!in_flight->empty())
    spdlog::warn("list {}: {} calls were in progress when an earlier run ended: how they ended is unknown", list.name,
                 in_flight->size());
  auto unknown = store->unknown_attempts(**id, now_ms - gap_ms);
  if (!unknown) return std::move(unknown).error();
  for (const auto& a : *unknown) job->not_before_ms[a.record_id] = a.ended_ms + gap_ms;

  auto counts = store->counts(**id);
  if (!counts) return std::move(counts).error();
  job->counters = &c.counters;
  c.counters.chains += static_cast<std::uint64_t>(counts->chains);
  c.counters.chains_ended += static_cast<std::uint64_t>(counts->chains_ended);
  c.jobs.push_back(std::move(job));
  return {};
}

/// Its texts must fit the lists that it is used for.
result<void> node::parts::prepare_message_trunk(const message_trunk_settings& wanted) {
  auto composer = make_composer(wanted);
  if (!composer) return std::move(composer).error();
  for (auto& c : campaigns) {
    if (!is_of(c->settings, wanted.name)) continue;
    for (auto& job : c->jobs) {
      if (auto right = (*composer)->check(job->form); !right) return right;
      job->message_trunks[wanted.name] = wanted.carries;
    }
  }
  auto pace = dialer::pacing::make(wanted.capacity, wanted.calls_per_second);
  if (!pace) return std::move(pace).error();
  if (time->is_virtual())
    spdlog::warn("trunk {} sends its messages in virtual time too: leave it out of trunks of the [[campaign]] to rehearse "
                 "without it",
                 wanted.name);
  couriers.push_back(std::make_unique<courier>(*time, static_cast<std::size_t>(wanted.capacity)));
  auto trunk = make_message_trunk(wanted, std::move(*composer), *couriers.back(), time->is_virtual());
  if (!trunk) return std::move(trunk).error();
  board->add_trunk(std::move(*trunk), {wanted.capacity, wanted.calls_per_second}, std::move(*pace));
  return {};
}

/// What is told of an attempt whose end a crash has hidden; null: nothing.
std::shared_ptr<const dialer::history_post> node::parts::history_of_lost(const assignment& job, const dialer::attempt& lost) {
  if (job.history_uri.empty()) return nullptr;
  const auto row = store->find_record(lost.list, lost.record_id);
  if (!row || !*row) return nullptr;
  const dialer::history_source from{job.history_uri, job.campaign_name, job.mode};
  return dialer::history_record(*dialer::history_of(from, **row, job.form, {}, lost.n), lost);
}

result<void> node::parts::prepare_history() {
  auto before = store->history_receivers();
  if (!before) return std::move(before).error();
  for (const auto& [uri, records] : *before) {
    history_receivers.push_back(uri);
    told.waiting += static_cast<std::uint64_t>(records);
  }
  for (const auto& c : campaigns)
    if (const auto& uri = c->settings.history_uri; !uri.empty()) history_receivers.push_back(uri);
  std::sort(history_receivers.begin(), history_receivers.end());
  history_receivers.erase(std::unique(history_receivers.begin(), history_receivers.end()), history_receivers.end());
  return {};
}

result<void> node::parts::prepare_trunks() {
  board = std::make_unique<dialer::switchboard>(no_calls, zones);
  for (const auto& wanted : settings.trunks) {
    auto pace = dialer::pacing::make(wanted.capacity, wanted.calls_per_second);
    if (!pace) return std::move(pace).error();
    auto trunk = dialer::make_simulated(wanted);
    if (!trunk) return std::move(trunk).error();
    board->add_trunk(std::move(*trunk), {wanted.capacity, wanted.calls_per_second}, std::move(*pace));
  }
  for (const auto& wanted : settings.message_trunks)
    if (auto done = prepare_message_trunk(wanted); !done) return done;
  const auto names = settings.trunk_names();
  for (std::size_t n = 0; n < campaigns.size(); ++n) {
    const auto& terms = campaigns[n]->settings;
    std::vector<std::uint32_t> lines;
    for (std::uint32_t t = 0; t < names.size(); ++t)
      if (is_of(terms, names[t])) lines.push_back(t);
    board->add_campaign(static_cast<std::uint32_t>(n), std::move(lines), std::int64_t{terms.redial_gap_s} * 1000);
    for (const auto& job : campaigns[n]->jobs) board->add_list(job->list, job->form.name);
  }
  return {};
}

// -- starting ----------------------------------------------------------------------------------------------------------------

void node::parts::start_lanes() {
  auto count = static_cast<std::uint32_t>(settings.node.lanes);
  if (count == 0) count = std::max(1u, std::thread::hardware_concurrency());
  const auto seed = settings.trunks.empty() ? 1 : settings.trunks.front().seed;
  for (std::uint32_t n = 0; n < count; ++n) lanes.push_back(std::make_unique<lane_with_home>(n, *time, seed));
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
  auto trusted = tls_trust::make(settings.http.ca_file);
  if (!trusted) return std::move(trusted).error();
  trust = std::move(*trusted);
  validators = std::make_unique<actors::validators>(*io, static_cast<std::size_t>(settings.http.connection_pool_size),
                                                    std::chrono::seconds(settings.http.response_timeout_s), trust);
  history_posts = std::make_unique<actors::validators>(*io, static_cast<std::size_t>(settings.http.connection_pool_size),
                                                       std::chrono::seconds(settings.http.response_timeout_s), trust);
  return {};
}

result<void> node::parts::start_gate() {
  if (!settings.events.enabled) return {};
  event_gate_settings wanted;
  wanted.listen.address = settings.events.address;
  wanted.listen.port = static_cast<std::uint16_t>(settings.events.port);
  wanted.listen.token = settings.events.secret;
  wanted.location = settings.events.location;
  wanted.secret = settings.events.secret;
  wanted.post_to = settings.events.post_to;
  wanted.response_timeout = std::chrono::seconds(settings.http.response_timeout_s);
  wanted.trust = trust;
  auto started = event_gate::start(*io, std::move(wanted), lane_handles(), *time);
  if (!started) return std::move(started).error();
  gate = std::move(*started);
  spdlog::info("events for chains are taken at {}", gate->url());
  return {};
}

void node::parts::start_actors() {
  fetch_settings fetching;
  for (const auto& root : settings.node.treatment_roots) fetching.roots.emplace_back(root);
  fetching.response_timeout = std::chrono::seconds(settings.http.response_timeout_s);
  fetching.trust = trust;
  fetching.actions = &dialer::ocs_vocabulary();
  fetching.legacy = settings.node.legacy_expressions;
  fetchers = std::make_unique<actors::fetchers>(*system, *io, std::move(fetching));

  keeper = system->spawn<actors::keeper, caf::detached>(std::move(store), kept);
  history_terms telling;
  telling.keeper = keeper;
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
  for (auto& l : lanes)
    l->runs.post([home = &l->home, d = dialer, desk = document_desk, g = gate.get()](lane&) { home->connect(d, desk, g); });
  for (auto& c : campaigns) start_campaign(*c);

  supervisor_terms watched_ones{
      .keeper = keeper, .dialer = dialer, .document_desk = document_desk, .history = history, .view = &watched};
  for (auto& c : campaigns) watched_ones.campaigns.push_back(c->actor);
  supervisor = system->spawn<actors::supervisor>(std::move(watched_ones));
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
    spdlog::critical("lane {} stands still and uses no CPU: the node stops: does somebody read its log, is the machine overloaded",
                     hang.lane);
}

std::size_t node::parts::lists() const {
  std::size_t all = 0;
  for (const auto& c : campaigns) all += c->jobs.size();
  return all;
}

std::vector<mailbox_use> node::parts::mailboxes() const {
  const auto told_ones = history_receivers.size();
  std::vector<mailbox_use> all{{"keeper", &kept.mailbox, limits::keeper_mailbox_max(lanes.size(), lists(), told_ones)},
                               {"dialer", &dialed.mailbox, limits::dialer_mailbox_max(lanes.size())},
                               {"history", &told.mailbox,
                                limits::history_mailbox_max(
                                    told_ones, static_cast<std::size_t>(settings.http.connection_pool_size))},
                               {"document_desk", &at_desk, limits::document_desk_mailbox_max(lanes.size())},
                               {"supervisor", &watched.mailbox, limits::control_messages_max + campaigns.size()}};
  for (const auto& c : campaigns)
    all.push_back({"campaign", &c->counters.mailbox, limits::campaign_mailbox_max(lanes.size(), c->jobs.size())});
  return all;
}

result<void> node::parts::start_stats() {
  if (!settings.stats.enabled) return {};
  node_sources from;
  from.node_name = settings.node.name;
  from.store_path = settings.store.path;
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
  from.lane_mailbox_most = limits::lane_mailbox_max(campaigns.size(), lists(), gate != nullptr);
  from.fetcher_mailbox_most = limits::fetcher_mailbox_max(lanes.size(), lists());
  from.campaigns = [this] { return progress_of(campaigns); };
  from.why_not_ready = [this]() -> std::optional<error> {
    if (watched.failed) return error{"a part of the node has failed", settings.node.name, "see its log"};
    if (!kept.ready) return error{"the store refuses writes", settings.store.path, "see the node's log"};
    return std::nullopt;
  };
  from.explain = [this](std::int64_t record_id, std::function<void(result<std::string>)> answer) {
    explain(record_id, std::move(answer));
  };
  from.order = [this](const std::string& name, campaign_order what) { order(name, std::move(what)); };
  endpoint_settings listen;
  listen.address = settings.stats.address;
  listen.port = static_cast<std::uint16_t>(settings.stats.port);
  listen.token = settings.stats.token;
  auto started = node_stats::start(*io, listen, std::move(from));
  if (!started) return std::move(started).error();
  stats = std::move(*started);
  return {};
}

/// On the keeper's thread, between two commits.
void node::parts::explain(std::int64_t record_id, std::function<void(result<std::string>)> answer) {
  explanation_terms terms{.zones = zones, .no_calls = no_calls};
  terms.customer_column = settings.do_not_call.customer_id;
  terms.now_ms = time->now_ms();
  if (!settings.campaigns.empty()) terms.redial_gap_ms = std::int64_t{settings.campaigns.front().redial_gap_s} * 1000;
  caf::anon_send(keeper, ask_store{[=](dialer::store& s) { answer(explain_record(s, {}, record_id, terms)); }, {}});
}

void node::parts::order(const std::string& name, campaign_order what) {
  const auto found = std::find_if(campaigns.begin(), campaigns.end(), [&](const auto& c) { return c->settings.name == name; });
  if (found == campaigns.end())
    return what.answer(error{"there is no such campaign", name, "GET /api/v1/campaigns names them"});
  what.token = time->begin_work();
  caf::anon_send((*found)->actor, std::move(what));
}

result<std::unique_ptr<node>> node::make(const configuration& settings, const node_options& options) {
  auto zones = dialer::time_zones::open();
  if (!zones) return std::move(zones).error();
  for (const auto& [dbid, name] : settings.time_zones)
    if (auto mapped = zones->map(dbid, name); !mapped) return std::move(mapped).error();
  auto p = std::make_unique<parts>(settings, std::move(*zones));
  auto daytime = dialer::daytime_tables::make(settings.daytime.weekdays, settings.daytime.holidays);
  if (!daytime) return std::move(daytime).error();
  p->daytime = std::move(*daytime);

  auto store = dialer::open_sqlite(
      settings.store.path, options.virtual_time ? dialer::durability::last_moments : dialer::durability::every_commit);
  if (!store) return std::move(store).error();
  p->store = std::move(*store);
  auto time = make_clock(*p->store, settings, options);
  if (!time) return std::move(time).error();
  p->time = std::move(*time);
  const auto setting_up = p->time->begin_work(); // virtual time stands still until everybody is there

  auto handles = p->store->handles_end();
  if (!handles) return std::move(handles).error();
  p->handles = *handles; // above those that scripts of chains which were put away have kept
  if (auto done = p->read_refusals(options.lift_refusals); !done) return std::move(done).error();
  for (auto step : {&parts::read_do_not_call, &parts::prepare_campaigns, &parts::prepare_history, &parts::prepare_trunks})
    if (auto done = (p.get()->*step)(); !done) return std::move(done).error();
  p->start_lanes();
  if (auto done = p->start_io(); !done) return std::move(done).error();
  if (auto done = p->start_gate(); !done) return std::move(done).error();
  p->start_actors();
  if (auto done = p->start_stats(); !done) return std::move(done).error();
  p->start_watchdog(options.lane_look);
  return std::unique_ptr<node>(new node(std::move(p)));
}

node::node(std::unique_ptr<parts> p) : parts_(std::move(p)) {}
node::~node() = default;

void node::start() {
  const auto starting = parts_->time->begin_work();
  for (auto& c : parts_->campaigns)
    if (c->settings.auto_start) caf::anon_send(c->actor, admit{parts_->time->begin_work()});
}

// -- watching ----------------------------------------------------------------------------------------------------------------

std::vector<campaign_progress> node::progress() const { return progress_of(parts_->campaigns); }
dialer::switchboard_counts node::calls() const { return parts_->dialed.counts(); }
std::int64_t node::now_ms() const { return parts_->time->now_ms(); }
std::uint16_t node::stats_port() const { return parts_->stats ? parts_->stats->port() : 0; }
bool node::failed() const { return parts_->watched.failed; }
bool node::hangs() const { return parts_->hung_lane >= 0; }
node::history_progress node::history() const {
  const bool settled = parts_->told.settled(); // first: what is read after it is final
  return {parts_->told.waiting, parts_->told.sent, settled};
}
std::uint64_t node::stall() const { return parts_->time->stall(); }
std::vector<mailbox_use> node::mailboxes() const { return parts_->mailboxes(); }

// -- stopping ----------------------------------------------------------------------------------------------------------------

/// What calls in progress have led to passes from actor to actor: dialer → lanes → campaigns → keeper.
void node::parts::pass_everything_on() {
  std::vector<std::future<void>> lanes_passed;
  for (auto& l : lanes) {
    if (hung_lane >= 0 && l == lanes[static_cast<std::size_t>(hung_lane.load())]) continue;
    auto passed = std::make_shared<std::promise<void>>();
    lanes_passed.push_back(passed->get_future());
    l->runs.post([passed, home = &l->home](lane&) {
      home->send_all();
      passed->set_value();
    });
  }
  for (auto& passed : lanes_passed) passed.wait_for(pass_on_timeout);
  caf::scoped_actor self{*system};
  auto pass = [&](const caf::actor& who) {
    self->request(who, pass_on_timeout, barrier{}).receive([](barrier_passed) {}, [](const caf::error&) {});
  };
  for (auto& c : campaigns) pass(c->actor);
  pass(keeper);
}

bool node::drain(std::int64_t most_ms) {
  caf::anon_send(parts_->supervisor, actors::drain{});
  const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(most_ms);
  const bool stands_still = hangs() && parts_->time->is_virtual(); // with the lane: no call in progress will end
  while (!stands_still && !parts_->watched.drained && std::chrono::steady_clock::now() < until)
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  parts_->pass_everything_on();
  if (!failed()) parts_->put_chains_away();
  return parts_->watched.drained;
}

/// Each chain is saved where it is, and the next start takes it up from there.
void node::parts::put_chains_away() {
  caf::scoped_actor self{*system};
  for (auto& c : campaigns)
    self->request(c->actor, put_away_timeout, put_all_away{time->begin_work()})
        .receive([](chains_are_away) {},
                 [&](const caf::error&) {
                   spdlog::error("campaign {}: chains could not be put away in {} s: the next start begins them anew, or where "
                                 "they were saved before",
                                 c->settings.name, put_away_timeout.count());
                 });
}

void node::parts::keep_virtual_now() {
  if (!time || !time->is_virtual() || !keeper) return;
  caf::anon_send(keeper, ask_store{[now_ms = time->now_ms()](dialer::store& s) {
                   if (auto kept_now = s.set(virtual_now_key, std::to_string(now_ms)); !kept_now) complain(kept_now.error());
                 },
                 {}});
}

void node::parts::stop() {
  watchdog.reset();
  if (keeper) {
    keep_virtual_now();
    pass_everything_on();
  }
  if (auto* v = dynamic_cast<virtual_clock*>(time.get())) v->stop();
  stats.reset();
  if (gate) gate->stop();
  if (validators) validators->stop();
  for (auto& c : couriers) c->stop();
  if (history) caf::anon_send_exit(history, caf::exit_reason::user_shutdown); // it hears nothing of the posts that this cuts off
  if (history_posts) history_posts->stop();
  if (fetchers) fetchers->stop();
  for (auto& c : campaigns)
    if (c->actor) caf::anon_send_exit(c->actor, caf::exit_reason::user_shutdown);
  for (auto* a : {&supervisor, &dialer, &document_desk, &keeper}) // the keeper last: its mailbox holds what the others had stored
    if (*a) caf::anon_send_exit(*a, caf::exit_reason::user_shutdown);
  for (auto& l : lanes) l->runs.stop(caf::make_error(caf::exit_reason::user_shutdown));
  for (auto& l : lanes) l->runs.join();
  for (auto& c : campaigns) {
    for (auto& job : c->jobs) job->campaign_actor = nullptr;
    c->actor = nullptr;
  }
  for (auto& l : lanes) l->home.connect(nullptr, nullptr, nullptr);
  supervisor = dialer = document_desk = history = keeper = nullptr;
  if (io) io->stop();
  fetchers.reset();
  gate.reset();
  validators.reset();
  history_posts.reset();
  system.reset(); // waits for every actor
  couriers.clear();
  io.reset();
}

} // namespace chainring::actors
