// outbox_test.cpp: few batches on their way; the rest waits in order, and virtual time with it.
#include "tests/catch.hpp"

#include "actors/outbox.hpp"
#include "actors/virtual_clock.hpp"

using namespace chainring::actors;

TEST_CASE("an outbox sends what its credit allows, in order, the rest later", "[outbox]") {
  virtual_clock time;
  outbox<int> box;
  const int all = static_cast<int>(limits::batch_events_max) * 10 + 10;
  for (int i = 0; i < all; ++i) box.add(i, time);
  int next = 0;
  const auto send = [&](std::size_t items) {
    REQUIRE(box.has_credit());
    const auto batch = box.next();
    CHECK(batch.items.size() == items);
    for (const int item : batch.items) CHECK(item == next++);
    CHECK(batch.token);
  };
  for (std::size_t n = 0; n < limits::batches_in_flight_max; ++n) send(limits::batch_events_max);
  CHECK_FALSE(box.has_credit());
  CHECK(box.waiting() == limits::batch_events_max * 2 + 10);
  CHECK(time.work_in_flight() == 1); // what waits holds the time, what was sent and dropped does not
  taken_batches thanks;
  for (std::size_t n = 1; n < limits::batches_thanked_at_once; ++n) CHECK_FALSE(thanks.take());
  CHECK(thanks.take());
  box.taken();
  send(limits::batch_events_max);
  send(limits::batch_events_max);
  send(10);
  CHECK(box.has_credit());
  CHECK(next == all);
  CHECK(box.empty());
  CHECK(time.work_in_flight() == 0);
}

TEST_CASE("at the end everything goes, whatever the credit", "[outbox]") {
  virtual_clock time;
  outbox<int> box;
  for (std::size_t n = 0; n < limits::batches_in_flight_max; ++n) {
    box.add(1, time);
    box.next();
  }
  for (std::size_t n = 0; n < limits::batch_events_max * 3; ++n) box.add(2, time);
  CHECK_FALSE(box.has_credit());
  CHECK(box.all().items.size() == limits::batch_events_max * 3);
  CHECK(box.empty());
}
