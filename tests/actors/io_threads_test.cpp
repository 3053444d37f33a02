// io_threads_test.cpp: who has much to compute keeps nobody waiting who has little.
#include "actors/io_threads.hpp"

#include <future>
#include <string>

#include "tests/actors/gate.hpp"
#include "tests/catch.hpp"

using namespace chainring::actors;

TEST_CASE("those for whom the worker computes take turns") {
  io_threads io;
  chainring::tests::gate closed;
  std::string done;
  std::promise<void> begun, last;
  io.compute("much", [&] {
    begun.set_value();
    closed.wait();
  });
  begun.get_future().wait();
  for (const char which : {'1', '2', '3'})
    io.compute("much", [&, which] {
      done += which;
      if (which == '3') last.set_value();
    });
  io.compute("little", [&] { done += 'l'; });
  io.compute("another", [&] { done += 'a'; });
  closed.open();
  last.get_future().wait();
  CHECK(done == "1la23");
}
