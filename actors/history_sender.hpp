// history_sender.hpp: posts the history records that the store holds to their receivers (OCS history-uri), until each has been
// answered 200: then it goes from the store. Of one chain one at a time, in their order, also when its shard goes to another node.
// A crash costs none of them, and sends again what was on its way.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <caf/typed_response_promise.hpp>

#include "actors/back_off.hpp"
#include "actors/clock.hpp"
#include "actors/control_actor.hpp"
#include "actors/protocols.hpp"
#include "dialer/shards.hpp"

namespace chainring::actors {

class lease;
class validators;
struct keeper_counters;

/// How it goes, for any thread. Outlives the actor.
class history_view {
 public:
  std::atomic<std::uint64_t> sent{0};     // confirmed
  std::atomic<std::uint64_t> failures{0}; // posts that were not
  mailbox_count mailbox;

  /// The sender has nothing to do, or nothing that has not failed limits::history_tries_max times.
  bool settled() const { return !told_ && rests_; }

 private:
  friend class history_sender;
  std::atomic<bool> told_{false}; // records have been stored, and the sender does not know it yet
  std::atomic<bool> rests_{false}; // from its first turn on
};

struct history_terms {
  caf::actor keeper;
  keeper_counters* kept = nullptr; // of it, and outlive it: what waits is counted there
  const actors::lease* lease = nullptr; // once it is over no record leaves; null: the node has its store for itself
  validators* posts = nullptr; // that many connections to each receiver; outlives the actor
  std::size_t connections = 1;
  actors::clock* clock = nullptr;
  history_view* view = nullptr;
  std::vector<std::string> receivers; // each once: those of the campaigns, and of records that the store holds
};

class history_sender final : public control_actor {
 public:
  history_sender(caf::actor_config& cfg, history_terms terms);
  const char* name() const override { return "history"; }
  caf::behavior make_behavior() override;
  void on_exit() override;

  /// Records have been stored. Any thread.
  static void tell(const caf::actor& sender, history_view& view, actors::clock& time);

 private:
  struct held {
    std::string body;
    std::size_t shard = 0;
    std::uint32_t tries = 0; // that failed
    std::int64_t not_before_ms = 0;
    bool on_its_way = false;
  };
  struct put_off_one {
    std::size_t shard = 0;
    std::uint32_t tries = 0;
    std::int64_t not_before_ms = 0;
  };
  struct taken { // by its receiver
    std::int64_t id = 0;
    std::size_t shard = 0;
  };
  struct leaving_shards {
    dialer::shard_set shards;
    caf::typed_response_promise<chains_are_away> away;
  };
  struct receiver {
    std::string uri;
    std::map<std::int64_t, held> window; // by id in the store: at most limits::history_window_max
    std::map<std::int64_t, put_off_one> put_off; // refused, and in the store alone until they are due: they hold up nobody
    std::int64_t put_off_due_ms = never;         // the first of them, as of the last question to the store
    std::vector<taken> confirmed; // to be taken out of the store
    std::vector<taken> going;     // the store is asked to let go of them
    std::size_t on_their_way = 0;
    std::size_t failures = 0;      // posts in a row; from limits::history_failures_max on it is away
    std::size_t refusals = 0;      // in a row, for what a record says; from limits::history_refusals_max on it is away too
    back_off waits{};              // while it is away
    std::int64_t retry_ms = 0;     // of it
    std::int64_t store_retry_ms = 0; // of the store
    bool asked = false;            // the store, for more
    bool more = true;              // there may be some in the store
    bool in_trouble = false;       // has been said
  };

  bool away(const receiver& r) const;
  bool given_up(const receiver& r) const;
  bool given_up(std::uint32_t tries) const;
  bool wants_more(const receiver& r) const;
  bool may_post() const;
  bool rests(const receiver& r) const;
  std::int64_t due_ms(const receiver& r) const;
  void turn();
  void post_next(receiver& r);
  std::map<std::int64_t, held>::iterator next_to_post(receiver& r);
  void ask_the_store(receiver& r);
  void take(history_read& got);
  void take(history_answered& got);
  void confirmed(receiver& r, std::int64_t id);
  void failed(receiver& r, std::int64_t id, const dialer::validation_answer& answer);
  void put_off(receiver& r, std::int64_t id, const held& one);
  std::vector<std::int64_t> not_due(receiver& r) const;
  void take_up(receiver& r, dialer::waiting_post& post);

  void take_on();
  caf::result<chains_are_away> put_away(const put_shards_away& p);
  bool leaves(std::size_t shard) const;
  void see_whether_shards_are_away();
  std::int64_t count_if_due();

  history_terms terms_;
  std::vector<receiver> receivers_;
  std::array<std::uint32_t, dialer::shards_count> begun_{}; // records by shard: on their way, or confirmed and in the store still
  std::vector<leaving_shards> leaving_;
  bool uncounted_ = false; // shards have changed hands, and what waits now has not been counted
  std::int64_t next_count_ms_ = 0;
  std::shared_ptr<std::atomic<bool>> due_; // the clock has asked to look after them
  std::unique_ptr<deadline> deadline_;
};

} // namespace chainring::actors
