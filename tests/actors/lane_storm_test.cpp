// lane_storm_test.cpp: two lanes, a thread, scheduled actors and batches, all sending while actors end.
#include "tests/catch.hpp"

#include <atomic>
#include <mutex>
#include <random>
#include <thread>
#include <vector>

#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/sec.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>

#include "tests/actors/support.hpp"

using namespace chainring::actors;
using namespace chainring::actors::testing;
using caf::infinite;

namespace {

constexpr int requests = 2'000;
constexpr int window = 200; // asked at once
constexpr int rounds = 200;

/// Handles that everybody picks from; ended ones are replaced, so that slots are used again.
class roster {
 public:
  void put(std::size_t i, caf::actor a) {
    std::lock_guard guard{mutex_};
    if (actors_.size() <= i) actors_.resize(i + 1);
    actors_[i].swap(a); // the old handle is dropped outside of the lock, on this thread
  }
  caf::actor any(std::size_t n) {
    std::lock_guard guard{mutex_};
    return actors_[n % actors_.size()];
  }
  void clear() {
    std::lock_guard guard{mutex_};
    actors_.clear();
  }

 private:
  std::mutex mutex_;
  std::vector<caf::actor> actors_;
};

struct tally {
  std::atomic<int> answered{0}, bounced{0}, other{0};
  int total() const { return answered + bounced + other; }
};

/// Asks so many at once and asks another one for each answer, until `left` have been asked and answered.
struct asker_state {
  int left = requests;
  int open = 0;
};
caf::behavior asker(caf::stateful_actor<asker_state>* self, roster* all, tally* result, caf::actor done) {
  auto random = std::make_shared<std::mt19937>(1);
  return {[=](int more) {
    for (; more > 0 && self->state.left > 0; --more, --self->state.left) {
      ++self->state.open;
      const auto again = [=] {
        if (--self->state.open == 0 && self->state.left == 0) self->send(done, 1);
        else self->send(self, 1);
      };
      self->request(all->any((*random)()), infinite, count_request::value)
          .then([=](std::uint64_t) { ++result->answered, again(); },
                [=](caf::error& e) { e == caf::sec::request_receiver_down ? ++result->bounced : ++result->other, again(); });
    }
  }};
}

/// The same from a plain thread, a window at a time.
void ask_from_thread(caf::actor_system& system, roster& all, tally& result) {
  std::mt19937 random(2);
  caf::scoped_actor self{system};
  const auto ask = [&] { return self->request(all.any(random()), infinite, count_request::value); };
  for (int left = requests; left > 0; left -= window) {
    std::vector<decltype(ask())> open;
    for (int i = 0; i < window; ++i) {
      caf::anon_send(all.any(random()), count_request::value);
      open.push_back(ask());
    }
    for (auto& request : open)
      request.receive([&](std::uint64_t) { ++result.answered; },
                      [&](caf::error& e) { e == caf::sec::request_receiver_down ? ++result.bounced : ++result.other; });
  }
}

/// What goes on on one lane: rounds of one batch with events for all its actors, some of them the last; ended ones are
/// replaced; exit messages and single events go to actors of either lane. Until nobody asks any more.
struct churn {
  roster& all;
  const std::size_t offset;
  std::shared_ptr<census> count;
  const std::atomic<bool>& asking;
  std::mt19937 random;
  std::vector<addressed<tick>> mine{};
  int round = 0;

  void replace(lane& here, std::size_t i) {
    auto* fresh = here.spawn<counting_actor>(count);
    mine[i].slot = fresh->slot();
    mine[i].generation = fresh->generation();
    all.put(offset + i, fresh->handle());
  }
  void begin(lane& here) {
    mine.resize(64);
    for (std::size_t i = 0; i < mine.size(); ++i) replace(here, i);
  }
  void go_on(lane& here) {
    for (auto& item : mine) item.event = {1, random() % 50 == 0};
    here.deliver_batch<counting_actor, tick>(mine);
    for (std::size_t i = 0; i < mine.size(); ++i)
      if (!here.find<counting_actor>(mine[i].slot, mine[i].generation)) replace(here, i);
    if (random() % 4 == 0) caf::anon_send_exit(all.any(random()), caf::exit_reason::user_shutdown);
    for (int i = 0; i < 8; ++i)
      caf::actor_cast<caf::abstract_actor*>(all.any(random()))->enqueue(local_element<tick>::make({1}), &here);
    if (++round < rounds || asking) here.post([this](lane& l) { go_on(l); });
    else here.stop(caf::exit_reason::user_shutdown);
  }
};

} // namespace

TEST_CASE("a storm: every request is answered or bounced, every actor ends once, on its lane", "[lane][storm]") {
  auto count = std::make_shared<census>();
  still_clock time;
  lane one{lane::block_bytes<counting_actor>(), time};
  lane other{lane::block_bytes<counting_actor>(), time};
  quiet_config config;
  tally scheduled;
  tally foreign;
  {
    caf::actor_system system{config};
    one.start(system);
    other.start(system);
    roster all;
    std::atomic<bool> asking{true};
    churn first{all, 0, count, asking, std::mt19937(3)};
    churn second{all, 64, count, asking, std::mt19937(4)};
    on_lane(one, [&](lane& here) { first.begin(here); });
    on_lane(other, [&](lane& here) { second.begin(here); });
    one.post([&](lane& here) { first.go_on(here); });
    other.post([&](lane& here) { second.go_on(here); });

    caf::scoped_actor self{system};
    auto scheduled_asker = system.spawn(asker, &all, &scheduled, caf::actor_cast<caf::actor>(self));
    caf::anon_send(scheduled_asker, window);
    std::thread sender{[&] { ask_from_thread(system, all, foreign); }};
    sender.join();
    self->receive([](int) {});
    caf::anon_send_exit(scheduled_asker, caf::exit_reason::user_shutdown);
    asking = false;
    one.join();
    other.join();
    all.clear();
  }
  CHECK(scheduled.total() == requests);
  CHECK(scheduled.other == 0);
  CHECK(scheduled.answered > 0);
  CHECK(foreign.total() == requests);
  CHECK(foreign.other == 0);
  CHECK(foreign.answered > 0);
  CHECK(count->made > 64 * 2 * 2); // many were replaced
  CHECK(count->ended == count->made);
  CHECK(count->ended_elsewhere == 0);
  CHECK(count->destroyed == count->made);
}
