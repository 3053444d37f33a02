// saved_chain_test.cpp: chains at rest as bytes and back, and bytes that are none.
#include "dialer/saved_chain.hpp"

#include "tests/catch.hpp"

using namespace chainring::dialer;

namespace {

saved_chain full() {
  saved_chain c;
  c.records = std::string("records\0and more", 16);
  c.sessions = std::string(300, 's');
  c.sessions_made = 3;
  c.last_called = 1;
  c.timeouts = {{7, 1'767'625'200'000}, {std::uint64_t{2} << 48 ^ 9, -5}};
  c.calls = {{7, 2, 4}};
  c.attempts = {0, 2, 4};
  return c;
}

} // namespace

TEST_CASE("a saved chain comes back from its bytes") {
  const auto before = full();
  const auto after = saved_chain_from(to_bytes(before), 3);
  REQUIRE(after.ok());
  CHECK(after->records == before.records);
  CHECK(after->sessions == before.sessions);
  CHECK(after->sessions_made == before.sessions_made);
  CHECK(after->last_called == before.last_called);
  CHECK(after->timeouts == before.timeouts);
  CHECK(after->calls == before.calls);
  CHECK(after->attempts == before.attempts);
}

TEST_CASE("a saved chain of a format that this version does not know is refused by its number") {
  const auto newest = this_version().saved_chains;
  CHECK(saved_chain_from(to_bytes(full(), 1), 3).ok());
  for (const std::int64_t format : {std::int64_t{0}, newest + 1}) {
    const auto after = saved_chain_from(to_bytes(full(), format), 3);
    REQUIRE_FALSE(after.ok());
    CHECK(after.error().what == "the saved chain has format " + std::to_string(format) + ", this version reads 1 to " +
                                  std::to_string(newest));
  }
}

TEST_CASE("a saved chain does not go over fewer records than it had") {
  CHECK_FALSE(saved_chain_from(to_bytes(full()), 2).ok());
  CHECK_FALSE(saved_chain_from(to_bytes(full()), 4).ok());
  saved_chain first;
  first.attempts = {0};
  CHECK(saved_chain_from(to_bytes(first), 1).ok());
  first.last_called = 1;
  CHECK_FALSE(saved_chain_from(to_bytes(first), 1).ok());
}

TEST_CASE("a damaged saved chain is refused wherever the damage is") {
  const auto bytes = to_bytes(full());
  CHECK_FALSE(saved_chain_from("", 3).ok());
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    auto damaged = bytes;
    damaged[at] = static_cast<char>(damaged[at] ^ 1);
    CHECK_FALSE(saved_chain_from(damaged, 3).ok());
    CHECK_FALSE(saved_chain_from(std::string_view(bytes).substr(0, at), 3).ok());
  }
  CHECK_FALSE(saved_chain_from(bytes + '\0', 3).ok());
}

TEST_CASE("a chain whose records have been called since it was saved is outdated") {
  chain_of_records rows{1, std::vector<record>(3), {}};
  rows.records[1].attempt = 2;
  rows.records[2].attempt = 3;
  CHECK_FALSE(is_outdated(full(), rows));
  rows.records[2].attempt = 4; // the call that it had asked for
  CHECK_FALSE(is_outdated(full(), rows));
  rows.records[2].attempt = 5;
  CHECK(is_outdated(full(), rows));
  rows.records[2].attempt = 4;
  rows.records[0].attempt = 1;
  CHECK(is_outdated(full(), rows));
}
