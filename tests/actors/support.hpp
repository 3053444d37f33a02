// support.hpp: actors and clocks that the tests of the actor layer share.
#pragma once

#include <atomic>
#include <cstdint>
#include <future>
#include <memory>
#include <stdexcept>
#include <type_traits>
#include <utility>

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/atom.hpp>
#include <caf/exit_reason.hpp>

#include "actors/clock.hpp"
#include "actors/lane.hpp"

namespace chainring::actors::testing {

/// Real time that only the test moves; for lanes without timers.
class still_clock final : public clock {
 public:
  std::int64_t now_ms() noexcept override { return now_ms_.load(); }
  std::unique_ptr<deadline> join(participant) override { return nullptr; }
  void advance(std::int64_t ms) { now_ms_ += ms; }

 private:
  std::atomic<std::int64_t> now_ms_{1'767'625'200'000};
};

struct quiet_config : caf::actor_system_config {
  quiet_config() {
    set("scheduler.policy", caf::atom("sharing"));
    set("scheduler.max-threads", std::size_t{2});
    set("logger.verbosity", caf::atom("quiet"));
  }
};

/// Runs `f(lane)` on the lane and returns what it returns.
template <class F>
auto on_lane(lane& where, F f) {
  using value = std::invoke_result_t<F, lane&>;
  auto answer = std::make_shared<std::promise<value>>(); // shared: set_value returns after get() may have
  auto result = answer->get_future();
  where.post([&f, answer](lane& here) {
    if constexpr (std::is_void_v<value>) {
      f(here);
      answer->set_value();
    } else {
      answer->set_value(f(here));
    }
  });
  return result.get();
}

/// A request that is answered with the number of events so far.
using count_request = caf::atom_constant<caf::atom("count")>;
using end_request = caf::atom_constant<caf::atom("end")>;

struct census {
  std::atomic<std::int64_t> made{0}, destroyed{0}, ended{0}, ended_elsewhere{0}, destroyed_elsewhere{0};
};

struct tick {
  std::uint32_t n = 1;
  bool last = false;
  bool fail = false;
};

/// Counts its events, in order. Ends on tick::last and on end_request.
class counting_actor final : public lane_actor {
 public:
  counting_actor(caf::actor_config& setup, lane& home, std::shared_ptr<census> all = nullptr)
      : lane_actor(setup, home), census_(std::move(all)) {
    if (census_) ++census_->made;
  }
  ~counting_actor() override {
    if (!census_) return;
    ++census_->destroyed;
    if (!home().here()) ++census_->destroyed_elsewhere;
  }
  const char* name() const override { return "counting"; }
  std::uint64_t count() const { return count_; }
  std::uint64_t by_mailbox() const { return by_mailbox_; }

  void step(const tick& t, lane&) {
    if (t.fail) throw std::runtime_error("told to fail");
    count_ += t.n;
    if (t.last) quit();
  }
  void on_message(caf::mailbox_element& message, lane& here) override {
    if (auto* t = local_element<tick>::in(message)) {
      ++by_mailbox_;
      return step(*t, here);
    }
    if (message.content().match_elements<count_request>()) return respond(message, here, count_);
    if (message.content().match_elements<end_request>()) return quit();
    unknown(message, here);
  }
  void on_end(lane& here) override {
    if (!census_) return;
    ++census_->ended;
    if (!here.here()) ++census_->ended_elsewhere;
  }

 private:
  std::shared_ptr<census> census_;
  std::uint64_t count_ = 0;
  std::uint64_t by_mailbox_ = 0;
};

/// A lane and an actor system around it, in the order in which they must live.
struct one_lane {
  still_clock time;
  lane l{lane::block_bytes<counting_actor>(), time};
  quiet_config config;
  caf::actor_system system{config};
  std::shared_ptr<census> all = std::make_shared<census>();

  one_lane() { l.start(system); }
  ~one_lane() {
    l.stop(caf::exit_reason::user_shutdown);
    l.join();
  }
  caf::actor spawn() {
    return on_lane(l, [&](lane& here) { return here.spawn<counting_actor>(all)->handle(); });
  }
  /// All that was sent to the lane's actors before has been taken. The lane's own messages may all be taken in one turn, before
  /// it looks for those of other threads: so more of them than a few turns take.
  void flush() {
    for (std::size_t n = 0; n < 4 * limits::lane_messages_per_turn; ++n) on_lane(l, [](lane& here) { here.run_local(); });
  }
};

} // namespace chainring::actors::testing
