// world.cpp: see world.hpp.
#include "bench/chains/world.hpp"

#include <future>

#include <caf/send.hpp>

#include "bench/chains/people.hpp"
#include "bench/chains/stand_ins.hpp"
#include "dialer/switchboard.hpp"
#include "dialer/store/open.hpp"
#include "dialer/trunks/simulated.hpp"

namespace chainring::bench {

namespace {

constexpr dialer::list_id list_without_store = 1;
constexpr std::int32_t rows_at_once = 10'000;
constexpr std::int32_t channels = 100'000;

/// A trunk that answers three of four calls.
result<std::unique_ptr<dialer::switchboard>> make_board(const dialer::do_not_call_list& no_calls, const dialer::time_zones& zones,
                                                        dialer::list_id list, std::uint64_t seed) {
  auto board = std::make_unique<dialer::switchboard>(no_calls, zones);
  dialer::simulated_options trunk;
  trunk.name = "sim";
  trunk.capacity = channels;
  trunk.calls_per_second = channels;
  trunk.seed = seed;
  trunk.weights = {{dialer::call_result::answer, 3}, {dialer::call_result::busy, 1}};
  auto pace = dialer::pacing::make(trunk.capacity, trunk.calls_per_second);
  if (!pace) return std::move(pace).error();
  auto made = dialer::make_simulated(trunk);
  if (!made) return std::move(made).error();
  board->add_trunk(std::move(*made), {trunk.capacity, trunk.calls_per_second}, std::move(*pace));
  board->add_campaign(0, {0});
  board->add_list(list, form_of_list().name);
  return board;
}

} // namespace

world::world(const chains_options& wanted, actors::clock& time, dialer::time_zones zones, end_hook on_end)
    : wanted_(wanted), time_(time), zones_(std::move(zones)), on_end_(std::move(on_end)) {
  job_ = std::make_unique<actors::assignment>(form_of_list(), zones_, daytime_);
  job_->campaign_name = "bench";
  job_->list = job_->environment.list = list_without_store;
  job_->treatment_uri = wanted.treatment.empty() ? "chain.scxml" : wanted.treatment;
  job_->counters = &counters_;
  job_->saves = !wanted.store.empty();
  for (std::uint32_t n = 0; n < wanted.lanes; ++n) lanes_.push_back(std::make_unique<home>(n, time, wanted.seed));
}

world::~world() {
  if (!system_) return; // nothing has been started
  for (auto* a : {&reports_, &dialer_, &keeper_}) caf::anon_send_exit(*a, caf::exit_reason::user_shutdown);
  for (auto& l : lanes_) l->runs.stop(caf::make_error(caf::exit_reason::user_shutdown));
  for (auto& l : lanes_) l->runs.join();
  for (auto& l : lanes_) l->chains.connect(nullptr, nullptr, nullptr, {});
  job_->campaign_actor = nullptr;
  reports_ = dialer_ = keeper_ = nullptr;
  system_.reset(); // waits for every actor
}

result<std::unique_ptr<world>> world::make(const chains_options& wanted, actors::clock& time, end_hook on_end) {
  auto zones = dialer::time_zones::open();
  if (!zones) return std::move(zones).error();
  std::unique_ptr<world> made{new world(wanted, time, std::move(*zones), std::move(on_end))};
  if (!wanted.store.empty())
    if (auto filled = made->fill_store(); !filled) return std::move(filled).error();
  if (auto started = made->start_actors(); !started) return std::move(started).error();
  return made;
}

/// Rows of all chains, Ready, and taken at once as by a campaign that has room for them all.
result<void> world::fill_store() {
  auto opened = dialer::open_store(wanted_.store);
  if (!opened) return std::move(opened).error();
  store_ = std::move(*opened);
  const auto list = store_->open_list(form_of_list());
  if (!list) return list.error();
  job_->list = job_->environment.list = *list;
  if (auto epoch = store_->own("bench"); !epoch) return std::move(epoch).error();
  std::vector<dialer::record> rows;
  for (std::uint32_t n = 1; n <= wanted_.chains; ++n) {
    auto row = std::move(person(n).records.front());
    row.record_status = dialer::record_status::ready;
    rows.push_back(std::move(row));
    if (rows.size() < rows_at_once && n < wanted_.chains) continue;
    auto done = store_->import_records(*list, rows, {}, dialer::store::on_existing::keep);
    if (!done) return std::move(done).error();
    rows.clear();
  }
  dialer::ready_query query;
  query.list = *list;
  query.chains_max = rows_at_once;
  for (bool more = true; more;) {
    auto page = store_->take_ready(query);
    if (!page) return std::move(page).error();
    query.after_chain_id = page->looked_to;
    more = page->more;
  }
  return {};
}

result<void> world::start_actors() {
  auto board = make_board(no_calls_, zones_, job_->list, wanted_.seed);
  if (!board) return std::move(board).error();
  system_ = std::make_unique<caf::actor_system>(settings_);
  for (auto& l : lanes_) l->runs.start(*system_);
  keeper_ = store_ ? system_->spawn<actors::keeper, caf::detached>(std::move(store_), kept_) : system_->spawn<no_keeper>();
  std::vector<caf::actor> lane_handles;
  for (auto& l : lanes_) lane_handles.push_back(l->runs.handle());
  actors::dialer_terms terms;
  terms.board = std::move(*board);
  terms.keeper = keeper_;
  terms.lanes = lane_handles;
  terms.campaigns = {&counters_};
  terms.clock = &time_;
  terms.view = &dialed_;
  dialer_ = system_->spawn<actors::dialer_actor>(std::move(terms));
  reports_ = system_->spawn<report_taker>(lane_handles, keeper_, on_end_);
  job_->campaign_actor = reports_;
  for (auto& l : lanes_)
    on_lane(*l, [&](actors::lane&) { l->chains.connect(dialer_, nullptr, nullptr, {job_.get()}); });
  return {};
}

void world::on_lane(home& at, const std::function<void(actors::lane&)>& call) {
  std::promise<void> done;
  at.runs.post([&](actors::lane& here) {
    call(here);
    done.set_value();
  });
  done.get_future().get();
}

void world::start(const std::shared_ptr<const scxml::document>& treatment, const std::vector<std::uint32_t>& order) {
  const auto send = [&](home& to, std::vector<dialer::chain_of_records>& rows) {
    if (rows.empty()) return;
    actors::start_chains batch;
    batch.job = job_.get();
    batch.treatment = treatment;
    for (const auto& r : rows) batch.handle_bases.push_back(static_cast<std::uint64_t>(r.chain_id));
    batch.chains = std::exchange(rows, {});
    batch.token = time_.begin_work();
    to.out.spend();
    caf::anon_send(to.runs.handle(), std::move(batch));
    to.runs.post([&to](actors::lane&) { to.out.give_back(); });
  };
  std::vector<std::vector<dialer::chain_of_records>> waiting(lanes_.size());
  counters_.chains_live += order.size();
  for (const auto n : order) {
    const auto lane = actors::lane_of(n + 1, lanes_.size());
    lanes_[lane]->started.push_back(n);
    waiting[lane].push_back(person(n + 1));
    if (waiting[lane].size() == actors::limits::batch_events_max) send(*lanes_[lane], waiting[lane]);
  }
  for (std::size_t lane = 0; lane < lanes_.size(); ++lane) send(*lanes_[lane], waiting[lane]);
  for (auto& l : lanes_) l->out.drain();
}

void world::put_away() {
  for (auto& l : lanes_) caf::anon_send(l->runs.handle(), actors::put_chains_away{job_.get(), 0, time_.begin_work()});
}

/// Slots are given in the order of the starts.
std::vector<std::vector<crowd<actors::chain, actors::chain_message>::member>> world::names() {
  std::vector<std::vector<crowd<actors::chain, actors::chain_message>::member>> all(lanes_.size());
  for (std::size_t lane = 0; lane < lanes_.size(); ++lane)
    on_lane(*lanes_[lane], [&, at = lanes_[lane].get()](actors::lane& here) {
      auto next = at->started.begin();
      for (std::uint32_t slot = 0; slot < here.slots() && next != at->started.end(); ++slot) {
        auto* who = here.find<actors::chain>(slot);
        if (!who) continue;
        if (who->is(*job_, *next + 1)) all[lane].push_back({slot, who->generation(), *next});
        ++next;
      }
    });
  return all;
}

std::int64_t world::lane_cpu_ns() const {
  std::int64_t sum = 0;
  for (const auto& l : lanes_) sum += cpu_ns(l->runs.cpu_clock());
  return sum;
}

std::uint64_t world::events() const {
  std::uint64_t sum = 0;
  for (const auto& l : lanes_)
    for (const auto& kind : l->runs.counters())
      if (kind.name == "chain") sum += kind.events;
  return sum;
}

} // namespace chainring::bench
