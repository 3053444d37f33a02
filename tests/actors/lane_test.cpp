// lane_test.cpp: lane actors as the rest of CAF sees them, events and messages in order, names that have gone stale.
#include "tests/catch.hpp"

#include <algorithm>
#include <string>
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

/// Another class of actors on the same lane.
class silent_actor final : public lane_actor {
 public:
  silent_actor(caf::actor_config& setup, lane& home) : lane_actor(setup, home) {}
  const char* name() const override { return "silent"; }
  void step(const tick&, lane&) { FAIL("an event for another class of actors"); }
  void on_message(caf::mailbox_element& message, lane& here) override { unknown(message, here); }
};

class throwing_actor final : public lane_actor {
 public:
  throwing_actor(caf::actor_config& setup, lane& home) : lane_actor(setup, home) { throw std::runtime_error("cannot be made"); }
  void on_message(caf::mailbox_element&, lane&) override {}
};

/// A scheduled actor that asks `whom` and passes the answer on.
caf::behavior go_between(caf::event_based_actor* self, caf::actor whom) {
  return {[=](int) {
    auto promise = self->make_response_promise<std::uint64_t>();
    self->request(whom, infinite, count_request::value)
        .then([promise](std::uint64_t n) mutable { promise.deliver(n); }, [promise](caf::error& e) mutable { promise.deliver(e); });
    return promise;
  }};
}

std::uint64_t count_of(caf::scoped_actor& self, const caf::actor& actor) {
  std::uint64_t count = ~0ull;
  self->request(actor, infinite, count_request::value).receive([&](std::uint64_t n) { count = n; }, [](caf::error&) {});
  return count;
}

const actor_counters& counters_of(const std::vector<actor_counters>& all, const std::string& name) {
  const auto found = std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.name == name; });
  REQUIRE(found != all.end());
  return *found;
}

} // namespace

TEST_CASE_METHOD(one_lane, "a lane actor answers requests of blocking and of scheduled actors", "[lane]") {
  auto actor = spawn();
  caf::anon_send(actor, 5); // a message that nobody knows is dropped
  caf::scoped_actor self{system};
  CHECK(count_of(self, actor) == 0);
  auto between = system.spawn(go_between, actor);
  std::uint64_t count = 99;
  self->request(between, infinite, 1).receive([&](std::uint64_t n) { count = n; }, [](caf::error&) {});
  CHECK(count == 0);
  caf::anon_send_exit(between, caf::exit_reason::user_shutdown);
}

TEST_CASE_METHOD(one_lane, "a request that nobody knows is bounced", "[lane]") {
  auto actor = spawn();
  caf::scoped_actor self{system};
  caf::error problem;
  self->request(actor, infinite, std::string{"what"}).receive([] {}, [&](caf::error& e) { problem = e; });
  CHECK(problem == caf::sec::unexpected_message);
  self->request(l.handle(), infinite, std::string{"what"}).receive([] {}, [&](caf::error& e) { problem = e; });
  CHECK(problem == caf::sec::unexpected_message);
}

TEST_CASE_METHOD(one_lane, "an event reaches an idle actor by a plain call, in mailbox order otherwise", "[lane]") {
  on_lane(l, [&](lane& here) {
    auto& actor = *here.spawn<counting_actor>();
    here.deliver(actor, tick{2});
    CHECK(actor.count() == 2);
    CHECK(actor.by_mailbox() == 0);
    actor.enqueue(local_element<tick>::make({3}), &here);
    here.deliver(actor, tick{4}); // may not overtake
    CHECK(actor.count() == 2);
    here.run_local();
    CHECK(actor.count() == 9);
    CHECK(actor.by_mailbox() == 2);
    here.deliver(actor, tick{1});
    CHECK(actor.count() == 10);
    CHECK(actor.by_mailbox() == 2);
  });
}

TEST_CASE_METHOD(one_lane, "a batch finds its actors by slot and generation", "[lane]") {
  on_lane(l, [&](lane& here) {
    std::vector<counting_actor*> actors;
    for (int i = 0; i < 1'000; ++i) actors.push_back(here.spawn<counting_actor>());
    std::vector<addressed<tick>> batch;
    for (std::uint32_t i = 0; i < 1'000; ++i) batch.push_back({actors[i]->slot(), actors[i]->generation(), {i}});
    batch.push_back({actors[0]->slot(), actors[0]->generation() + 1, {1}});    // stale
    batch.push_back({actors[0]->slot(), 0, {1}});                              // never
    batch.push_back({0xffffffff, actors[0]->generation(), {1}});               // nowhere
    CHECK(here.deliver_batch<counting_actor, tick>(batch) == 1'000);
    std::size_t wrong = 0;
    for (std::uint32_t i = 0; i < 1'000; ++i) wrong += actors[i]->count() == i ? 0 : 1;
    CHECK(wrong == 0);
  });
}

TEST_CASE_METHOD(one_lane, "a slot that lives on is not found under its old generation", "[lane]") {
  on_lane(l, [&](lane& here) {
    auto& first = *here.spawn<counting_actor>();
    const auto slot = first.slot();
    const auto generation = first.generation();
    CHECK(here.find<counting_actor>(slot, generation) == &first);
    here.deliver(first, tick{1, true});
    CHECK(here.find<counting_actor>(slot, generation) == nullptr);
    auto& second = *here.spawn<counting_actor>();
    REQUIRE(second.slot() == slot); // the storage came back at once: nobody held a handle
    CHECK(second.generation() != generation);
    CHECK(here.find<counting_actor>(slot, generation) == nullptr);
    CHECK(here.find<counting_actor>(slot, second.generation()) == &second);
  });
}

TEST_CASE_METHOD(one_lane, "a slot is not used again while somebody holds a handle", "[lane]") {
  caf::actor kept;
  const auto slot = on_lane(l, [&](lane& here) {
    auto& actor = *here.spawn<counting_actor>();
    kept = actor.handle();
    const auto number = actor.slot();
    here.deliver(actor, tick{1, true});
    return number;
  });
  CHECK(on_lane(l, [](lane& here) { return here.spawn<counting_actor>()->slot(); }) != slot);
  kept = nullptr; // from this thread: the block comes back by the other way
  CHECK(on_lane(l, [](lane& here) { return here.spawn<counting_actor>()->slot(); }) == slot);
}

TEST_CASE_METHOD(one_lane, "several classes of actors live on one lane and are not mistaken for each other", "[lane]") {
  on_lane(l, [&](lane& here) {
    auto& silent = *here.spawn<silent_actor>();
    auto& counting = *here.spawn<counting_actor>();
    CHECK(here.find<counting_actor>(silent.slot(), silent.generation()) == nullptr);
    CHECK(here.find<silent_actor>(silent.slot(), silent.generation()) == &silent);
    CHECK(here.find<counting_actor>(counting.slot(), counting.generation()) == &counting);
  });
}

TEST_CASE_METHOD(one_lane, "an actor that throws ends, and its lane goes on", "[lane]") {
  caf::scoped_actor self{system};
  auto by_event = spawn();
  auto bystander = spawn();
  self->monitor(by_event);
  on_lane(l, [&](lane& here) {
    auto& actor = *static_cast<counting_actor*>(caf::actor_cast<caf::abstract_actor*>(by_event));
    here.deliver(actor, tick{1, false, true});
  });
  std::string reason;
  self->receive([&](caf::down_msg& down) { reason = system.render(down.reason); });
  CHECK(reason.find("told to fail") != std::string::npos);
  auto by_message = spawn();
  self->monitor(by_message);
  caf::actor_cast<caf::abstract_actor*>(by_message)->enqueue(local_element<tick>::make({1, false, true}), nullptr);
  self->receive([&](caf::down_msg& down) { CHECK(down.source == by_message); });
  CHECK(count_of(self, bystander) == 0);
  CHECK(counters_of(l.counters(), "counting").faults == 2);
  CHECK(all->ended == 2);
}

TEST_CASE_METHOD(one_lane, "an actor whose constructor throws leaves nothing behind", "[lane]") {
  on_lane(l, [&](lane& here) {
    const auto before = here.live();
    CHECK_THROWS_AS(here.spawn<throwing_actor>(), std::runtime_error);
    CHECK(here.live() == before);
    auto& actor = *here.spawn<counting_actor>();
    here.deliver(actor, tick{7});
    CHECK(actor.count() == 7);
  });
}

TEST_CASE_METHOD(one_lane, "counters tell what lives, what was handled and what waits, by class", "[lane]") {
  std::vector<caf::actor> actors;
  for (int i = 0; i < 3; ++i) actors.push_back(spawn());
  on_lane(l, [&](lane& here) {
    auto& actor = *here.spawn<counting_actor>();
    here.deliver(actor, tick{1});
    here.deliver(actor, tick{1, true});
    for (auto& a : actors) caf::anon_send(a, count_request::value); // from the lane: waits until this call is over
    const auto now = counters_of(here.counters(), "counting");
    CHECK(now.live == 3);
    CHECK(now.spawned == 4);
    CHECK(now.events == 2);
    CHECK(now.messages == 0);
    CHECK(now.waiting == 3);
    CHECK(here.live() == 3);
  });
  flush();
  const auto after = counters_of(l.counters(), "counting");
  CHECK(after.messages == 3);
  CHECK(after.waiting == 0);
  CHECK(counters_of(l.counters(), "lane").live == 1);
}

TEST_CASE_METHOD(one_lane, "messages of one sender arrive in order", "[lane]") {
  std::vector<int> seen;
  on_lane(l, [&](lane& here) {
    here.on_message([&](caf::mailbox_element& message, lane&) {
      if (auto* n = local_element<int>::in(message)) seen.push_back(*n);
      else if (message.content().match_elements<int>()) seen.push_back(message.content().get_as<int>(0));
    });
  });
  for (int i = 0; i < 2'000; ++i) {
    if (i % 3 == 0) caf::anon_send(l.handle(), i);
    else caf::actor_cast<caf::abstract_actor*>(l.handle())->enqueue(local_element<int>::make(i), nullptr);
  }
  flush();
  REQUIRE(seen.size() == 2'000);
  CHECK(std::is_sorted(seen.begin(), seen.end()));
}

TEST_CASE_METHOD(one_lane, "elements larger than a block of the pool arrive whole", "[lane]") {
  struct large {
    std::array<int, 100> values;
    std::shared_ptr<int> owned;
  };
  auto owned = std::make_shared<int>(42);
  int sum = 0;
  on_lane(l, [&](lane& here) {
    here.on_message([&](caf::mailbox_element& message, lane&) {
      if (auto* x = local_element<large>::in(message)) sum += x->values[99] + *x->owned;
    });
  });
  large one{{}, owned};
  one.values[99] = 1;
  caf::actor_cast<caf::abstract_actor*>(l.handle())->enqueue(local_element<large>::make(one), nullptr);
  one.owned.reset();
  flush();
  CHECK(sum == 43);
  CHECK(owned.use_count() == 1); // the element was destroyed
}

TEST_CASE("blocks that one thread takes and another gives back are used again", "[lane]") {
  std::vector<void*> blocks(2'000);
  for (auto& b : blocks) b = element_pool::take();
  std::thread{[&] {
    for (auto* b : blocks) element_pool::give(b);
  }}.join();
  std::vector<void*> again(1'000);
  for (auto& b : again) b = element_pool::take();
  std::sort(blocks.begin(), blocks.end());
  const auto used_again = std::count_if(again.begin(), again.end(), [&](void* b) {
    return std::binary_search(blocks.begin(), blocks.end(), b);
  });
  for (auto* b : again) element_pool::give(b);
  CHECK(used_again >= 1'000 - 2 * 256); // less than two batches may have waited in this thread's cache from before
}
