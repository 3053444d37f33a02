// member.hpp: this node as one of several on a store: keeps its lease, ends those whose lease is over, takes shards over and gives
// them up. What it decides it reads from the store; nobody is asked but that.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "actors/clock.hpp"
#include "actors/cluster/agent_shares.hpp"
#include "actors/cluster/budget_sharing.hpp"
#include "actors/cluster/lease.hpp"
#include "actors/cluster/order_book.hpp"
#include "actors/cluster/renewals.hpp"
#include "actors/control_actor.hpp"
#include "actors/protocols.hpp"
#include "dialer/do_not_call.hpp"
#include "dialer/store/shared_store.hpp"

namespace chainring::actors {

/// What other threads may see: a copy, made at each look.
class cluster_view {
 public:
  mailbox_count mailbox;
  /// The format in which chains are saved: the newest that all members read.
  std::atomic<std::int64_t> saved_chains{dialer::this_version().saved_chains};
  std::atomic<std::uint64_t> alive{0}, shards_of_nobody{0}; // at the last look
  std::atomic<std::uint64_t> shards_held{0};

  void show(std::vector<dialer::cluster_member> members, lease::clock::time_point now = lease::clock::now());
  /// Of the last look, leases counted to now: they run on while the store is away.
  std::vector<dialer::cluster_member> members(lease::clock::time_point now = lease::clock::now()) const;
  std::vector<dialer::cluster_member> members_as_seen() const; // at the last look
  void show(std::vector<dialer::budget_share> shares);
  std::vector<dialer::budget_share> shares() const;
  /// Whose that shard is, as this node knows it.
  std::optional<dialer::cluster_member> owner_of(std::size_t shard) const;
  /// The chains of these shards are at this node: neither on their way to it nor about to leave.
  void hold(const dialer::shard_set& shards);
  bool holds(std::size_t shard) const;

 private:
  mutable std::mutex mutex_;
  std::vector<dialer::cluster_member> members_;
  lease::clock::time_point seen_{};
  std::vector<dialer::budget_share> shares_;
  dialer::shard_set held_;
};

/// A peer posts there that something may have changed hands.
inline constexpr const char* look_route = "/cluster/look";

struct member_terms {
  dialer::membership* of = nullptr; // outlives the actor
  std::int64_t epoch = 0;
  std::int64_t lease_ms = 0;
  actors::lease* lease = nullptr;
  cluster_view* view = nullptr;
  caf::actor keeper, dialer;
  std::vector<caf::actor> hear_of_shards; // those that come, and those that leave: campaigns, the history sender
  struct dialed_list { // each once
    dialer::list_id list = 0;
    std::int64_t redial_gap_ms = 0; // the longest of its campaigns
    std::function<std::shared_ptr<const dialer::history_post>(dialer::store&, const dialer::attempt&)> history; // of a lost call
  };
  std::vector<dialed_list> lists;
  std::vector<budget_terms> budgets;
  dialer::do_not_call_list* no_calls = nullptr; // touched on the dialer's thread alone
  std::int64_t no_calls_change = 0;             // of the store's list, up to which it has been read
  actors::clock* clock = nullptr;
  caf::actor peers = nullptr; // hears who is there; null: nodes say nothing to each other
  order_book* orders = nullptr;
  agent_shares* agents = nullptr;
};

/// Detached: it waits for the store. One change of shards is under way at a time.
class member final : public control_actor {
 public:
  member(caf::actor_config& cfg, member_terms terms);
  const char* name() const override { return "member"; }
  caf::behavior make_behavior() override;

 private:
  void look();
  void look_at_all();
  void look_again(bool soon);
  void tell_others_to_look();
  bool renew();
  void compare_clocks(std::int64_t store_ms);
  void look_for_namesakes(const std::vector<dialer::cluster_member>& all);
  void hear_of_no_calls();
  void hear_of_orders();
  void agree_on_format(const std::vector<dialer::cluster_member>& all);
  void take_over(const dialer::shard_set& shards);
  void taken_over(const shards_taken_over& outcome);
  void let_go(const dialer::shard_set& shards);
  void have_put_away(const shards_let_go& gone);
  void release(const dialer::shard_set& shards);
  void begin_leaving();
  void ask_for_shards_in_calls();
  void give_up_of(const dialer::shard_set& in_calls);
  void share_agents(const std::vector<dialer::cluster_member>& all);
  void tell_dialer_of_budgets(bool then_share);
  void share_budgets();
  bool has_less(const std::vector<dialer::budget_share>& all) const;

  member_terms terms_;
  budget_sharing budgets_;
  renewals renewals_;
  dialer::shard_set mine_;      // whose chains the keeper takes
  dialer::shard_set to_take_;   // of the store's mind they are mine; the keeper has not taken them over yet
  dialer::shard_set leaving_;   // their chains are being put away
  dialer::shard_set away_;      // to be released
  bool keeper_is_asked_ = false;
  bool dialer_is_asked_ = false; // about budgets
  lease::clock::time_point dialer_asked_{};
  bool share_then_ = false;      // when it has answered
  bool leaves_ = false, has_said_so_ = false; // to the others
  bool was_away_ = false; // the store, at the last look
  bool clocks_are_apart_ = false, has_namesake_ = false; // and it was said
  std::optional<lease::clock::time_point> joined_; // its first look
  lease::clock::time_point looked_{};
  std::uint64_t looks_ = 0;           // that were planned
  std::chrono::milliseconds pause_{0}; // before the last of them
};

} // namespace chainring::actors
