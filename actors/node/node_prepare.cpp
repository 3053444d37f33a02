// node_prepare.cpp: from the configuration to what a node starts with: refusals, do-not-call entries, lists, receivers, trunks.
#include "actors/node/node_parts.hpp"

#include <algorithm>
#include <fstream>
#include <thread>

#include <spdlog/spdlog.h>

#include "actors/node/limits.hpp"
#include "actors/node/list_import.hpp"
#include "dialer/calling_list.hpp"
#include "dialer/limits.hpp"
#include "dialer/store/open.hpp"
#include "dialer/treatment_uri.hpp"

namespace chainring::actors {

namespace {

/// The trunk is one of the campaign's.
bool is_of(const campaign_settings& campaign, const std::string& trunk) {
  return campaign.trunks.empty() || std::find(campaign.trunks.begin(), campaign.trunks.end(), trunk) != campaign.trunks.end();
}

} // namespace

result<void> node::parts::open_store(const node_options& options) {
  if (settings.cluster.enabled) {
    if (options.virtual_time)
      return error{"a cluster keeps real time", settings.file, "leave --virtual-time out, or disable [cluster]"};
    auto shared = dialer::open_shared(settings.store.path);
    if (!shared) return std::move(shared).error();
    store = std::move(*shared);
    return {};
  }
  auto alone = dialer::open_store(settings.store.path,
                                  options.virtual_time ? dialer::durability::last_moments : dialer::durability::every_commit);
  if (!alone) return std::move(alone).error();
  store = options.around_store ? options.around_store(std::move(*alone)) : std::move(*alone);
  auto owned = store->own(settings.node.name);
  return owned ? result<void>{} : std::move(owned).error();
}

/// Reads the certificates, before anything has begun.
result<void> node::parts::prepare_line() {
  const auto& c = settings.cluster;
  if (!c.enabled || c.address.empty()) return {};
  auto made = peer_line::make({c.address, c.listens_at(), c.certificate, c.key, c.ca});
  if (!made) return std::move(made).error();
  line = std::move(*made);
  if (!line->identity()) return {};
  const auto now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  if (const auto soon = line->identity()->ends_soon(now)) spdlog::warn("{}", to_line(*soon));
  return {};
}

/// When all is prepared: from then on the lease has to be renewed.
result<void> node::parts::join_cluster() {
  if (!settings.cluster.enabled) return {};
  auto& shared = dynamic_cast<dialer::shared_store&>(*store);
  auto joined = shared.join(settings.node.name, std::int64_t{settings.cluster.lease_s} * 1'000);
  if (!joined) return std::move(joined).error();
  epoch = *joined;
  auto first = shared.reserve_handles(limits::handles_per_member);
  if (!first) return std::move(first).error();
  handles = *first;
  auto connected = dialer::open_membership(settings.store.path, epoch);
  if (!connected) return std::move(connected).error();
  membership = std::move(*connected);
  auto format = membership->raise_saved_chains(1);
  if (!format) return std::move(format).error();
  members.saved_chains = *format;
  board->leave_only_if([this] { return lease.holds(); });
  for (const auto& budget : budgets) { // until it has a share
    if (budget.of == budget_terms::subject::trunk) board->limit(budget.number, {});
    else board->limit_campaign(budget.number, 0, 0);
  }
  auto orders_before = membership->orders_since(0);
  if (!orders_before) return std::move(orders_before).error();
  standing_orders = std::move(*orders_before);
  orders = std::make_unique<order_book>(order_book::terms{
    [this](const std::string& name, campaign_order what) { order(name, std::move(what)); },
    [this](const std::string& name) -> std::optional<campaign_state> {
      const auto found = find_campaign(name);
      return found ? std::optional(found->counters.state.load()) : std::nullopt;
    },
    [this](const std::string& name, std::int32_t total) {
      return agents.order(find_campaign(name)->jobs.front()->campaign, total);
    }});
  spdlog::info("node {} has joined the cluster, epoch {}", settings.node.name, epoch);
  return {};
}

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
  if (auto* shared = dynamic_cast<dialer::shared_store*>(store.get()); shared && settings.cluster.enabled) {
    auto change = shared->do_not_call_change(); // what comes while this reads is read twice
    if (!change) return std::move(change).error();
    no_calls_change = *change;
  }
  bool full = false;
  auto read = store->do_not_call([&](dialer::store::dnc_kind kind, std::string_view text) {
    if (!no_calls.add(kind, text)) full = full || no_calls.size() >= dialer::limits::do_not_call_entries_max;
  });
  if (!read) return read;
  if (full)
    return error{"the do-not-call list has more than " + std::to_string(dialer::limits::do_not_call_entries_max) + " entries",
                 settings.store.path, "take some out: those that do not fit would be called"};
  return {};
}

/// Nodes that start at once have the same files: the first imports them, the others find them in the store.
result<std::unique_ptr<dialer::import_turn>> node::parts::wait_for_import_turn() {
  auto& shared = dynamic_cast<dialer::shared_store&>(*store);
  for (std::int64_t waited_ms = 0;; waited_ms += limits::import_turn_look_ms) {
    auto turn = shared.try_import_turn();
    if (!turn || *turn) return turn;
    if (waited_ms == 0) spdlog::info("another node imports its lists: this one waits for that");
    if (waited_ms >= limits::import_turn_wait_ms_max)
      return error{"other nodes import lists for more than an hour", settings.file,
                   "import them before (chainring import), and start again"};
    std::this_thread::sleep_for(std::chrono::milliseconds(limits::import_turn_look_ms));
  }
}

result<void> node::parts::prepare_campaigns() {
  std::unique_ptr<dialer::import_turn> turn; // until all lists are there
  const bool imports = std::any_of(settings.lists.begin(), settings.lists.end(), [](const auto& l) { return !l.csv.empty(); });
  if (settings.cluster.enabled && imports) {
    auto waited = wait_for_import_turn();
    if (!waited) return std::move(waited).error();
    turn = std::move(*waited);
  }
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
  if (!*id)
    return error{"there is no list " + list.name + " in the store", dialer::shown_store(settings.store.path),
                 "import it, or name its csv"};
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
  job->passivate_after_ms = settings.node.passivate_after_s * 1'000;
  job->validation = {c.settings.validation_uri, c.settings.pre_dial_validation, c.settings.validation_timeout_result};
  job->history_uri = list.history_uri.empty() ? c.settings.history_uri : list.history_uri;
  auto order = dialer::record_order::make(list.order_by, job->form);
  if (!order) return error{order.error().what, "list " + list.name + ", order-by", order.error().mend};
  job->environment.order = std::move(*order);
  auto parameters = dialer::treatment_parameters(job->treatment_uri);
  if (!parameters) return std::move(parameters).error();
  job->parameters = std::move(*parameters);
  if (const auto customers = dialer::find_column(job->form, settings.do_not_call.customer_id))
    if (*customers >= dialer::mandatory_columns_count) job->customer_column = *customers - dialer::mandatory_columns_count;

  const auto now_ms = time->now_ms();
  const auto gap_ms = std::int64_t{c.settings.redial_gap_s} * 1000;
  if (!settings.cluster.enabled) // else shard by shard, as they become this node's
    if (auto recovered = recover_list(*job, list.name); !recovered) return recovered;
  auto unknown = store->unknown_attempts(**id, now_ms - gap_ms);
  if (!unknown) return std::move(unknown).error();
  for (const auto& a : *unknown) job->not_before_ms[a.record_id] = a.ended_ms + gap_ms;

  auto counts = store->counts(**id);
  if (!counts) return std::move(counts).error();
  job->counters = &c.counters;
  c.counters.chains += static_cast<std::uint64_t>(counts->chains);
  c.counters.chains_ended += static_cast<std::uint64_t>(counts->chains_ended);
  c.counters.chains_ended_before += static_cast<std::uint64_t>(counts->chains_ended);
  if (!settings.cluster.enabled) // else with the shards
    c.counters.chains_passive += static_cast<std::uint64_t>(counts->chains_passive);
  c.jobs.push_back(std::move(job));
  return {};
}

result<void> node::parts::recover_list(const assignment& job, const std::string& list_name) {
  const auto told_of = [&](const dialer::attempt& a) { return history_of_lost(*store, job, a); };
  auto in_flight = store->recover(job.list, time->now_ms(), told_of);
  if (!in_flight) return std::move(in_flight).error();
  if (!in_flight->empty())
    spdlog::warn("list {}: {} calls were in progress when an earlier run ended: how they ended is unknown", list_name,
                 in_flight->size());
  return {};
}

/// Options that name columns do nothing in a list without them. Of the do-not-call list that would mean calls of people who are
/// on it: so one list at least has its column.
result<void> node::parts::check_columns() const {
  const auto& customer_id = settings.do_not_call.customer_id;
  if (customer_id.empty() && no_calls.customers() > 0)
    spdlog::warn("{} customers of the do-not-call list are not looked for: [do-not-call] customer_id is empty: name the list "
                 "column that holds the customer",
                 no_calls.customers());
  bool some_have_customers = false;
  std::vector<std::string> without;
  for (const auto& c : campaigns)
    for (const auto& job : c->jobs) {
      some_have_customers = some_have_customers || job->customer_column;
      if (!job->customer_column) without.push_back(job->form.name);
      if (!job->preferred_contact_field.empty() && !dialer::find_column(job->form, job->preferred_contact_field))
        spdlog::warn("list {} has no column {}: treatment-preferred-contact-field: no contact of it is preferred", job->form.name,
                     job->preferred_contact_field);
    }
  if (customer_id.empty() || without.empty()) return {};
  if (!some_have_customers)
    return error{"no list has the user column " + customer_id, "[do-not-call] customer_id",
                 "name the list column that holds the customer, or take customer_id out"};
  for (const auto& list : without)
    spdlog::warn("list {} has no user column {}: [do-not-call] customer_id: its phones alone are compared", list, customer_id);
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
  add_trunk(std::move(*trunk), {wanted.capacity, wanted.calls_per_second}, std::move(*pace));
  return {};
}

void node::parts::add_trunk(std::unique_ptr<dialer::trunk> made, const dialer::trunk_limits& most, dialer::pacing pace) {
  budgets.push_back({.number = static_cast<std::uint32_t>(budgets.size()),
                     .name = made->name(),
                     .channels = most.channels,
                     .starts = most.calls_per_second,
                     .longest_call_ms = made->longest_call_ms()});
  board->add_trunk(std::move(made), most, std::move(pace));
}

/// What is told of an attempt whose end a crash has hidden; null: nothing.
std::shared_ptr<const dialer::history_post> node::parts::history_of_lost(dialer::store& in, const assignment& job,
                                                                          const dialer::attempt& lost) {
  if (job.history_uri.empty()) return nullptr;
  const auto row = in.find_record(lost.list, lost.record_id);
  if (!row || !*row) return nullptr;
  const dialer::history_source from{job.history_uri, job.campaign_name, job.mode};
  return dialer::history_record(*dialer::history_of(from, **row, job.form, {}, lost.n), lost);
}

result<void> node::parts::prepare_history() {
  auto before = store->history_receivers();
  if (!before) return std::move(before).error();
  for (const auto& [uri, records] : *before) {
    history_receivers.push_back(uri);
    if (!settings.cluster.enabled) kept.history_waiting += static_cast<std::uint64_t>(records); // a member has no chains yet
  }
  for (const auto& c : campaigns)
    for (const auto& job : c->jobs)
      if (!job->history_uri.empty()) history_receivers.push_back(job->history_uri);
  std::sort(history_receivers.begin(), history_receivers.end());
  history_receivers.erase(std::unique(history_receivers.begin(), history_receivers.end()), history_receivers.end());
  return {};
}

/// What the campaign allows by itself, if it says so.
result<void> node::parts::set_pace(std::uint32_t campaign, const campaign_settings& terms) {
  if (terms.mode == dialer::dialing_mode::power && terms.channels == 0 && terms.calls_per_minute == 0) return {};
  auto pace = dialer::campaign_pace::make(
      {terms.mode, terms.channels, terms.calls_per_minute, terms.agents, terms.lines_per_agent});
  if (!pace) return std::move(pace).error();
  if (line && terms.mode == dialer::dialing_mode::progressive) {
    pace->set_agents(0); // until it has its part
    agents.begin(campaign, terms.agents);
  }
  board->set_pace(campaign, std::move(*pace));
  share_limits(campaign, terms);
  return {};
}

/// They are those of all nodes together.
void node::parts::share_limits(std::uint32_t campaign, const campaign_settings& terms) {
  const bool limits_starts = terms.mode == dialer::dialing_mode::power && terms.calls_per_minute > 0;
  if (terms.channels == 0 && !limits_starts) return;
  budget_terms of_campaign{.of = budget_terms::subject::campaign, .number = campaign, .name = terms.name};
  if (terms.channels > 0) of_campaign.channels = terms.channels;
  if (limits_starts) of_campaign.starts = terms.calls_per_minute;
  for (const auto& b : budgets)
    if (b.of == budget_terms::subject::trunk && is_of(terms, b.name))
      of_campaign.longest_call_ms = std::max(of_campaign.longest_call_ms, b.longest_call_ms);
  budgets.push_back(std::move(of_campaign));
}

result<void> node::parts::prepare_trunks() {
  board = std::make_unique<dialer::switchboard>(no_calls, zones);
  for (const auto& wanted : settings.trunks) {
    auto pace = dialer::pacing::make(wanted.capacity, wanted.calls_per_second);
    if (!pace) return std::move(pace).error();
    auto trunk = dialer::make_simulated(wanted);
    if (!trunk) return std::move(trunk).error();
    add_trunk(std::move(*trunk), {wanted.capacity, wanted.calls_per_second}, std::move(*pace));
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
    if (auto paced = set_pace(static_cast<std::uint32_t>(n), terms); !paced) return paced;
    for (const auto& job : campaigns[n]->jobs) board->add_list(job->list, job->form.name);
  }
  return {};
}

} // namespace chainring::actors
