// member.cpp: a look every few moments: the lease first.
#include "actors/cluster/member.hpp"

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <string_view>
#include <unordered_map>
#include <utility>

#include <caf/actor.hpp>
#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include "actors/cluster/share.hpp"
#include "actors/limits.hpp"
#include "dialer/limits.hpp"

namespace chainring::actors {

namespace {

/// A message to itself that is under way keeps a detached actor's thread, and with it the end of the process: none is for longer.
constexpr std::chrono::milliseconds look_pause_max{2'000};
constexpr std::int64_t clocks_apart_ms_max = 5'000; // this machine's and the store's, an answer that comes late included

dialer::shared_store& shared(dialer::store& s) { return dynamic_cast<dialer::shared_store&>(s); } // a member has no other

} // namespace

void cluster_view::show(std::vector<dialer::cluster_member> members, lease::clock::time_point now) {
  dialer::shard_set owned;
  for (const auto& m : members) owned |= m.shards;
  shards_of_nobody = dialer::shards_count - owned.count();
  alive = static_cast<std::uint64_t>(
    std::count_if(members.begin(), members.end(), [](const auto& m) { return m.lease_left_ms > 0; }));
  std::lock_guard guard{mutex_};
  members_ = std::move(members);
  seen_ = now;
}

std::vector<dialer::cluster_member> cluster_view::members_as_seen() const {
  std::lock_guard guard{mutex_};
  return members_;
}

std::vector<dialer::cluster_member> cluster_view::members(lease::clock::time_point now) const {
  std::lock_guard guard{mutex_};
  auto all = members_;
  for (auto& m : all) m.lease_left_ms -= std::chrono::duration_cast<std::chrono::milliseconds>(now - seen_).count();
  return all;
}

void cluster_view::show(std::vector<dialer::budget_share> shares) {
  std::lock_guard guard{mutex_};
  shares_ = std::move(shares);
}

std::vector<dialer::budget_share> cluster_view::shares() const {
  std::lock_guard guard{mutex_};
  return shares_;
}

std::optional<dialer::cluster_member> cluster_view::owner_of(std::size_t shard) const {
  std::lock_guard guard{mutex_};
  for (const auto& m : members_)
    if (m.shards[shard]) return m;
  return std::nullopt;
}

void cluster_view::hold(const dialer::shard_set& shards) {
  shards_held = shards.count();
  std::lock_guard guard{mutex_};
  held_ = shards;
}

bool cluster_view::holds(std::size_t shard) const {
  std::lock_guard guard{mutex_};
  return held_[shard];
}

member::member(caf::actor_config& cfg, member_terms terms)
    : control_actor(cfg, terms.view->mailbox), terms_(std::move(terms)), budgets_(terms_.budgets), renewals_(terms_.lease_ms) {}

caf::behavior member::make_behavior() {
  send(this, look_around{});
  return counted([this](look_around planned) { if (planned.number == looks_) look(); },
                 [this](look_now) {
                   if (lease::clock::now() - looked_ < limits::look_soon) look_again(true);
                   else look();
                 },
                 [this](const shards_taken_over& outcome) { taken_over(outcome); },
                 [this](const shards_let_go& gone) { have_put_away(gone); }, //
                 [this](stop_admission) {
                   leaves_ = true;
                   budgets_.leave();
                   begin_leaving();
                 },
                 [this](const shards_in_calls& those) { give_up_of(those.shards); },
                 [this](budgets_rested) { tell_dialer_of_budgets(true); },
                 [this](const budgets_kept& kept) {
                   dialer_is_asked_ = false;
                   const auto rest = budgets_.kept(kept.to, kept.uses, dialer_asked_, lease::clock::now());
                   if (rest && *rest < look_pause_max) delayed_send(this, *rest, budgets_rested{}); // or else at a look
                   if (std::exchange(share_then_, false)) share_budgets();
                 },
                 [](barrier) { return barrier_passed{}; });
}

/// Counted from before the question: the store's clock has started the lease later.
bool member::renew() {
  const auto begun = lease::clock::now();
  auto renewed = terms_.of->renew(terms_.lease_ms);
  if (!renewed) {
    if (!std::exchange(was_away_, true))
      spdlog::error("{}; the lease of this node cannot be renewed, and when it is over no call leaves", to_line(renewed.error()));
    return false;
  }
  if (!*renewed) {
    terms_.lease->hold_until({});
    quit(caf::make_error(caf::sec::runtime_error, "the lease was over, and another node has taken the shards"));
    return false;
  }
  const auto now = lease::clock::now();
  const std::chrono::milliseconds whole(terms_.lease_ms);
  terms_.lease->hold_until(begun + whole - whole / limits::lease_margin_part);
  if (std::exchange(was_away_, false)) spdlog::info("the store renews leases again");
  const auto gap = renewals_.renewed(**renewed, begun, now);
  if (gap.silent_ms > 0)
    spdlog::warn("this node has not renewed its lease for {} ms: other leases that ended meanwhile do not count as over for the "
                 "length of one", gap.silent_ms);
  if (gap.set_forward_ms > 0)
    spdlog::error("the store's clock was set forward by {} ms: leases may end early by that: let it be slewed, not set, while "
                  "nodes work", gap.set_forward_ms);
  compare_clocks(**renewed);
  return true;
}

/// Who may be called when is judged by this machine's clock.
void member::compare_clocks(std::int64_t store_ms) {
  const auto apart_ms = terms_.clock->now_ms() - store_ms;
  const bool are_apart = std::abs(apart_ms) > clocks_apart_ms_max;
  if (are_apart && !clocks_are_apart_)
    spdlog::error("this machine's clock is {:.1f} s {} the store's: daily windows and daytime are judged by it: set whichever is "
                  "wrong (NTP)", static_cast<double>(std::abs(apart_ms)) / 1'000, apart_ms > 0 ? "ahead of" : "behind");
  if (!are_apart && clocks_are_apart_) spdlog::info("this machine's clock and the store's agree again");
  clocks_are_apart_ = are_apart;
}

/// Another one that lives, other than what this node was before it was started again.
void member::look_for_namesakes(const std::vector<dialer::cluster_member>& all) {
  const auto own = std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.epoch == terms_.epoch; });
  const bool is_new = lease::clock::now() - *joined_ < std::chrono::milliseconds(terms_.lease_ms);
  if (own == all.end() || is_new) return;
  const bool has_one = std::any_of(all.begin(), all.end(), [&](const auto& one) {
    return one.epoch != terms_.epoch && one.node == own->node && one.lease_left_ms > 0;
  });
  if (has_one && !has_namesake_)
    spdlog::error("another node is named {} too: orders, sums and pages take the two for one: give each its own name in [node]",
                  own->node);
  has_namesake_ = has_one;
}

/// What has been added over the API of another node, or by an import.
void member::hear_of_no_calls() {
  std::vector<std::pair<dialer::store::dnc_kind, std::string>> added;
  const auto note = [&](dialer::store::dnc_kind kind, std::string_view text) { added.emplace_back(kind, text); };
  const auto change = terms_.of->do_not_call_since(terms_.no_calls_change, note);
  if (!change) return spdlog::error("{}; entries of the do-not-call list may be missing", to_line(change.error()));
  terms_.no_calls_change = *change;
  if (added.empty()) return;
  spdlog::info("{} entries join the do-not-call list", added.size());
  auto question = [no_calls = terms_.no_calls, added = std::move(added)](dialer::switchboard&) {
    for (const auto& [kind, text] : added)
      if (!no_calls->keep(kind, text))
        spdlog::critical("the do-not-call list is full: {} is called: take entries out", text);
  };
  send(terms_.dialer, ask_dialer{std::move(question), {}});
}

/// What has been given to another node, if it has not been heard from it.
void member::hear_of_orders() {
  auto all = terms_.of->orders_since(terms_.orders->change());
  if (!all) return spdlog::error("{}; orders of other nodes may be missing", to_line(all.error()));
  terms_.orders->try_again();
  for (const auto& one : *all) {
    terms_.orders->follow(one, [](const result<campaign_state>& led_to) {
      if (!led_to) spdlog::warn("{}; an order of the cluster is not obeyed so far", to_line(led_to.error()));
    });
    terms_.orders->has_read(one.change);
  }
}

/// As long as a member of an older version lives, it can take over what this one saves.
void member::agree_on_format(const std::vector<dialer::cluster_member>& all) {
  auto common = dialer::this_version().saved_chains;
  for (const auto& one : all) common = std::min(common, one.speaks.saved_chains);
  if (common <= terms_.view->saved_chains) return;
  auto agreed = terms_.of->raise_saved_chains(common);
  if (!agreed) return spdlog::error("{}; chains are saved as before", to_line(agreed.error()));
  if (*agreed < common) return; // somebody has joined
  terms_.view->saved_chains = common;
  spdlog::info("all members read saved chains of format {}: from now on they are saved in it, and no version that does not read it "
               "can join", common);
}

void member::look() {
  looked_ = lease::clock::now();
  const auto before = terms_.view->members_as_seen();
  if (renew()) look_at_all();
  const auto now = terms_.view->members_as_seen();
  const auto same = [](const dialer::cluster_member& a, const dialer::cluster_member& b) {
    return a.epoch == b.epoch && a.leaving == b.leaving && a.shards == b.shards;
  };
  look_again(!std::equal(before.begin(), before.end(), now.begin(), now.end(), same));
}

void member::look_at_all() {
  hear_of_no_calls();
  hear_of_orders();
  tell_dialer_of_budgets(true);
  auto ended = terms_.of->end_expired(renewals_.counts_ended_by_ms(lease::clock::now()), renewals_.own_left_ms());
  auto all = ended ? terms_.of->members() : std::move(ended).error();
  if (!all) return spdlog::error("{}; who works on the store is not known", to_line(all.error()));
  for (const auto& one : *ended)
    spdlog::warn("node {} (epoch {}) has not renewed its lease: its {} shards go to others", one.node, one.epoch,
                 one.shards.count());
  if (!joined_) joined_ = lease::clock::now();
  agree_on_format(*all);
  share_agents(*all);
  look_for_namesakes(*all);
  const auto plan = plan_share(*all, terms_.epoch);
  if (terms_.peers) send(terms_.peers, members_seen{*all, caf::actor{this}});
  terms_.view->show(std::move(*all));
  if (away_.any()) {
    release(away_);
  } else if (leaves_) {
    begin_leaving();
  } else if (to_take_.any()) {
    take_over(to_take_);
  } else if (leaving_.none() && plan.claim > 0) {
    if (auto got = terms_.of->claim(plan.claim); !got) spdlog::error("{}; no shards are taken", to_line(got.error()));
    else if (got->any()) take_over(*got);
  } else if (leaving_.none() && plan.give > 0) {
    ask_for_shards_in_calls();
  }
}

/// Soon while something changes hands, and then less and less often, until it is a few times a lease.
void member::look_again(bool soon) {
  const auto most = std::min(look_pause_max, std::chrono::milliseconds(terms_.lease_ms / limits::looks_per_lease));
  pause_ = std::min(soon ? limits::look_soon : std::max(2 * pause_, limits::look_soon), most);
  delayed_send(this, pause_, look_around{++looks_});
}

/// Whoever does not hear it looks by itself.
void member::tell_others_to_look() {
  if (!terms_.peers) return;
  for (const auto& one : terms_.view->members_as_seen())
    if (one.epoch != terms_.epoch)
      send(terms_.peers, ask_peer{one.epoch, {.method = "POST", .target = look_route}, [](const peer_said&) {}});
}

/// The others dial for fewer by the time that a lease is over; until then who has joined dials for none.
void member::share_agents(const std::vector<dialer::cluster_member>& all) {
  if (all.size() > 1 && lease::clock::now() - *joined_ < std::chrono::milliseconds(terms_.lease_ms)) return;
  const auto rank = std::count_if(all.begin(), all.end(), [&](const auto& one) { return one.epoch < terms_.epoch; });
  terms_.agents->share(static_cast<std::size_t>(rank), all.size());
}

// -- budgets -----------------------------------------------------------------------------------------------------------------

namespace {

void limit(dialer::switchboard& board, const budget_terms& budget, const budget_limits& to) {
  if (budget.of == budget_terms::subject::trunk) return board.limit(budget.number, {to.channels, to.starts});
  board.limit_campaign(budget.number, to.channels, static_cast<std::int32_t>(to.starts));
}

budget_use use_of_campaign(const dialer::switchboard& board, std::uint32_t campaign) {
  const auto* pace = board.pace_of(campaign);
  if (!pace) return {};
  return {static_cast<std::size_t>(pace->live()), board.waiting_of(campaign), pace->started()};
}

std::vector<budget_use> uses_of(const dialer::switchboard& board, const std::vector<budget_terms>& budgets) {
  const auto lines = board.lines();
  std::vector<budget_use> all;
  for (const auto& b : budgets) {
    if (b.of == budget_terms::subject::campaign) all.push_back(use_of_campaign(board, b.number));
    else all.push_back({lines[b.number].busy, lines[b.number].waiting, lines[b.number].started});
  }
  return all;
}

} // namespace

void member::tell_dialer_of_budgets(bool then_share) {
  share_then_ = share_then_ || then_share;
  if (terms_.budgets.empty() || std::exchange(dialer_is_asked_, true)) return;
  dialer_asked_ = lease::clock::now();
  auto question = [to = budgets_.to_keep(), limits = budgets_.limits(), budgets = terms_.budgets,
                   self = caf::actor{this}](dialer::switchboard& board) {
    for (std::size_t n = 0; n < limits.size(); ++n) limit(board, budgets[n], limits[n]);
    caf::anon_send(self, budgets_kept{to, uses_of(board, budgets)});
  };
  send(terms_.dialer, ask_dialer{std::move(question), {}});
}

/// When it is known what the dialer uses.
void member::share_budgets() {
  auto all = terms_.of->share_budgets(budgets_.report(lease::clock::now()));
  if (!all) return spdlog::error("{}; shares of trunks and campaigns stay as they are", to_line(all.error()));
  const bool has_given = has_less(all->all);
  if (const auto wanted = budgets_.take(*all, terms_.epoch, limits::share_turn_leases * terms_.lease_ms); !wanted.empty()) {
    if (auto has = terms_.of->claim_shares(wanted); has) budgets_.claimed(*has);
    else spdlog::error("{}; larger shares of trunks and campaigns are taken later", to_line(has.error()));
  }
  for (const auto& difference : budgets_.differences()) spdlog::warn("{}", difference);
  terms_.view->show(std::move(all->all));
  if (budgets_.is_to_be_told()) tell_dialer_of_budgets(budgets_.gives());
  if (has_given) tell_others_to_look();
}

/// Than at the look before.
bool member::has_less(const std::vector<dialer::budget_share>& all) const {
  const auto shares = terms_.view->shares();
  std::unordered_map<std::string_view, dialer::share_units> before;
  for (const auto& then : shares)
    if (then.epoch == terms_.epoch) before.emplace(then.key, then.has);
  return std::any_of(all.begin(), all.end(), [&](const auto& now) {
    const auto then = now.epoch == terms_.epoch ? before.find(now.key) : before.end();
    return then != before.end() && (then->second.channels > now.has.channels || then->second.starts > now.has.starts);
  });
}

// -- taking over -------------------------------------------------------------------------------------------------------------

namespace {

struct taken_shards {
  let_shards_call calls;
  shards_gained chains;
};

/// What was in progress there ends.
result<taken_shards> take_over_lists(dialer::shared_store& in, const std::vector<member_terms::dialed_list>& lists,
                                     const dialer::shard_set& shards, std::int64_t now_ms) {
  taken_shards taken{{shards, {}}, {shards, {}}};
  for (const auto& one : lists) {
    auto lost = in.take_over(one.list, shards, now_ms, [&](const dialer::attempt& a) { return one.history(in, a); });
    if (!lost) return std::move(lost).error();
    auto unknown = in.unknown_attempts(one.list, now_ms - one.redial_gap_ms);
    if (!unknown) return std::move(unknown).error();
    for (const auto& a : *unknown)
      if (shards[dialer::shard_of(one.list, a.chain_id)])
        taken.calls.gaps.push_back({one.list, a.record_id, a.ended_ms + one.redial_gap_ms});
    auto passive = in.count_passive(one.list, shards);
    if (!passive) return std::move(passive).error();
    for (const auto& of_shard : *passive) taken.chains.passive.push_back({one.list, of_shard.shard, of_shard.chains});
  }
  return taken;
}

} // namespace

/// By the keeper, between two commits. Whoever deals with their chains hears of the shards before the keeper gives out the first of
/// them: its request for a call reaches the dialer behind the gaps.
void member::take_over(const dialer::shard_set& shards) {
  to_take_ = shards;
  if (std::exchange(keeper_is_asked_, true)) return;
  auto question = [shards, all = mine_ | shards, lists = terms_.lists, clock = terms_.clock, dialer = terms_.dialer,
                   hearers = terms_.hear_of_shards, self = caf::actor{this}](dialer::store& s) {
    auto& in = shared(s);
    auto taken = take_over_lists(in, lists, shards, clock->now_ms());
    if (taken) {
      caf::anon_send(dialer, std::move(taken->calls));
      for (const auto& who : hearers) caf::anon_send(who, taken->chains);
      in.work_on(all);
    }
    caf::anon_send(self, shards_taken_over{shards, taken ? result<void>{} : std::move(taken).error()});
  };
  send(terms_.keeper, ask_store{std::move(question), {}});
}

void member::taken_over(const shards_taken_over& outcome) {
  keeper_is_asked_ = false;
  if (!outcome.done)
    return spdlog::error("{}; {} shards are taken over later", to_line(outcome.done.error()), outcome.shards.count());
  mine_ |= outcome.shards;
  to_take_.reset();
  terms_.view->hold(mine_);
  spdlog::info("{} shards taken over, {} of {} are this node's", outcome.shards.count(), mine_.count(), dialer::shards_count);
}

// -- giving up ---------------------------------------------------------------------------------------------------------------

/// Keeper, then dialer, then campaigns: whoever comes later still hears what the one before has begun.
void member::let_go(const dialer::shard_set& shards) {
  if (std::exchange(keeper_is_asked_, true)) return;
  leaving_ = shards;
  auto question = [shards, rest = mine_ & ~shards, self = caf::actor{this}](dialer::store& s) {
    shared(s).work_on(rest);
    caf::anon_send(self, shards_let_go{shards});
  };
  send(terms_.keeper, ask_store{std::move(question), {}});
}

void member::have_put_away(const shards_let_go& gone) {
  keeper_is_asked_ = false;
  mine_ &= ~gone.shards;
  terms_.view->hold(mine_);
  request(terms_.dialer, caf::infinite, withdraw{{{}, gone.shards}, {}}).then([this, shards = gone.shards](withdrawn) {
    auto left = std::make_shared<std::size_t>(terms_.hear_of_shards.size());
    if (*left == 0) return release(shards);
    const auto away = [this, left, shards](chains_are_away) {
      if (--*left == 0) release(shards);
    };
    for (const auto& who : terms_.hear_of_shards) // one that has ended keeps them: so does the node, which ends then
      request(who, caf::infinite, put_shards_away{shards}).then(away, [](const caf::error&) {});
  });
}

/// The dialer starts no more calls than those it has promised: chains without any are for others at once.
void member::begin_leaving() {
  if (!has_said_so_) {
    auto said = terms_.of->begin_leaving();
    has_said_so_ = said.ok();
    if (!said) spdlog::error("{}; the others hear later that this node leaves", to_line(said.error()));
  }
  ask_for_shards_in_calls();
}

void member::ask_for_shards_in_calls() {
  auto question = [self = caf::actor{this}](dialer::switchboard& board) {
    caf::anon_send(self, shards_in_calls{board.shards_with_calls()});
  };
  send(terms_.dialer, ask_dialer{std::move(question), {}});
}

/// Who leaves waits for the others until their calls have ended by themselves: it begins none. Who stays asks anew how many it is
/// to give: another may have given them meanwhile.
void member::give_up_of(const dialer::shard_set& in_calls) {
  if (leaving_.any() || away_.any()) return;
  auto chosen = mine_ & ~in_calls;
  if (!leaves_) {
    const auto all = terms_.of->members();
    if (!all) return spdlog::error("{}; shards are given up later", to_line(all.error()));
    chosen = to_give(mine_, in_calls, plan_share(*all, terms_.epoch).give);
  }
  if (chosen.any()) let_go(chosen);
}

void member::release(const dialer::shard_set& shards) {
  away_ = shards;
  if (auto gone = terms_.of->release(shards); !gone)
    return spdlog::error("{}; {} shards are released later", to_line(gone.error()), shards.count());
  spdlog::info("{} shards given up for others, {} of {} are this node's", shards.count(), mine_.count(), dialer::shards_count);
  away_.reset();
  leaving_.reset();
  tell_others_to_look();
}

} // namespace chainring::actors
