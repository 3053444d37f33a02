// run_chart.cpp: the chart that the peers run, its events from outside, beside bare lanes that get the same in turn.
#include <atomic>
#include <memory>
#include <random>

#include <spdlog/spdlog.h>

#include "actors/real_clock.hpp"
#include "bench/chains/bare_lanes.hpp"
#include "bench/chains/chart.hpp"
#include "bench/chains/figures.hpp"
#include "bench/chains/people.hpp"
#include "bench/chains/world.hpp"
#include "dialer/chain.hpp"
#include "dialer/saved_chain.hpp"
#include "scxml/models/models.hpp"
#include "scxml/tree_snapshot.hpp"

namespace chainring::bench {

namespace {

std::vector<std::uint32_t> shuffled(std::uint32_t count, std::uint64_t seed) {
  auto all = numbers(count, false);
  std::shuffle(all.begin(), all.end(), std::mt19937_64(seed));
  return all;
}

/// Compares each chain, as it was saved, with the chart by hand.
class judge {
 public:
  judge(std::uint32_t chains, std::shared_ptr<const scxml::document> d)
      : chains_(chains), treatment_(std::move(d)), models_(scxml::make_models()), by_hand_(phones), names_(phones) {
    for (std::uint32_t n = 0; n < phones; ++n) names_[n] = phone(n);
  }
  void process(chart_event e) {
    for (std::uint32_t n = 0; n < phones; ++n) by_hand_[n].process(e, names_[n]);
  }
  const std::vector<chart_by_hand>& expected() const { return by_hand_; }

  void take(const actors::chain_finished& end) {
    if (!is_right(end) && ++wrong_ == 1) say("chain %lld is not where it should be", static_cast<long long>(end.chain_id));
    judged_.fetch_add(1, std::memory_order_release);
    judged_.notify_one();
  }
  /// Waits for the last of them.
  bool all_are_right() {
    for (auto n = judged_.load(); n < chains_; n = judged_.load()) judged_.wait(n);
    return wrong_ == 0;
  }

 private:
  bool is_right(const actors::chain_finished& end) const {
    const auto* saved = end.writes.empty() ? nullptr : std::get_if<dialer::write_instance>(&end.writes.front());
    if (!end.put_away || !saved) return false;
    const auto state = dialer::saved_chain_from(saved->bytes, 1);
    if (!state) return false;
    const auto records = dialer::chain::restore(state->records, person(end.chain_id));
    if (!records || records->timeout_due_ms == 0) return false;
    auto tree = scxml::restore(state->sessions, [this](std::string_view) { return treatment_; }, *models_);
    return tree && agree(tree->sessions.root(), by_hand_[static_cast<std::size_t>(end.chain_id - 1) % phones]);
  }

  const std::uint32_t chains_;
  const std::shared_ptr<const scxml::document> treatment_;
  const std::unique_ptr<scxml::datamodel_source> models_;
  std::vector<chart_by_hand> by_hand_; // by phone
  std::vector<std::string> names_;
  std::uint32_t wrong_ = 0;
  std::atomic<std::uint32_t> judged_{0};
};

/// What one loop of the chart has cost.
struct cost {
  double ns = 0, lane_ns = 0, events_per_wall_s = 0; // CPU per event: of the process, and of the lanes alone
};

class contest {
 public:
  contest(world& w, bare_lanes& bare, judge& judging, const std::vector<std::uint32_t>& order)
      : world_(w), bare_(bare), judge_(judging), chains_(order.size()) {
    for (std::size_t lane = 0; lane < w.lanes(); ++lane) crowd_.add_lane(w.lane_at(lane));
    std::vector<crowd<actors::chain, actors::chain_message>::member> by_number(chains_);
    for (const auto& of_lane : w.names())
      for (const auto& m : of_lane) by_number[m.chain] = m;
    for (const auto n : order) crowd_.add(actors::lane_of(n + 1, w.lanes()), by_number[n]);
    for (std::uint32_t n = 0; n < phones; ++n)
      for (const auto e : {chart_event::start, chart_event::record, chart_event::busy, chart_event::timeout, chart_event::no_answer,
                           chart_event::timeout_again, chart_event::answer, chart_event::next})
        events_[static_cast<std::size_t>(e)].push_back(std::make_shared<const scxml::event>(to_scxml(e, n)));
  }
  /// Everybody gets the event: those of the bare lanes, too. False: one was not there.
  bool begin() {
    judge_.process(chart_event::start);
    return deliver(chart_event::start) && bare_.deliver(chart_event::start);
  }
  bool play_bare(cost& spent) {
    return measured(spent, bare_, [this](chart_event e) { return bare_.deliver(e); });
  }
  bool play_chains(cost& spent) {
    for (const auto e : loop_of_seven) judge_.process(e);
    return measured(spent, world_, [this](chart_event e) { return deliver(e); });
  }

 private:
  bool deliver(chart_event e) {
    const auto& all = events_[static_cast<std::size_t>(e)];
    return crowd_.deliver([&](std::uint32_t n) {
      // The session's number is that of the chain (chain_home::start_one()). The event is counted nowhere: it outlives the run.
      return actors::chain_message{std::uint64_t{n} + 1, {std::shared_ptr<void>(), all[n % phones].get()}};
    }) == chains_;
  }
  template <class Where, class Deliver>
  bool measured(cost& spent, const Where& where, Deliver&& deliver_one) {
    const auto before = now();
    const auto lane_before = where.lane_cpu_ns();
    for (const auto e : loop_of_seven)
      if (!deliver_one(e)) return false;
    const auto took = now() - before;
    const auto events = static_cast<double>(chains_ * loop_of_seven.size());
    spent = {took.cpu_s * 1e9 / events, static_cast<double>(where.lane_cpu_ns() - lane_before) / events, events / took.wall_s};
    return true;
  }

  world& world_;
  bare_lanes& bare_;
  judge& judge_;
  const std::size_t chains_;
  std::array<std::vector<std::shared_ptr<const scxml::event>>, 8> events_; // by kind, then by phone
  crowd<actors::chain, actors::chain_message> crowd_;
};

struct loops {
  std::vector<cost> bare, chains;
  moment took; // all loops of the chains
};

/// Loops of bare lanes and of chains in turn, so that whatever else the machine does befalls both. The first of each warms up.
bool play(contest& both, std::uint64_t count, loops& all) {
  if (!both.begin()) return false;
  for (std::uint64_t n = 0; n <= count; ++n) {
    cost bare, chains;
    if (!both.play_bare(bare)) return false;
    const auto before = now();
    if (!both.play_chains(chains)) return false;
    const auto took = now() - before;
    say("loop %llu of %llu: %.0f ns an event, of the lanes %.0f; bare lanes %.0f and %.0f", static_cast<unsigned long long>(n),
        static_cast<unsigned long long>(count), chains.ns, chains.lane_ns, bare.ns, bare.lane_ns);
    if (n == 0) continue;
    all.bare.push_back(bare), all.chains.push_back(chains);
    all.took = {all.took.cpu_s + took.cpu_s, all.took.wall_s + took.wall_s};
  }
  return true;
}

template <class F>
double median_of(const std::vector<cost>& all, F&& figure) {
  std::vector<double> values;
  for (const auto& c : all) values.push_back(figure(c));
  return median(std::move(values));
}

void report(const chains_options& wanted, const loops& all, std::int64_t rss_per_chain, std::int64_t rss_after, double create_ns,
            double create_lane_ns) {
  const auto of_process = [](const cost& c) { return c.ns; };
  const auto of_lane = [](const cost& c) { return c.lane_ns; };
  const auto of_wall = [](const cost& c) { return c.events_per_wall_s; };
  const auto chain_ns = median_of(all.chains, of_process), bare_ns = median_of(all.bare, of_process);
  std::vector<double> ratios;
  for (std::size_t n = 0; n < all.chains.size(); ++n) ratios.push_back(all.chains[n].ns / all.bare[n].ns);
  json_line line;
  line.add("bench", std::string("chains"));
  line.add("chains", std::int64_t{wanted.chains});
  line.add("events", static_cast<std::int64_t>(all.chains.size() * loop_of_seven.size() * wanted.chains));
  line.add("lanes", std::int64_t{wanted.lanes});
  line.add("store", std::string(wanted.store.empty() ? "off" : "on"));
  line.add("cpu_s", all.took.cpu_s);
  line.add("wall_s", all.took.wall_s);
  line.add("events_per_cpu_s", 1e9 / chain_ns);
  line.add("bare_actor_events_per_cpu_s", 1e9 / bare_ns);
  line.add("ratio_to_bare", median(std::move(ratios)));
  line.add("events_per_wall_s", median_of(all.chains, of_wall));
  line.add("lane_cpu_ns_per_event", median_of(all.chains, of_lane));
  line.add("bare_lane_cpu_ns_per_event", median_of(all.bare, of_lane));
  line.add("rss_bytes_per_chain", rss_per_chain);
  line.add("rss_bytes_per_chain_after_events", rss_after);
  line.add("create_cpu_ns", create_lane_ns);
  line.add("create_cpu_ns_with_sender", create_ns);
  line.print();
}

} // namespace

int run_chart(const chains_options& wanted) {
  const auto treatment = chart_with_timer();
  if (!treatment) {
    say("%s", to_line(treatment.error()).c_str());
    return 1;
  }
  const auto order = shuffled(wanted.chains, wanted.seed);
  actors::real_clock time;
  bare_lanes bare{wanted.lanes, time};
  judge judging{wanted.chains, *treatment};
  auto made = world::make(wanted, time, [&](const actors::chain_finished& end) { judging.take(end); });
  if (!made) {
    say("%s", to_line(made.error()).c_str());
    return 1;
  }
  auto& w = **made;
  bare.start(w.system(), order);
  const auto per_loop = std::uint64_t{wanted.chains} * loop_of_seven.size();
  const auto count = std::max<std::uint64_t>(1, wanted.events == 0 ? 5 : (wanted.events + per_loop - 1) / per_loop);

  const auto rss_before = rss_bytes();
  const auto before = now();
  const auto lane_before = w.lane_cpu_ns();
  w.start(*treatment, numbers(wanted.chains, false));
  const auto took = now() - before;
  const auto lane_ns = static_cast<double>(w.lane_cpu_ns() - lane_before) / wanted.chains;
  const auto rss_per_chain = (rss_bytes() - rss_before) / wanted.chains;
  say("%u chains: %.2f s, %lld bytes each", wanted.chains, took.wall_s, static_cast<long long>(rss_per_chain));

  loops all;
  bool right = true;
  std::int64_t rss_after = 0;
  {
    contest both{w, bare, judging, order};
    const auto rss_of_contest = rss_bytes() - rss_before - rss_per_chain * wanted.chains;
    right = play(both, count, all);
    rss_after = (rss_bytes() - rss_before - rss_of_contest) / wanted.chains;
  }
  if (!right) say("a chain was not there");
  else if (!(right = bare.all_are_at(judging.expected()))) say("a bare chain is not where it should be");
  bare.stop();
  if (right) {
    w.put_away();
    right = judging.all_are_right();
  }
  if (!right) return 1;
  report(wanted, all, rss_per_chain, rss_after, took.cpu_s * 1e9 / wanted.chains, lane_ns);
  return 0;
}

} // namespace chainring::bench
