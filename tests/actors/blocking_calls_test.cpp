// blocking_calls_test.cpp: what hangs holds up nobody else, and whoever waits for it can go.
#include "actors/blocking_calls.hpp"

#include <atomic>
#include <future>
#include <string>

#include "actors/io_threads.hpp"
#include "tests/actors/gate.hpp"
#include "tests/catch.hpp"

using namespace chainring::actors;
using chainring::tests::gate;

namespace {

/// The answer of a call, once it has come.
template <class Call>
auto answer_of(blocking_calls& calls, const std::string& key, Call call) {
  auto promise = std::make_shared<std::promise<decltype(call())>>();
  calls.run(key, std::move(call), [promise](const decltype(call())& got) { promise->set_value(got); });
  return promise->get_future();
}

} // namespace

TEST_CASE("a call that hangs holds up no other one, nor a thread of the sockets") {
  io_threads io;
  gate closed;
  auto hanging = answer_of(io.names(), "hangs", [closed] { return closed.wait(), 1; });
  CHECK(answer_of(io.names(), "other", [] { return 2; }).get() == 2);
  std::promise<void> posted;
  io.post([&] { posted.set_value(); });
  posted.get_future().wait();
  closed.open();
  CHECK(hanging.get() == 1);
}

TEST_CASE("who asks for what is on its way gets what that comes to") {
  io_threads io;
  gate closed;
  auto calls = std::make_shared<std::atomic<int>>(0);
  const auto counted = [closed, calls] { return closed.wait(), ++*calls; };
  auto first = answer_of(io.names(), "one", counted), second = answer_of(io.names(), "one", counted);
  closed.open();
  CHECK(first.get() == 1);
  CHECK(second.get() == 1);
  CHECK(answer_of(io.names(), "one", counted).get() == 2); // which is over
}

TEST_CASE("no more than allowed run at once, the others wait for their turn") {
  io_threads io;
  blocking_calls calls{io.context(), 2};
  gate closed;
  auto running = std::make_shared<std::atomic<int>>(0), most = std::make_shared<std::atomic<int>>(0);
  std::vector<std::future<int>> answers;
  for (int n = 0; n < 6; ++n)
    answers.push_back(answer_of(calls, std::to_string(n), [closed, running, most, n] {
      const int now = ++*running;
      for (int seen = *most; seen < now && !most->compare_exchange_weak(seen, now);) {}
      closed.wait();
      --*running;
      return n;
    }));
  closed.open();
  for (int n = 0; n < 6; ++n) CHECK(answers[static_cast<std::size_t>(n)].get() == n);
  CHECK(*most <= 2);
}

TEST_CASE("stopping waits for nothing that hangs, and tells nobody") {
  gate closed;
  auto told = std::make_shared<bool>(false);
  {
    io_threads io;
    io.names().run("hangs", [closed] { return closed.wait(), 1; }, [told](int) { *told = true; });
  }
  CHECK(told.use_count() == 1); // who waited is forgotten
  closed.open();
  CHECK_FALSE(*told);
}
