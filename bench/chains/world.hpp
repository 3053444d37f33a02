// world.hpp: what chains need around them to be those of a node: lanes, a list, the dialer with a simulated trunk, the keeper
// when there is a store; in the place of a campaign an actor that only takes their reports.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include <caf/actor_system.hpp>

#include "actors/chain_home.hpp"
#include "actors/dialer.hpp"
#include "actors/keeper.hpp"
#include "bench/chains/chains.hpp"
#include "bench/chains/crowd.hpp"
#include "bench/micro/support.hpp"
#include "dialer/daytime.hpp"
#include "dialer/do_not_call.hpp"
#include "dialer/time_zones.hpp"

namespace chainring::bench {

/// What chains report that end, or that are put away, and nothing else. On the thread of the actor that takes their reports.
using end_hook = std::function<void(actors::chain_finished&)>;

class world {
 public:
  /// Makes the store, if one is wanted, with all rows of the chains in it.
  static result<std::unique_ptr<world>> make(const chains_options& wanted, actors::clock& time, end_hook on_end);
  ~world();

  /// Starts the chains, batch by batch. Returns when each has come to where it waits, or has ended.
  void start(const std::shared_ptr<const scxml::document>& treatment, const std::vector<std::uint32_t>& order);
  /// They all save themselves and leave: each is reported to on_end, some of them maybe after the return.
  void put_away();
  /// Chains that were started, by number less one, named for crowd::add(); position in the result: lane.
  std::vector<std::vector<crowd<actors::chain, actors::chain_message>::member>> names();
  actors::lane& lane_at(std::size_t n) { return lanes_[n]->runs; }
  std::size_t lanes() const { return lanes_.size(); }
  std::int64_t lane_cpu_ns() const;
  /// Delivered to chains so far, starts included.
  std::uint64_t events() const;
  caf::actor_system& system() { return *system_; }
  const actors::campaign_counters& counters() const { return counters_; }

 private:
  struct home {
    home(std::uint32_t number, actors::clock& time, std::uint64_t seed)
        : runs(actors::lane::block_bytes<actors::chain>(), time), chains(number, runs, time, seed) {}
    actors::lane runs;
    actors::chain_home chains;
    credit out;
    std::vector<std::uint32_t> started; // numbers, in their order
  };
  world(const chains_options& wanted, actors::clock& time, dialer::time_zones zones, end_hook on_end);
  result<void> fill_store();
  result<void> start_actors();
  void on_lane(home& at, const std::function<void(actors::lane&)>& call);

  const chains_options wanted_;
  actors::clock& time_;
  dialer::time_zones zones_;
  dialer::daytime_tables daytime_;
  dialer::do_not_call_list no_calls_;
  std::unique_ptr<dialer::store> store_; // until the keeper takes it
  actors::campaign_counters counters_;
  actors::keeper_counters kept_;
  actors::dialer_view dialed_;
  std::unique_ptr<actors::assignment> job_;
  end_hook on_end_;
  std::vector<std::unique_ptr<home>> lanes_;
  caf_config settings_;
  std::unique_ptr<caf::actor_system> system_; // goes before the lanes do
  caf::actor keeper_, dialer_, reports_;
};

} // namespace chainring::bench
