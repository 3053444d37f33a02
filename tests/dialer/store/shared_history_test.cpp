// shared_history_test.cpp: the outbox of history records of a store that several nodes work on.
#include <algorithm>

#include "dialer/store/shared_store.hpp"
#include "tests/catch.hpp"
#include "tests/dialer/store/postgres_server.hpp"

using namespace chainring::dialer;

namespace {

constexpr std::int64_t long_lease_ms = 600'000;
const std::string crm = "http://crm/";

using receivers = std::vector<std::pair<std::string, std::int64_t>>;

} // namespace

TEST_CASE("A member counts the history records of its own chains, and knows the receivers of all", "[shards][postgres]") {
  postgres_place place;
  constexpr std::int64_t chains = 40;
  list_id list = 0;
  {
    auto alone = opened(place);
    list = people(*alone, chains);
    for (std::int64_t chain = 1; chain <= chains; ++chain) {
      auto intent = std::get<write_intent>(intent_of(list, chain, 1, 1));
      intent.history = std::make_shared<history_post>(history_post{crm, "{}"});
      good(alone->commit({intent}));
    }
    CHECK(good(alone->history_receivers()) == receivers{{crm, chains}});
  }
  auto member = good(open_shared(place.uri()));
  const auto epoch = good(member->join("a", long_lease_ms));
  CHECK(good(member->history_receivers()) == receivers{{crm, 0}});
  const auto mine = good(good(open_membership(place.uri(), epoch))->claim(20));
  member->work_on(mine);
  std::int64_t expected = 0;
  for (std::int64_t chain = 1; chain <= chains; ++chain) expected += mine[shard_of(list, chain)] ? 1 : 0;
  CHECK(expected > 0);
  CHECK(expected < chains);
  CHECK(good(member->history_receivers()) == receivers{{crm, expected}});
  CHECK(std::ssize(good(member->waiting_history(crm, 100, {}))) == expected);
  member->work_on({});
  CHECK(good(member->history_receivers()) == receivers{{crm, 0}});
}
