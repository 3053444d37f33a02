// keeper.hpp: the store behind an actor with a thread of its own. What arrives while a transaction runs goes into the
// next one (group commit); answers follow the commit.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include <caf/event_based_actor.hpp>

#include "actors/protocols.hpp"

namespace chainring::actors {

/// Read by the stats endpoint and the supervisor from other threads.
struct keeper_counters {
  std::atomic<std::uint64_t> commits{0};
  std::atomic<std::uint64_t> writes{0};
  std::atomic<std::uint64_t> failures{0};
  std::atomic<std::uint64_t> waiting{0}; // writes that are not yet durable
  std::atomic<bool> ready{true};         // the last commit went through
};

class keeper final : public caf::event_based_actor {
 public:
  keeper(caf::actor_config& cfg, std::unique_ptr<dialer::store> kept, keeper_counters& counters);
  const char* name() const override { return "keeper"; }
  caf::behavior make_behavior() override;
  void on_exit() override;

 private:
  caf::result<committed> gather(commit& c);
  void commit_gathered();
  void refused(const error& why);

  std::unique_ptr<dialer::store> store_;
  keeper_counters& counters_;
  std::vector<dialer::write> gathered_;
  std::vector<caf::typed_response_promise<committed>> waiting_;
  std::vector<work> tokens_;
  bool flush_due_ = false;
  std::uint32_t refusals_in_a_row_ = 0;
};

} // namespace chainring::actors
