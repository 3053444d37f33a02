// shared_store.hpp: a store that several nodes work on at once, each on the chains of its shards. Who is there and whose a shard is
// stands in the store and nowhere else; leases run on the store's clock.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dialer/shards.hpp"
#include "dialer/store/store.hpp"
#include "dialer/versions.hpp"

namespace chainring::dialer {

/// Given back when it goes, or its holder's process.
class import_turn {
 public:
  virtual ~import_turn() = default;
};

/// What was ordered last of a campaign; a member that was not there when it was given reads it.
struct standing_order {
  std::string campaign;
  std::string what;        // "state" or "agents"
  std::int64_t value = 0;  // as the table orders has it
  std::int64_t change = 0; // grows with each order
};

struct chains_of_shard {
  std::size_t shard = 0;
  std::int64_t chains = 0;
};

class shared_store : public store {
 public:
  /// The right to import lists, which one has at a time of all that will be members. Null: another has it now.
  virtual result<std::unique_ptr<import_turn>> try_import_turn() = 0;
  /// Instead of own(): one of several. Returns its epoch; all that it commits is fenced once another member has ended it. It has
  /// no shard. Refused while a node has the store for itself, and when there may be saved chains that this version cannot read.
  virtual result<std::int64_t> join(std::string_view node, std::int64_t lease_ms) = 0;
  /// Chains of these shards are taken, activated and recovered, and no others. What is committed for a chain of a shard that is
  /// another member's is refused, whatever is said here.
  virtual void work_on(const shard_set& shards) = 0;
  /// As recover(), for chains of these shards of the list, which this member has just got.
  virtual result<std::vector<attempt>> take_over(list_id list, const shard_set& shards, std::int64_t at_ms,
                                                 const history_of_end& history) = 0;
  /// Of the last import of do-not-call entries, for membership::do_not_call_since.
  virtual result<std::int64_t> do_not_call_change() = 0;
  /// Of these shards those that have passive chains of the list, and how many.
  virtual result<std::vector<chains_of_shard>> count_passive(list_id list, const shard_set& shards) = 0;
  /// The standing order of that kind, if there is one.
  virtual result<std::optional<standing_order>> order_of(std::string_view campaign, std::string_view what) = 0;
  /// Takes the place of the one with change number `instead_of`, 0: there is none. Nothing: somebody else has been faster.
  virtual result<std::optional<standing_order>> give_order(std::string_view campaign, std::string_view what, std::int64_t value,
                                                           std::int64_t instead_of) = 0;
  /// Record handles from here on, so many, are this member's alone.
  virtual result<std::uint64_t> reserve_handles(std::uint64_t count) = 0;
};

/// A member as the others see it.
struct cluster_member {
  std::int64_t epoch = 0;
  std::string node;
  std::string address;     // where peers reach it, "host:port"; empty: nowhere
  std::string fingerprint; // SHA-256 of the certificate it shows there; empty: none
  std::int64_t lease_left_ms = 0; // below 0: it is over
  bool leaving = false;
  shard_set shards;
  spoken_versions speaks;
};

/// Of a trunk or of a campaign: calls at once, and calls that begin within a window, which is a second of a trunk and a minute of a
/// campaign.
struct share_units {
  std::int32_t channels = 0;
  std::int32_t starts = 0;
  friend bool operator==(const share_units&, const share_units&) = default;
};

/// What the configuration of a member allows of it, all members together.
struct shared_budget {
  static constexpr std::int32_t unlimited = INT32_MAX; // of channels, and of starts: there is no such limit
  std::int32_t channels = 0;
  std::int64_t start_thousandths = 0; // 1 at least; of starts in a window
  bool limits_channels() const { return channels != unlimited; }
  bool limits_starts() const { return start_thousandths / 1'000 < unlimited; }
  friend bool operator==(const shared_budget&, const shared_budget&) = default;
};

/// A member's share of what several have.
struct budget_share {
  std::string key; // the name of the trunk, or "campaign/" and the campaign's
  std::int64_t epoch = 0;
  share_units has;
  share_units wanted;
  shared_budget budget; // by its own configuration
  std::int64_t channels_held_ms = 0, starts_held_ms = 0; // so long after its lease is over, if it does not leave in order
  std::string node; // whose it is; read only, as the rest
  enum class standing : std::uint8_t { lives, leaves, is_gone } at = standing::lives;
};

struct share_claim {
  std::string key;
  share_units more;
};

struct budget_shares {
  std::vector<budget_share> all; // by key and epoch
  std::int64_t at_ms = 0;        // the server's clock
};

/// Leases and shards, for the member that has joined. It has a connection of its own; what it writes to the member's row, its lease
/// above all, waits at most for one transaction of the store, since each of these begins with that row: none of them is long. Each
/// call is one transaction; after an error nothing is known, and it can be made again.
class membership {
 public:
  virtual ~membership() = default;
  /// The lease lasts lease_ms from now on, at least from the moment of the call. Returns the store's clock, ms since 1970. Nothing:
  /// the member has been ended, for good.
  virtual result<std::optional<std::int64_t>> renew(std::int64_t lease_ms) = 0;
  /// Ends members whose lease is over, and was by that moment on the store's clock (ms since 1970); their shards are nobody's.
  /// Returns them. Nobody is ended unless more than own_left_ms of this member's own lease is left when the store does it: the
  /// question may have been on its way for as long as nobody could renew.
  virtual result<std::vector<cluster_member>> end_expired(std::int64_t by_ms = INT64_MAX, std::int64_t own_left_ms = 0) = 0;
  /// All that have not ended, by epoch.
  virtual result<std::vector<cluster_member>> members() = 0;
  /// At most so many of the shards that are nobody's become this member's. Returns those.
  virtual result<shard_set> claim(std::size_t most) = 0;
  /// Do-not-call entries that were imported after change number `since`, in the order of their changes. Returns the last number.
  virtual result<std::int64_t> do_not_call_since(std::int64_t since,
                                                 const std::function<void(store::dnc_kind, std::string_view)>& each) = 0;
  /// Where the others reach this member, and what certificate it shows there.
  virtual result<void> announce(std::string_view address, std::string_view fingerprint) = 0;
  /// Chains may be saved in formats up to `to` from now on, if all members read it. Returns the format up to which they may: it
  /// never falls, and who cannot read it does not join any more.
  virtual result<std::int64_t> raise_saved_chains(std::int64_t to) = 0;
  /// Orders that were given after change number `since`, in their order.
  virtual result<std::vector<standing_order>> orders_since(std::int64_t since) = 0;
  /// They are nobody's from now on. Their chains have been put away.
  virtual result<void> release(const shard_set& shards) = 0;
  /// What this member has of budgets is no more than `own` says, and the rest of it is what it tells the others; a share
  /// that is new begins with nothing. Returns what all have, after what members that are gone had and need not be held any more
  /// is free.
  virtual result<budget_shares> share_budgets(const std::vector<budget_share>& own) = 0;
  /// The member's shares of those keys, each of which it has said what it has of, grow, by `more` at most, and by no more than what
  /// the smallest of all budgets leaves. Returns what it has then, in their order.
  virtual result<std::vector<share_units>> claim_shares(const std::vector<share_claim>& wanted) = 0;
  /// From now on the others expect it to take no shards, and its shares to be what it uses.
  virtual result<void> begin_leaving() = 0;
  /// The member has ended, in order; its shards are nobody's. calls_have_ended: its channels are free.
  virtual result<void> leave(bool calls_have_ended) = 0;
};

/// Of a server; an SQLite file is one node's.
result<std::unique_ptr<shared_store>> open_shared(const std::string& uri);
result<std::unique_ptr<membership>> open_membership(const std::string& uri, std::int64_t epoch);

} // namespace chainring::dialer
