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

#include "tests/actors/support.hpp"

using namespace chainring::actors;
using namespace chainring::actors::testing;
using caf::infinite;

namespace {

constexpr int requests = 4'000;
constexpr int rounds = 400;

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

/// Asks somebody, waits for the answer, asks again.
caf::behavior asker(caf::event_based_actor* self, roster* all, tally* result, caf::actor done, unsigned seed) {
  auto random = std::make_shared<std::mt19937>(seed);
  return {[=](int left) {
    if (left == 0) {
      self->send(done, 1);
      return;
    }
    const auto again = [=] { self->send(self, left - 1); };
    self->request(all->any((*random)()), infinite, count_request::value)
        .then([=](std::uint64_t) { ++result->answered, again(); },
              [=](caf::error& e) { e == caf::sec::request_receiver_down ? ++result->bounced : ++result->other, again(); });
  }};
}

/// One round on a lane: events to all its actors in one batch, some of them the last; ended ones are replaced.
void churn(lane& here, std::vector<addressed<tick>>& mine, roster& all, std::size_t offset, std::shared_ptr<census> count, std::mt19937& random) {
  for (auto& item : mine) item.event = {1, random() % 50 == 0};
  here.deliver_batch<counting_actor, tick>(mine);
  for (std::size_t i = 0; i < mine.size(); ++i) {
    if (here.find<counting_actor>(mine[i].slot, mine[i].generation)) continue;
    auto* fresh = here.spawn<counting_actor>(count);
    mine[i].slot = fresh->slot();
    mine[i].generation = fresh->generation();
    all.put(offset + i, fresh->handle());
  }
  if (random() % 4 == 0) caf::anon_send_exit(all.any(random()), caf::exit_reason::user_shutdown); // of either lane
  for (int i = 0; i < 8; ++i) // of either lane, by mailbox
    caf::actor_cast<caf::abstract_actor*>(all.any(random()))->enqueue(local_element<tick>::make({1}), &here);
}

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
    std::vector<addressed<tick>> actors[2];
    std::size_t offset = 0;
    for (auto* l : {&one, &other}) {
      auto& mine = actors[l == &one ? 0 : 1];
      on_lane(*l, [&](lane& here) {
        for (std::size_t i = 0; i < 64; ++i) {
          auto* a = here.spawn<counting_actor>(count);
          mine.push_back({a->slot(), a->generation(), {}});
          all.put(offset + i, a->handle());
        }
      });
      offset += 64;
    }

    caf::scoped_actor self{system};
    auto asking = system.spawn(asker, &all, &scheduled, caf::actor_cast<caf::actor>(self), 1u);
    caf::anon_send(asking, requests);
    std::thread sender{[&] {
      std::mt19937 random(2);
      caf::scoped_actor me{system};
      for (int i = 0; i < requests / 4; ++i) {
        auto a = all.any(random());
        if (i % 2) caf::anon_send(a, count_request::value);
        me->request(a, infinite, count_request::value)
            .receive([&](std::uint64_t) { ++foreign.answered; },
                     [&](caf::error& e) { e == caf::sec::request_receiver_down ? ++foreign.bounced : ++foreign.other; });
      }
    }};
    std::mt19937 random[2] = {std::mt19937(3), std::mt19937(4)};
    for (int round = 0; round < rounds; ++round) {
      one.post([&](lane& here) { churn(here, actors[0], all, 0, count, random[0]); });
      other.post([&](lane& here) { churn(here, actors[1], all, 64, count, random[1]); });
    }
    sender.join();
    self->receive([](int) {});
    caf::anon_send_exit(asking, caf::exit_reason::user_shutdown);
    for (auto* l : {&one, &other}) l->stop(caf::exit_reason::user_shutdown);
    for (auto* l : {&one, &other}) l->join();
    all.clear();
  }
  CHECK(scheduled.total() == requests);
  CHECK(scheduled.other == 0);
  CHECK(scheduled.answered > 0);
  CHECK(foreign.total() == requests / 4);
  CHECK(foreign.other == 0);
  CHECK(count->made > 64 * 2 * 2); // many were replaced
  CHECK(count->ended == count->made);
  CHECK(count->ended_elsewhere == 0);
  CHECK(count->destroyed == count->made);
}
