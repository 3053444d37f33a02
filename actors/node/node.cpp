// node.cpp: making, watching and stopping a node, in this order.
#include "actors/node/node.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <future>
#include <thread>

#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include "actors/node/limits.hpp"
#include "actors/node/listeners.hpp"
#include "actors/node/node_parts.hpp"
#include "actors/real_clock.hpp"
#include "actors/virtual_clock.hpp"
#include "dialer/store/open.hpp"

namespace chainring::actors {

namespace {

/// Key in the store: how far a run in virtual time has come.
constexpr const char* virtual_now_key = "virtual_now_ms";
/// For one actor to hand on what it has, when the node stops.
constexpr std::chrono::seconds pass_on_timeout{10};
constexpr std::chrono::seconds put_away_timeout{60}; // for the chains of a campaign to be saved, when the node stops

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
  auto latest_ms = s.latest_attempt_ms(); // after a crash that is all there is to know
  if (!latest_ms) return std::move(latest_ms).error();
  return std::unique_ptr<clock>{std::make_unique<virtual_clock>(std::max(start_ms, *latest_ms))};
}

} // namespace

void complain(const error& problem) { spdlog::error("{}", to_line(problem)); }

result<std::unique_ptr<node>> node::make(const configuration& settings, const node_options& options) {
  auto zones = dialer::time_zones::open();
  if (!zones) return std::move(zones).error();
  for (const auto& [dbid, name] : settings.time_zones)
    if (auto mapped = zones->map(dbid, name); !mapped) return std::move(mapped).error();
  auto p = std::make_unique<parts>(settings, std::move(*zones));
  auto daytime = dialer::daytime_tables::make(settings.daytime.weekdays, settings.daytime.holidays);
  if (!daytime) return std::move(daytime).error();
  p->daytime = std::move(*daytime);

  if (auto done = p->prepare_line(); !done) return std::move(done).error();
  if (settings.cluster.enabled) // a member takes shards from others, and a start that fails gives them back
    if (auto can = can_listen(settings); !can) return std::move(can).error();
  if (auto opened = p->open_store(options); !opened) return std::move(opened).error();
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
  if (auto done = p->check_columns(); !done) return std::move(done).error();
  p->start_lanes();
  if (auto done = p->start_io(); !done) return std::move(done).error();
  if (auto done = p->join_cluster(); !done) return std::move(done).error();
  if (auto done = p->start_line(); !done) return std::move(done).error();
  if (auto done = p->start_gate(); !done) return std::move(done).error();
  p->start_actors(options.store_wait_max);
  if (auto done = p->start_stats(); !done) return std::move(done).error();
  p->start_watchdog(options.lane_look);
  return std::unique_ptr<node>(new node(std::move(p)));
}

node::node(std::unique_ptr<parts> p) : parts_(std::move(p)) {}
node::~node() = default;

void node::start() {
  const auto starting = parts_->time->begin_work();
  const auto& standing = parts_->standing_orders;
  const auto is_ordered = [&](const std::string& name) {
    return std::any_of(standing.begin(), standing.end(),
                       [&](const auto& one) { return one.campaign == name && one.what == state_order; });
  };
  for (auto& c : parts_->campaigns)
    if (c->settings.auto_start && !is_ordered(c->settings.name)) caf::anon_send(c->actor, admit{parts_->time->begin_work()});
  for (const auto& one : standing) // before the member's first look or after it: an order is obeyed once
    parts_->orders->follow(one, [](const result<campaign_state>& led_to) {
      if (!led_to) complain(led_to.error());
    });
}

// -- watching ----------------------------------------------------------------------------------------------------------------

std::vector<campaign_progress> node::progress() const { return parts_->progress(); }
dialer::switchboard_counts node::calls() const { return parts_->dialed.counts(); }
std::int64_t node::now_ms() const { return parts_->time->now_ms(); }
std::uint16_t node::stats_port() const { return parts_->settings.stats.enabled && parts_->stats ? parts_->stats->port() : 0; }
bool node::failed() const { return parts_->watched.failed; }
bool node::hangs() const { return parts_->hung_lane >= 0; }
node::history_progress node::history() const {
  const bool settled = parts_->told.settled(); // first: what is read after it is final
  return {parts_->kept.history_waiting, parts_->told.sent, settled};
}
std::uint64_t node::stall() const { return parts_->time->stall(); }
std::vector<mailbox_use> node::mailboxes() const { return parts_->mailboxes(); }

std::vector<campaign_progress> node::parts::progress() const {
  std::vector<campaign_progress> all;
  for (const auto& c : campaigns) all.push_back(progress_of(c->settings.name, c->counters));
  return all;
}

std::size_t node::parts::lists() const {
  std::size_t all = 0;
  for (const auto& c : campaigns) all += c->jobs.size();
  return all;
}

std::vector<mailbox_use> node::parts::mailboxes() const {
  const auto told_ones = history_receivers.size();
  const bool by_http = gate != nullptr;
  std::vector<mailbox_use> all{{"keeper", &kept.mailbox, limits::keeper_mailbox_max(lanes.size(), lists(), told_ones, by_http) +
                                               (membership ? limits::orders_at_once_max : 0)},
                               {"dialer", &dialed.mailbox, limits::dialer_mailbox_max(lanes.size())},
                               {"history", &told.mailbox,
                                limits::history_mailbox_max(
                                    told_ones, static_cast<std::size_t>(settings.http.connection_pool_size))},
                               {"document_desk", &at_desk, limits::document_desk_mailbox_max(lanes.size())},
                               {"supervisor", &watched.mailbox, limits::control_messages_max + campaigns.size()}};
  if (membership) all.push_back({"member", &members.mailbox, limits::control_messages_max});
  if (line) all.push_back({"peers", &line->view().mailbox, limits::peers_mailbox_max()});
  for (const auto& c : campaigns)
    all.push_back({"campaign", &c->counters.mailbox, limits::campaign_mailbox_max(lanes.size(), c->jobs.size(), by_http)});
  return all;
}

live_explanation_terms node::parts::terms_of_explanations() {
  live_explanation_terms terms{.keeper = keeper, .dialer = dialer, .zones = &zones, .no_calls = &no_calls, .time = time.get()};
  for (auto& l : lanes) terms.lanes.push_back(&l->runs);
  terms.customer_column = settings.do_not_call.customer_id;
  terms.redial_gaps_ms = settings.redial_gaps_ms();
  terms.job_of = [this](dialer::list_id list, std::optional<campaign_facts>& facts) -> const assignment* {
    for (const auto& c : campaigns)
      for (const auto& job : c->jobs) {
        if (job->list != list) continue;
        const auto most = static_cast<std::uint64_t>(c->settings.chains_live_max);
        facts = campaign_facts{c->settings.name, c->counters.state, c->counters.chains_live, most, {}};
        if (c->counters.treatment_failures > 0) facts->treatment_failure = to_line(c->counters.last_treatment_failure());
        return job.get();
      }
    return nullptr;
  };
  if (!membership) return terms;
  terms.whereabouts = [this](std::size_t shard) {
    using place = chain_whereabouts::place;
    if (members.holds(shard)) return chain_whereabouts{place::here, epoch, settings.node.name, {}, {}};
    const auto owner = members.owner_of(shard);
    const bool moves = owner && owner->epoch == epoch; // it is about to come, or to leave
    if (!owner || moves) return chain_whereabouts{place::no_node, 0, {}, {}, {}};
    return chain_whereabouts{place::other_node, owner->epoch, owner->node, {}, {}};
  };
  if (line)
    terms.ask_other = [peers = line->handle()](std::int64_t of, const record_wanted& what, auto heard) {
      ask_for_explanation(peers, of, what.record_id, what.list, std::move(heard));
    };
  return terms;
}

running_campaign* node::parts::find_campaign(const std::string& name) const {
  const auto found = std::find_if(campaigns.begin(), campaigns.end(), [&](const auto& c) { return c->settings.name == name; });
  return found == campaigns.end() ? nullptr : found->get();
}

void node::parts::order(const std::string& name, campaign_order what) {
  auto* found = find_campaign(name);
  if (!found)
    return what.answer(error{"there is no such campaign", name, "GET /api/v1/campaigns names them"});
  what.token = time->begin_work();
  caf::anon_send(found->actor, std::move(what));
}

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
  parts_->ends = true;
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
  if (line && system) line->stop(*system);
  stats.reset();
  if (gate) gate->stop();
  if (validators) validators->stop();
  for (auto& c : couriers) c->stop();
  for (auto* a : {&supervisor, &member}) // they wait for others, whose end from here on is no failure
    if (*a) caf::anon_send_exit(*a, caf::exit_reason::user_shutdown);
  if (history) caf::anon_send_exit(history, caf::exit_reason::user_shutdown); // it hears nothing of the posts that this cuts off
  if (history_posts) history_posts->stop();
  if (fetchers) fetchers->stop();
  for (auto& c : campaigns)
    if (c->actor) caf::anon_send_exit(c->actor, caf::exit_reason::user_shutdown);
  // The keeper last: its mailbox holds what the others had stored.
  for (auto* a : {&dialer, &document_desk, &keeper})
    if (*a) caf::anon_send_exit(*a, caf::exit_reason::user_shutdown);
  for (auto& l : lanes) l->runs.stop(caf::make_error(caf::exit_reason::user_shutdown));
  for (auto& l : lanes) l->runs.join();
  for (auto& c : campaigns) {
    for (auto& job : c->jobs) job->campaign_actor = nullptr;
    c->actor = nullptr;
  }
  for (auto& l : lanes) l->home.connect(nullptr, nullptr, nullptr, {});
  agents.tell({}); // it has the dialer's handle
  supervisor = member = dialer = document_desk = history = keeper = nullptr;
  if (io) io->stop();
  fetchers.reset();
  gate.reset();
  validators.reset();
  history_posts.reset();
  system.reset(); // waits for every actor
  if (membership) // what the node had is stored: the others need not wait for the end of its lease
    if (auto gone = membership->leave(watched.drained && !watched.failed); !gone) complain(gone.error());
  membership.reset();
  couriers.clear();
  io.reset();
}

} // namespace chainring::actors
