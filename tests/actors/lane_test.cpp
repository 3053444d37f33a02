// lane_test.cpp: lane actors as the rest of CAF sees them.
#include "tests/catch.hpp"

#include <string>
#include <vector>

#include <caf/event_based_actor.hpp>
#include <caf/exit_reason.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/sec.hpp>
#include <caf/send.hpp>

#include "tests/actors/support.hpp"

using namespace chainring::actors;
using namespace chainring::actors::testing;
using caf::infinite;

namespace {

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
};

} // namespace

TEST_CASE_METHOD(one_lane, "a lane actor answers a request", "[lane]") {
  auto actor = spawn();
  caf::scoped_actor self{system};
  caf::anon_send(actor, 5); // nobody's message
  std::uint64_t count = 99;
  self->request(actor, infinite, count_request::value).receive([&](std::uint64_t n) { count = n; }, [](caf::error&) {});
  CHECK(count == 0);
}

TEST_CASE_METHOD(one_lane, "a request that nobody knows is bounced", "[lane]") {
  auto actor = spawn();
  caf::scoped_actor self{system};
  caf::error problem;
  self->request(actor, infinite, std::string{"what"}).receive([] {}, [&](caf::error& e) { problem = e; });
  CHECK(problem == caf::sec::unexpected_message);
}

TEST_CASE_METHOD(one_lane, "a request to an ended actor is bounced as by CAF's own", "[lane]") {
  auto actor = spawn();
  caf::scoped_actor self{system};
  self->monitor(actor);
  caf::anon_send(actor, end_request::value);
  self->receive([](caf::down_msg& down) { CHECK(!down.reason); });
  caf::error problem;
  self->request(actor, infinite, count_request::value).receive([](std::uint64_t) {}, [&](caf::error& e) { problem = e; });
  CHECK(problem == caf::sec::request_receiver_down);
}
