// lane_end_test.cpp: who hears of an actor's end, and how a lane ends.
#include "tests/catch.hpp"

#include <chrono>
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

/// A class, because CAF's spawn of a function without arguments binds a reference to null.
struct idle final : caf::event_based_actor {
  using caf::event_based_actor::event_based_actor;
  caf::behavior make_behavior() override {
    return {[](int) {}};
  }
};

caf::error down_reason(caf::scoped_actor& self) {
  caf::error reason;
  self->receive([&](caf::down_msg& down) { reason = down.reason; });
  return reason;
}

void link(const caf::actor& one, const caf::actor& other) {
  caf::actor_cast<caf::abstract_actor*>(one)->add_link(caf::actor_cast<caf::abstract_actor*>(other));
}

} // namespace

TEST_CASE_METHOD(one_lane, "a request to an ended actor is bounced as by CAF's own", "[lane][end]") {
  auto actor = spawn();
  caf::scoped_actor self{system};
  self->monitor(actor);
  caf::anon_send(actor, end_request::value);
  CHECK(!down_reason(self));
  caf::error problem;
  self->request(actor, infinite, count_request::value).receive([](std::uint64_t) {}, [&](caf::error& e) { problem = e; });
  CHECK(problem == caf::sec::request_receiver_down);
}

TEST_CASE_METHOD(one_lane, "requests that wait when the actor ends are bounced", "[lane][end]") {
  auto actor = spawn();
  caf::scoped_actor self{system};
  caf::error problem;
  std::promise<void> sent;
  l.post([ready = sent.get_future().share()](lane&) { ready.wait(); }); // busy until both messages are in the mailbox
  caf::anon_send(actor, end_request::value);
  auto pending = self->request(actor, infinite, count_request::value);
  sent.set_value();
  pending.receive([](std::uint64_t) {}, [&](caf::error& e) { problem = e; });
  CHECK(problem == caf::sec::request_receiver_down);
}

TEST_CASE_METHOD(one_lane, "a monitor hears why an actor ended, before and after", "[lane][end]") {
  caf::scoped_actor self{system};
  auto killed = spawn();
  self->monitor(killed);
  caf::anon_send_exit(killed, caf::exit_reason::kill);
  CHECK(down_reason(self) == caf::exit_reason::kill);
  self->monitor(killed); // it is long dead
  CHECK(down_reason(self) == caf::exit_reason::kill);
  auto told = spawn();
  self->monitor(told);
  self->demonitor(told);
  caf::anon_send_exit(told, caf::exit_reason::user_shutdown);
  flush();
  CHECK(all->ended == 2);
  bool heard = false;
  self->receive([&](caf::down_msg&) { heard = true; }, caf::after(std::chrono::seconds{0}) >> [] {});
  CHECK_FALSE(heard);
}

TEST_CASE_METHOD(one_lane, "a link takes the other side along, whichever asked for it", "[lane][end]") {
  caf::scoped_actor self{system};
  for (const bool from_lane : {true, false}) {
    auto scheduled = system.spawn<idle>();
    auto actor = spawn();
    from_lane ? link(actor, scheduled) : link(scheduled, actor);
    self->monitor(scheduled);
    caf::anon_send_exit(actor, caf::exit_reason::user_shutdown);
    CHECK(down_reason(self) == caf::exit_reason::user_shutdown);

    scheduled = system.spawn<idle>();
    actor = spawn();
    from_lane ? link(actor, scheduled) : link(scheduled, actor);
    self->monitor(actor);
    caf::anon_send_exit(scheduled, caf::exit_reason::user_shutdown);
    CHECK(down_reason(self) == caf::exit_reason::user_shutdown);
  }
  auto ended = spawn();
  self->monitor(ended);
  caf::anon_send_exit(ended, caf::exit_reason::kill);
  CHECK(down_reason(self) == caf::exit_reason::kill);
  auto late = spawn();
  self->monitor(late);
  link(late, ended);
  CHECK(down_reason(self) == caf::exit_reason::kill);
}

TEST_CASE_METHOD(one_lane, "links are taken back, and two actors of one lane can be linked", "[lane][end]") {
  caf::scoped_actor self{system};
  auto one = spawn();
  auto other = spawn();
  auto free = spawn();
  link(one, other);
  link(one, free);
  caf::actor_cast<caf::abstract_actor*>(free)->remove_link(caf::actor_cast<caf::abstract_actor*>(one));
  self->monitor(other);
  caf::anon_send_exit(one, caf::exit_reason::user_shutdown);
  CHECK(down_reason(self) == caf::exit_reason::user_shutdown);
  flush();
  CHECK(all->ended == 2);
}

TEST_CASE_METHOD(one_lane, "a normal end of a linked actor is ignored", "[lane][end]") {
  auto one = spawn();
  auto other = spawn();
  link(one, other);
  caf::anon_send(one, end_request::value);
  flush();
  flush();
  CHECK(all->ended == 1);
  caf::scoped_actor self{system};
  bool alive = false;
  self->request(other, infinite, count_request::value).receive([&](std::uint64_t) { alive = true; }, [](caf::error&) {});
  CHECK(alive);
}

TEST_CASE_METHOD(one_lane, "CAF's clock delivers to a lane actor", "[lane][end]") {
  auto actor = spawn();
  caf::scoped_actor self{system};
  self->monitor(actor);
  self->delayed_send(actor, std::chrono::milliseconds{1}, end_request::value);
  CHECK(!down_reason(self));
}

TEST_CASE_METHOD(one_lane, "an end inside a step bounces what another thread sends meanwhile", "[lane][end]") {
  // The sender and the step race; whatever wins, the request is answered or bounced and nothing leaks.
  caf::scoped_actor self{system};
  std::size_t answered = 0;
  std::size_t bounced = 0;
  for (int round = 0; round < 300; ++round) {
    auto actor = spawn();
    l.post([actor](lane& here) {
      here.deliver(*static_cast<counting_actor*>(caf::actor_cast<caf::abstract_actor*>(actor)), tick{1, true});
    });
    self->request(actor, infinite, count_request::value)
        .receive([&](std::uint64_t) { ++answered; },
                 [&](caf::error& e) { bounced += e == caf::sec::request_receiver_down ? 1 : 0; });
  }
  CHECK(answered + bounced == 300);
  flush();
  CHECK(all->ended == 300);
}

TEST_CASE("a lane with a reason to stop ends all its actors and then itself", "[lane][end]") {
  auto all = std::make_shared<census>();
  still_clock time;
  lane l{lane::block_bytes<counting_actor>(), time};
  quiet_config config;
  {
    caf::actor_system system{config};
    l.start(system);
    caf::scoped_actor self{system};
    std::vector<caf::actor> actors;
    for (int i = 0; i < 1'000; ++i)
      actors.push_back(on_lane(l, [&](lane& here) { return here.spawn<counting_actor>(all)->handle(); }));
    for (const auto& a : actors) self->monitor(a);
    l.stop(caf::exit_reason::remote_link_unreachable);
    l.join();
    for (std::size_t i = 0; i < actors.size(); ++i) {
      if (down_reason(self) != caf::exit_reason::remote_link_unreachable) FAIL("another reason");
    }
    CHECK(all->ended == 1'000);
    CHECK(all->ended_elsewhere == 0);
    CHECK(all->destroyed == 0); // we hold them
    caf::error problem;
    self->request(l.handle(), infinite, 1).receive([] {}, [&](caf::error& e) { problem = e; });
    CHECK(problem == caf::sec::request_receiver_down);
    bool ran = false;
    l.post([&](lane&) { ran = true; }); // nobody is there
    CHECK_FALSE(ran);
  }
  CHECK(all->destroyed == 1'000);
}

TEST_CASE("a lane without a reason waits for its actors", "[lane][end]") {
  auto all = std::make_shared<census>();
  still_clock time;
  lane l{lane::block_bytes<counting_actor>(), time};
  quiet_config config;
  caf::actor_system system{config};
  l.start(system);
  auto actor = on_lane(l, [&](lane& here) { return here.spawn<counting_actor>(all)->handle(); });
  l.stop();
  on_lane(l, [](lane& here) { CHECK(here.live() == 1); }); // still there
  caf::anon_send(actor, end_request::value);
  l.join();
  CHECK(all->ended == 1);
}

TEST_CASE("a lane that gets an exit message stops as if told to", "[lane][end]") {
  auto all = std::make_shared<census>();
  still_clock time;
  lane l{lane::block_bytes<counting_actor>(), time};
  quiet_config config;
  caf::actor_system system{config};
  l.start(system);
  on_lane(l, [&](lane& here) { return here.spawn<counting_actor>(all) != nullptr; });
  caf::anon_send_exit(l.handle(), caf::exit_reason::user_shutdown);
  l.join();
  CHECK(all->ended == 1);
  CHECK(all->destroyed == 1);
}

TEST_CASE("lanes that nobody used stop", "[lane][end]") {
  still_clock time;
  lane one{lane::block_bytes<counting_actor>(), time};
  lane other{lane::block_bytes<counting_actor>(), time};
  quiet_config config;
  caf::actor_system system{config};
  one.start(system);
  other.start(system);
  one.stop();
  other.stop();
  one.join();
  other.join();
  CHECK(one.counters().size() == 1);
}
