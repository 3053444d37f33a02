// keeper.hpp: the store behind an actor with a thread of its own. What arrives while a transaction runs goes into the
// next one (group commit); answers follow the commit.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include "actors/back_off.hpp"
#include "actors/control_actor.hpp"
#include "actors/group_commit.hpp"
#include "actors/limits.hpp"
#include "actors/protocols.hpp"
#include "actors/stats/counters.hpp"

namespace chainring::actors {

/// Read by the stats endpoint and the supervisor from other threads.
struct keeper_counters {
  std::atomic<std::uint64_t> commits{0};
  std::atomic<std::uint64_t> writes{0};   // answered for
  std::atomic<std::uint64_t> refused{0};  // of these: the store will never take them
  std::atomic<std::uint64_t> failures{0}; // commits that found it away
  std::atomic<std::uint64_t> waiting{0};  // writes that are not yet answered for
  /// History records in the store that this node is to send. Changed on the keeper's thread alone, as the store changes.
  std::atomic<std::uint64_t> history_waiting{0};
  duration_histogram commit_times;        // of those that went through
  std::atomic<bool> ready{true};          // the last commit went through
  mailbox_count mailbox;
};

/// While the store is away (busy, a full or failing disk) what is to be stored waits and is tried again, with back-off;
/// after limits::commit_tries_max the keeper gives up: it dies, and its node stops.
class keeper final : public control_actor {
 public:
  keeper(caf::actor_config& cfg, std::unique_ptr<dialer::store> kept, keeper_counters& counters,
         std::int64_t wait_ms_max = limits::store_wait_ms_max);
  const char* name() const override { return "keeper"; }
  caf::behavior make_behavior() override;
  void on_exit() override;

 private:
  bool away() const { return waits_.failures() > 0; }
  caf::result<committed> gather(commit& c);
  void commit_gathered();
  void try_later(const error& why);
  void leave(const error& why);

  std::unique_ptr<dialer::store> store_;
  keeper_counters& counters_;
  group_commit gathered_;
  std::uint32_t flush_due_ = 0; // its number, 0: none
  std::uint32_t last_flush_ = 0;
  back_off waits_;
  const std::int64_t wait_ms_max_; // between two tries
};

} // namespace chainring::actors
