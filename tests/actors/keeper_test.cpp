// keeper_test.cpp: every commit has one of three answers: done, refused, or an error when the keeper gives up.
#include "tests/catch.hpp"

#include <atomic>

#include <caf/scoped_actor.hpp>

#include "actors/keeper.hpp"
#include "tests/actors/scripted_store.hpp"
#include "tests/actors/support.hpp"

using namespace chainring::actors;
using namespace chainring::actors::testing;

namespace {

struct kept {
  quiet_config config;
  store_script script;
  keeper_counters counters;
  caf::actor_system system{config};
  caf::actor keeper = system.spawn<chainring::actors::keeper, caf::detached>(std::make_unique<scripted_store>(script), counters);
  caf::scoped_actor self{system};

  ~kept() {
    self->send_exit(keeper, caf::exit_reason::user_shutdown);
    self->wait_for(keeper);
    keeper = nullptr;
  }
  /// "" when all is stored, else the first refusal; "unknown: why" for an error.
  std::string commit_ends(const std::vector<std::int64_t>& chains) {
    std::string heard;
    self->request(keeper, caf::infinite, commit{ends_of(chains), {}})
        .receive([&](committed& c) { heard = c.refused.empty() ? "" : to_line(c.refused[0].why); },
                 [&](const caf::error& e) { heard = "unknown: " + system.render(e); });
    // The answer leaves while the commit is counted: this comes after it.
    self->request(keeper, caf::infinite, barrier{}).receive([](barrier_passed) {}, [](const caf::error&) {});
    return heard;
  }
};

} // namespace

TEST_CASE("a commit that cannot be done is refused, and the next goes on", "[keeper]") {
  kept k;
  k.script.refused_chains = {2};
  CHECK(k.commit_ends({1}).empty());
  CHECK(k.commit_ends({2}) == "no such row: chain 2");
  CHECK(k.commit_ends({3}).empty());
  CHECK(k.counters.refused == 1);
  CHECK(k.counters.writes == 3);
  CHECK(k.counters.waiting == 0);
  CHECK(k.counters.ready);
}

TEST_CASE("requests of one transaction: who is refused hears it, the others are done", "[keeper]") {
  kept k;
  k.script.refused_chains = {2};
  std::atomic<bool> hold{true};
  k.script.away = [&] { // the first commit takes until all are there
    while (hold) std::this_thread::yield();
    return false;
  };
  const auto ask = [&](std::int64_t chain) { return k.self->request(k.keeper, caf::infinite, commit{ends_of({chain}), {}}); };
  std::vector<decltype(ask(0))> asked;
  for (std::int64_t chain = 0; chain < 4; ++chain) asked.push_back(ask(chain));
  hold = false;
  std::vector<std::string> heard;
  for (auto& one : asked)
    one.receive([&](committed& c) { heard.push_back(c.refused.empty() ? "done" : "refused"); },
                [&](const caf::error&) { heard.push_back("unknown"); });
  CHECK(heard == std::vector<std::string>{"done", "done", "refused", "done"});
  CHECK(k.counters.commits <= 2);
}

TEST_CASE("a store that is away is asked again", "[keeper]") {
  kept k;
  std::atomic<int> left{1};
  k.script.away = [&] { return left-- > 0; };
  CHECK(k.commit_ends({1}).empty()); // a back-off later
  CHECK(k.script.commits == 2);
  CHECK(k.counters.failures == 1);
  CHECK(k.counters.ready);
}

TEST_CASE("what could not be stored when the keeper ends is unknown to its sender", "[keeper]") {
  kept k;
  std::atomic<int> asked{0};
  k.script.away = [&] { return ++asked > 0; };
  k.self->send(k.keeper, barrier{});
  std::string heard;
  auto waiting = k.self->request(k.keeper, caf::infinite, commit{ends_of({1}), {}});
  while (asked == 0) std::this_thread::yield();
  k.self->send_exit(k.keeper, caf::exit_reason::user_shutdown);
  waiting.receive([&](committed&) { heard = "committed"; }, [&](const caf::error&) { heard = "unknown"; });
  CHECK(heard == "unknown");
  CHECK(asked == 2); // once more before the end
}
