// peer_channel_test.cpp: a peer that takes nothing costs so much and no more; what is sent comes once and in order.
#include "actors/cluster/peer_channel.hpp"

#include "actors/limits.hpp"
#include "tests/catch.hpp"

using namespace chainring::actors;

namespace {

peer_question question(std::uint64_t id, std::size_t bytes = 10) { return {id, "POST", "/t", "", std::string(bytes, 'x')}; }

} // namespace

TEST_CASE("A million questions for a peer that takes nothing are refused when little waits", "[peers]") {
  peer_channel to;
  std::uint64_t put = 0, batches = 0, items = 0;
  for (std::uint64_t n = 1; n <= 1'000'000; ++n) {
    put += to.put(question(n, 2'000)) ? 1 : 0;
    while (auto batch = to.next()) {
      ++batches;
      items += batch->questions.size();
    }
    REQUIRE(to.bytes_waiting() <= limits::peer_bytes_waiting_max);
  }
  CHECK(batches == limits::peer_batches_in_flight_max);
  CHECK(put == items + to.items_waiting());
  CHECK(put < 5'000);
  CHECK_FALSE(peer_channel{}.put(question(1, limits::peer_item_bytes_max + 1)));
}

TEST_CASE("In place of an answer that is too long for a peer goes one that says so", "[peers]") {
  peer_channel to;
  REQUIRE(to.put(peer_answer{7, 200, "application/json", std::string(limits::peer_item_bytes_max, 'x')}));
  REQUIRE(to.put(peer_answer{8, 200, "application/json", std::string(limits::peer_item_bytes_max / 2, 'x')}));
  const auto batch = to.next();
  REQUIRE(batch);
  REQUIRE(batch->answers.size() == 2);
  CHECK(batch->answers[0].id == 7);
  CHECK(batch->answers[0].status == 503);
  CHECK_THAT(batch->answers[0].body, Catch::Contains(R"("what":"the answer is too long for a peer: )") &&
                                       Catch::Contains(" bytes of at most " + std::to_string(limits::peer_item_bytes_max)));
  CHECK(batch->answers[1].id == 8);
  CHECK(batch->answers[1].status == 200);
  CHECK(to.bytes_waiting() == 0);
}

TEST_CASE("Batches go on as the other side takes them, each item once and in order", "[peers]") {
  peer_channel here, there;
  std::uint64_t put = 0, came = 0;
  for (int round = 0; round < 200; ++round) {
    for (int n = 0; n < 700; ++n)
      if (here.put(question(put + 1))) ++put;
    while (auto batch = here.next()) {
      REQUIRE(batch->questions.size() <= limits::peer_batch_items_max);
      REQUIRE(there.take(*batch));
      for (const auto& one : batch->questions) REQUIRE(one.id == ++came);
      REQUIRE(here.in_flight() <= limits::peer_batches_in_flight_max);
      while (auto thanks = there.next()) {
        CHECK(thanks->number == 0);
        REQUIRE(here.take(*thanks));
      }
    }
  }
  CHECK(came == put);
  CHECK(put > 100'000);
  CHECK(here.items_waiting() == 0);
  CHECK(here.bytes_waiting() == 0);
}

TEST_CASE("A side that sends more than its credit, leaves a batch out or thanks for what was not sent is found out", "[peers]") {
  peer_channel one;
  CHECK_FALSE(one.take({.number = 2}));
  CHECK_FALSE(one.take({.taken = 1}));
  for (std::uint64_t n = 1; n <= limits::peer_batches_in_flight_max; ++n) CHECK(one.take({.number = n}));
  CHECK_FALSE(one.take({.number = limits::peer_batches_in_flight_max + 1})); // it has not been thanked
  CHECK(one.next()->taken == limits::peer_batches_in_flight_max);
  CHECK(one.take({.number = limits::peer_batches_in_flight_max + 1}));
  CHECK_FALSE(one.take({.number = limits::peer_batches_in_flight_max + 1}));
}

TEST_CASE("What has not left can be taken back, what has left cannot", "[peers]") {
  peer_channel one;
  REQUIRE(one.put(question(1)));
  REQUIRE(one.put(question(2)));
  CHECK(one.take_back(1));
  CHECK_FALSE(one.take_back(1));
  const auto batch = one.next();
  REQUIRE(batch);
  CHECK(batch->questions.size() == 1);
  CHECK(batch->questions[0].id == 2);
  CHECK_FALSE(one.take_back(2));
  CHECK(one.bytes_waiting() == 0);
}
