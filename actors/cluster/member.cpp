// member.cpp: a look every few moments: the lease first.
#include "actors/cluster/member.hpp"

#include <algorithm>
#include <memory>
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

dialer::shared_store& shared(dialer::store& s) { return dynamic_cast<dialer::shared_store&>(s); } // a member has no other

} // namespace

void cluster_view::show(std::vector<dialer::cluster_member> members) {
  dialer::shard_set owned;
  for (const auto& m : members) owned |= m.shards;
  shards_of_nobody = dialer::shards_count - owned.count();
  alive = static_cast<std::uint64_t>(
    std::count_if(members.begin(), members.end(), [](const auto& m) { return m.lease_left_ms > 0; }));
  std::lock_guard guard{mutex_};
  members_ = std::move(members);
}

std::vector<dialer::cluster_member> cluster_view::members() const {
  std::lock_guard guard{mutex_};
  return members_;
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
    : control_actor(cfg, terms.view->mailbox), terms_(std::move(terms)), budgets_(terms_.budgets) {}

caf::behavior member::make_behavior() {
  send(this, look_around{});
  return counted([this](look_around planned) { if (planned.number == looks_) look(); },
                 [this](look_now) {
                   if (lease::clock::now() - looked_ < limits::look_soon) look_again(true);
                   else look();
                 },
                 [this](const shards_taken_over& outcome) { taken_over(outcome); },
                 [this](shards_let_go& outcome) { have_put_away(outcome); }, //
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
  auto renewed = terms_.of->renew(terms_.lease_ms, {});
  if (!renewed) {
    if (!std::exchange(was_away_, true))
      spdlog::error("{}; the lease of this node cannot be renewed, and when it is over no call leaves", to_line(renewed.error()));
    return false;
  }
  if (std::exchange(was_away_, false)) spdlog::info("the store renews leases again");
  if (!*renewed) {
    terms_.lease->hold_until({});
    quit(caf::make_error(caf::sec::runtime_error, "the lease was over, and another node has taken the shards"));
    return false;
  }
  terms_.lease->hold_until(begun + std::chrono::milliseconds(terms_.lease_ms - terms_.lease_ms / limits::lease_margin_part));
  return true;
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
      if (!no_calls->add(kind, text) && no_calls->size() >= dialer::limits::do_not_call_entries_max)
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
  const auto before = terms_.view->members();
  if (renew()) look_at_all();
  const auto now = terms_.view->members();
  const auto same = [](const dialer::cluster_member& a, const dialer::cluster_member& b) {
    return a.epoch == b.epoch && a.leaving == b.leaving && a.shards == b.shards;
  };
  look_again(!std::equal(before.begin(), before.end(), now.begin(), now.end(), same));
}

void member::look_at_all() {
  hear_of_no_calls();
  hear_of_orders();
  tell_dialer_of_budgets(true);
  auto ended = terms_.of->end_expired();
  auto all = ended ? terms_.of->members() : std::move(ended).error();
  if (!all) return spdlog::error("{}; who works on the store is not known", to_line(all.error()));
  for (const auto& one : *ended)
    spdlog::warn("node {} (epoch {}) has not renewed its lease: its {} shards go to others", one.node, one.epoch,
                 one.shards.count());
  agree_on_format(*all);
  share_agents(*all);
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
  for (const auto& one : terms_.view->members())
    if (one.epoch != terms_.epoch)
      send(terms_.peers, ask_peer{one.epoch, {.method = "POST", .target = look_route}, [](const peer_said&) {}});
}

/// The others dial for fewer by the time that a lease is over; until then who has joined dials for none.
void member::share_agents(const std::vector<dialer::cluster_member>& all) {
  if (!joined_) joined_ = lease::clock::now();
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
  for (const auto& wanted : budgets_.take(*all, terms_.epoch, limits::share_turn_leases * terms_.lease_ms)) {
    if (auto has = terms_.of->claim_share(wanted.key, wanted.more); has) budgets_.claimed(wanted.budget, *has);
    else spdlog::error("{}; more of {} is taken later", to_line(has.error()), wanted.key);
  }
  for (const auto& difference : budgets_.differences()) spdlog::warn("{}", difference);
  terms_.view->show(std::move(all->all));
  if (budgets_.is_to_be_told()) tell_dialer_of_budgets(budgets_.gives());
  if (has_given) tell_others_to_look();
}

/// Than at the look before.
bool member::has_less(const std::vector<dialer::budget_share>& all) const {
  const auto before = terms_.view->shares();
  return std::any_of(all.begin(), all.end(), [&](const auto& now) {
    return now.epoch == terms_.epoch && std::any_of(before.begin(), before.end(), [&](const auto& then) {
             return then.epoch == now.epoch && then.key == now.key &&
                    (then.has.channels > now.has.channels || then.has.starts > now.has.starts);
           });
  });
}

// -- taking over -------------------------------------------------------------------------------------------------------------

/// By the keeper, between two commits: what was in progress there ends, and its chains can be taken here.
void member::take_over(const dialer::shard_set& shards) {
  to_take_ = shards;
  if (std::exchange(keeper_is_asked_, true)) return;
  auto question = [shards, all = mine_ | shards, lists = terms_.lists, clock = terms_.clock,
                   self = caf::actor{this}](dialer::store& s) {
    shards_taken_over outcome;
    outcome.shards = shards;
    auto& in = shared(s);
    const auto now_ms = clock->now_ms();
    const auto of_list = [&](const member_terms::dialed_list& one) -> result<shards_taken_over::of_list> {
      auto lost = in.take_over(one.list, shards, now_ms, [&](const dialer::attempt& a) { return one.history(s, a); });
      if (!lost) return std::move(lost).error();
      auto unknown = in.unknown_attempts(one.list, now_ms - one.redial_gap_ms);
      if (!unknown) return std::move(unknown).error();
      auto passive = in.count_passive(one.list, shards);
      if (!passive) return std::move(passive).error();
      return shards_taken_over::of_list{one.list, *passive, std::move(*unknown)};
    };
    for (const auto& one : lists) {
      auto taken = of_list(one);
      if (!taken) {
        outcome.lists = std::move(taken).error();
        break;
      }
      outcome.lists->push_back(std::move(*taken));
    }
    if (outcome.lists) in.work_on(all);
    caf::anon_send(self, std::move(outcome));
  };
  send(terms_.keeper, ask_store{std::move(question), {}});
}

void member::taken_over(const shards_taken_over& outcome) {
  keeper_is_asked_ = false;
  if (!outcome.lists)
    return spdlog::error("{}; {} shards are taken over later", to_line(outcome.lists.error()), outcome.shards.count());
  mine_ |= outcome.shards;
  to_take_.reset();
  let_shards_call free{outcome.shards, {}};
  shards_gained gained{outcome.shards, {}};
  for (const auto& one : *outcome.lists) {
    gained.passive.emplace_back(one.list, one.passive);
    for (const auto& dialed : terms_.lists)
      if (dialed.list == one.list)
        for (const auto& a : one.unknown) free.gaps.push_back({one.list, a.record_id, a.ended_ms + dialed.redial_gap_ms});
  }
  spdlog::info("{} shards taken over, {} of {} are this node's", outcome.shards.count(), mine_.count(), dialer::shards_count);
  send(terms_.dialer, std::move(free)); // before the first chain of them asks for a call
  for (const auto& c : terms_.campaigns) send(c, gained);
  terms_.view->hold(mine_);
}

// -- giving up ---------------------------------------------------------------------------------------------------------------

/// Keeper, then dialer, then campaigns: whoever comes later still hears what the one before has begun.
void member::let_go(const dialer::shard_set& shards) {
  if (std::exchange(keeper_is_asked_, true)) return;
  leaving_ = shards;
  auto question = [shards, rest = mine_ & ~shards, lists = terms_.lists, self = caf::actor{this}](dialer::store& s) {
    shards_let_go outcome;
    outcome.shards = shards;
    auto& in = shared(s);
    for (const auto& one : lists) {
      auto passive = in.count_passive(one.list, shards);
      if (!passive) {
        outcome.passive = std::move(passive).error();
        break;
      }
      outcome.passive->emplace_back(one.list, *passive);
    }
    if (outcome.passive) in.work_on(rest);
    caf::anon_send(self, std::move(outcome));
  };
  send(terms_.keeper, ask_store{std::move(question), {}});
}

void member::have_put_away(shards_let_go& outcome) {
  keeper_is_asked_ = false;
  if (!outcome.passive) {
    leaving_.reset();
    return spdlog::error("{}; {} shards stay for now", to_line(outcome.passive.error()), outcome.shards.count());
  }
  mine_ &= ~outcome.shards;
  terms_.view->hold(mine_);
  request(terms_.dialer, caf::infinite, withdraw{{{}, outcome.shards}, {}})
      .then([this, order = put_shards_away{outcome.shards, std::move(*outcome.passive)}](withdrawn) {
        auto left = std::make_shared<std::size_t>(terms_.campaigns.size());
        if (*left == 0) return release(order.shards);
        for (const auto& c : terms_.campaigns)
          request(c, caf::infinite, order).then([this, left, shards = order.shards](chains_are_away) {
            if (--*left == 0) release(shards);
          });
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
