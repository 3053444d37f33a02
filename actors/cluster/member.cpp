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

dialer::shared_store& shared(dialer::store& s) { return dynamic_cast<dialer::shared_store&>(s); } // a member has no other

} // namespace

void cluster_view::show(std::vector<dialer::cluster_member> members) {
  std::lock_guard guard{mutex_};
  members_ = std::move(members);
}

std::vector<dialer::cluster_member> cluster_view::members() const {
  std::lock_guard guard{mutex_};
  return members_;
}

void cluster_view::show(std::vector<dialer::trunk_share> trunks) {
  std::lock_guard guard{mutex_};
  trunks_ = std::move(trunks);
}

std::vector<dialer::trunk_share> cluster_view::trunks() const {
  std::lock_guard guard{mutex_};
  return trunks_;
}

std::optional<dialer::cluster_member> cluster_view::owner_of(std::size_t shard) const {
  std::lock_guard guard{mutex_};
  for (const auto& m : members_)
    if (m.shards[shard]) return m;
  return std::nullopt;
}

void cluster_view::hold(const dialer::shard_set& shards) {
  std::lock_guard guard{mutex_};
  held_ = shards;
}

bool cluster_view::holds(std::size_t shard) const {
  std::lock_guard guard{mutex_};
  return held_[shard];
}

member::member(caf::actor_config& cfg, member_terms terms)
    : control_actor(cfg, terms.view->mailbox), terms_(std::move(terms)), trunks_(terms_.trunks) {}

caf::behavior member::make_behavior() {
  send(this, look_around{});
  return counted([this](look_around) { look(); }, //
                 [this](const shards_taken_over& outcome) { taken_over(outcome); },
                 [this](shards_let_go& outcome) { have_put_away(outcome); }, //
                 [this](stop_admission) {
                   leaves_ = true;
                   trunks_.leave();
                   begin_leaving();
                 },
                 [this](const shards_in_calls& those) { hand_over_all_but(those.shards); },
                 [this](trunks_rested) { tell_dialer_of_trunks(true); },
                 [this](const trunks_kept& kept) {
                   dialer_is_asked_ = false;
                   if (trunks_.kept(kept.to, kept.lines, lease::clock::now())) delayed_send(this, trunks_.rest(), trunks_rested{});
                   if (std::exchange(share_then_, false)) share_trunks();
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
  if (renew()) {
    hear_of_no_calls();
    hear_of_orders();
    tell_dialer_of_trunks(true);
    auto ended = terms_.of->end_expired();
    auto all = ended ? terms_.of->members() : std::move(ended).error();
    if (!all) {
      spdlog::error("{}; who works on the store is not known", to_line(all.error()));
    } else {
      for (const auto& one : *ended)
        spdlog::warn("node {} (epoch {}) has not renewed its lease: its {} shards go to others", one.node, one.epoch,
                     one.shards.count());
      agree_on_format(*all);
      share_agents(*all);
      const auto plan = plan_share(*all, terms_.epoch);
      if (terms_.peers) send(terms_.peers, members_seen{*all});
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
      } else if (leaving_.none() && plan.surplus.any()) {
        let_go(plan.surplus);
      }
    }
  }
  delayed_send(this, std::chrono::milliseconds(terms_.lease_ms / limits::looks_per_lease), look_around{});
}

/// The others dial for fewer by the time that a lease is over; until then who has joined dials for none.
void member::share_agents(const std::vector<dialer::cluster_member>& all) {
  if (!joined_) joined_ = lease::clock::now();
  if (all.size() > 1 && lease::clock::now() - *joined_ < std::chrono::milliseconds(terms_.lease_ms)) return;
  const auto rank = std::count_if(all.begin(), all.end(), [&](const auto& one) { return one.epoch < terms_.epoch; });
  terms_.agents->share(static_cast<std::size_t>(rank), all.size());
}

// -- trunks ------------------------------------------------------------------------------------------------------------------

void member::tell_dialer_of_trunks(bool then_share) {
  share_then_ = share_then_ || then_share;
  if (terms_.trunks.empty() || std::exchange(dialer_is_asked_, true)) return;
  auto question = [to = trunks_.to_keep(), limits = trunks_.limits(), self = caf::actor{this}](dialer::switchboard& board) {
    for (std::uint32_t t = 0; t < limits.size(); ++t) board.limit(t, limits[t]);
    caf::anon_send(self, trunks_kept{to, board.lines()});
  };
  send(terms_.dialer, ask_dialer{std::move(question), {}});
}

/// When it is known what the dialer uses.
void member::share_trunks() {
  auto all = terms_.of->share_trunks(trunks_.report(lease::clock::now()));
  if (!all) return spdlog::error("{}; shares of trunks stay as they are", to_line(all.error()));
  const auto turn = all->at_ms / (limits::trunk_turn_leases * terms_.lease_ms);
  for (const auto& wanted : trunks_.take(all->all, terms_.epoch, turn)) {
    if (auto has = terms_.of->claim_trunk(wanted.name, wanted.more); has) trunks_.claimed(wanted.trunk, *has);
    else spdlog::error("{}; more of trunk {} is taken later", to_line(has.error()), wanted.name);
  }
  for (const auto& difference : trunks_.differences()) spdlog::warn("{}", difference);
  terms_.view->show(std::move(all->all));
  if (trunks_.is_to_be_told()) tell_dialer_of_trunks(false);
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
  auto question = [self = caf::actor{this}](dialer::switchboard& board) {
    caf::anon_send(self, shards_in_calls{board.shards_with_calls()});
  };
  send(terms_.dialer, ask_dialer{std::move(question), {}});
}

void member::hand_over_all_but(const dialer::shard_set& in_calls) {
  const auto idle = mine_ & ~in_calls;
  if (idle.any() && leaving_.none() && away_.none()) let_go(idle);
}

void member::release(const dialer::shard_set& shards) {
  away_ = shards;
  if (auto gone = terms_.of->release(shards); !gone)
    return spdlog::error("{}; {} shards are released later", to_line(gone.error()), shards.count());
  spdlog::info("{} shards given up for others, {} of {} are this node's", shards.count(), mine_.count(), dialer::shards_count);
  away_.reset();
  leaving_.reset();
}

} // namespace chainring::actors
