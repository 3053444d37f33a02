// shared_store.hpp: a store that several nodes work on at once, each on the chains of its shards. Who is there and whose a shard is
// stands in the store and nowhere else; leases run on the store's clock.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "dialer/shards.hpp"
#include "dialer/store/store.hpp"

namespace chainring::dialer {

class shared_store : public store {
 public:
  /// Instead of own(): one of several. Returns its epoch; all that it commits is fenced once another member has ended it. It has
  /// no shard. address: where the others reach it; empty: nowhere. Refused while a node has the store for itself.
  virtual result<std::int64_t> join(std::string_view node, std::string_view address, std::int64_t lease_ms) = 0;
  /// Chains of these shards are taken, activated and recovered, and no others. What is committed for a chain of a shard that is
  /// another member's is refused, whatever is said here.
  virtual void work_on(const shard_set& shards) = 0;
  /// As recover(), for chains of these shards of the list, which this member has just got.
  virtual result<std::vector<attempt>> take_over(list_id list, const shard_set& shards, std::int64_t at_ms,
                                                 const history_of_end& history) = 0;
  /// Of the last import of do-not-call entries, for membership::do_not_call_since.
  virtual result<std::int64_t> do_not_call_change() = 0;
  /// How many chains of these shards of the list are passive.
  virtual result<std::uint64_t> count_passive(list_id list, const shard_set& shards) = 0;
  /// Record handles from here on, so many, are this member's alone.
  virtual result<std::uint64_t> reserve_handles(std::uint64_t count) = 0;
};

/// A member as the others see it.
struct cluster_member {
  std::int64_t epoch = 0;
  std::string node;
  std::string address; // as it said when it joined
  std::string note;
  std::int64_t lease_left_ms = 0; // below 0: it is over
  shard_set shards;
};

/// Leases and shards, for the member that has joined. It has a connection of its own, so that nothing waits behind commits. Each
/// call is one transaction; after an error nothing is known, and it can be made again.
class membership {
 public:
  virtual ~membership() = default;
  /// The lease lasts lease_ms from now on, at least from the moment of the call. False: it has been ended, for good.
  virtual result<bool> renew(std::int64_t lease_ms, std::string_view note) = 0;
  /// Ends members whose lease is over; their shards are nobody's. Returns them.
  virtual result<std::vector<cluster_member>> end_expired() = 0;
  /// All that have not ended, by epoch.
  virtual result<std::vector<cluster_member>> members() = 0;
  /// At most so many of the shards that are nobody's become this member's. Returns those.
  virtual result<shard_set> claim(std::size_t most) = 0;
  /// Do-not-call entries that were imported after change number `since`, in the order of their changes. Returns the last number.
  virtual result<std::int64_t> do_not_call_since(std::int64_t since,
                                                 const std::function<void(store::dnc_kind, std::string_view)>& each) = 0;
  /// They are nobody's from now on. Their chains have been put away.
  virtual result<void> release(const shard_set& shards) = 0;
  /// The member has ended, in order; its shards are nobody's.
  virtual result<void> leave() = 0;
};

/// Of a server; an SQLite file is one node's.
result<std::unique_ptr<shared_store>> open_shared(const std::string& uri);
result<std::unique_ptr<membership>> open_membership(const std::string& uri, std::int64_t epoch);

} // namespace chainring::dialer
