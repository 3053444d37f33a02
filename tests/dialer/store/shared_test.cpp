// shared_test.cpp: a store that several nodes work on: leases, shards, and what is fenced.
#include "dialer/store/shared_store.hpp"

#include <map>
#include <thread>

#include "dialer/store/postgres/schema.hpp"
#include "tests/catch.hpp"
#include "tests/dialer/store/postgres_server.hpp"

using namespace chainring::dialer;

namespace {

constexpr std::int64_t long_lease_ms = 600'000;

struct member {
  std::unique_ptr<shared_store> in;
  std::int64_t epoch = 0;
  std::unique_ptr<membership> shards;
  shard_set mine;

  member(postgres_place& place, const char* node) : in(good(open_shared(place.uri()))) {
    epoch = good(in->join(node, long_lease_ms));
    shards = good(open_membership(place.uri(), epoch));
  }
  void claim(std::size_t most) {
    mine |= good(shards->claim(most));
    in->work_on(mine);
  }
  std::vector<std::int64_t> take(list_id list, bool put_away_only = false) {
    std::vector<std::int64_t> ids;
    for (const auto& chain : good(in->take_ready({.list = list, .chains_max = 1'000, .put_away_only = put_away_only})).chains)
      ids.push_back(chain.chain_id);
    return ids;
  }
};

/// The list "people", and nobody works on the store any more.
list_id people_in(postgres_place& place, std::int64_t chains) { return people(*opened(place), chains); }

/// As when it has not renewed its lease in time.
void let_lease_pass(postgres_place& place, const member& who) {
  place.sql("UPDATE members SET lease_until = clock_timestamp() - interval '1 second' WHERE epoch = " + std::to_string(who.epoch));
}

} // namespace

TEST_CASE("A chain's shard is the same in the store and out of it, and ids of any pattern are spread", "[shards][postgres]") {
  postgres_place place;
  opened(place);
  for (const std::int64_t id : {std::int64_t{1}, std::int64_t{255}, std::int64_t{256}, std::int64_t{-3}, INT64_MAX, INT64_MIN})
    for (const std::int32_t list : {1, 77})
      CHECK(place.sql("SELECT shard_of(" + std::to_string(list) + ", " +
                      (id == INT64_MIN ? std::string("(-9223372036854775807 - 1)") : std::to_string(id)) + ")") ==
            std::to_string(shard_of(list, id)));
  for (const std::int64_t step : {1, 7, 256, 65'536}) {
    std::vector<int> chains(shards_count);
    for (std::int64_t i = 0; i < 25'600; ++i) ++chains[shard_of(1, i * step)];
    const auto [least, most] = std::minmax_element(chains.begin(), chains.end());
    CHECK(*least >= 50);
    CHECK(*most <= 200);
  }
}

TEST_CASE("Members share out the shards, and each takes the chains of its own", "[shards][postgres]") {
  postgres_place place;
  const auto list = people_in(place, 100);
  member a(place, "a");
  a.claim(50);
  member b(place, "b");
  b.claim(256);
  CHECK(a.mine.count() == 50);
  CHECK(b.mine.count() == 206);
  CHECK((a.mine & b.mine).none());
  const auto of_a = a.take(list), of_b = b.take(list);
  CHECK(of_a.size() + of_b.size() == 100);
  for (const auto id : of_a) CHECK(a.mine[shard_of(list, id)]);
  for (const auto id : of_b) CHECK(b.mine[shard_of(list, id)]);
  REQUIRE_FALSE(of_b.empty());

  SECTION("what one writes for a chain of the other's is refused, and the rest can be stored") {
    const auto refused = a.in->commit({intent_of(list, of_a[0], 1, 1), intent_of(list, of_b[0], 1, 1)});
    CHECK(refused.outcome == commit_outcome::refused);
    CHECK(refused.error().what == "a chain of another node's shard");
    good(a.in->commit({intent_of(list, of_a[0], 1, 1)}));
    good(b.in->commit({intent_of(list, of_b[0], 1, 1)}));
  }
  SECTION("passive chains come back at home") {
    good(a.in->commit({write_instance{.list = list, .chain_id = of_a[0], .bytes = "waits", .due_ms = 500}}));
    CHECK(good(b.in->activate({.list = list, .at_ms = 900})).chains.empty());
    CHECK(good(b.in->activate({.list = list, .chain_id = of_a[0]})).chains.empty());
    CHECK(good(a.in->activate({.list = list, .at_ms = 900})).chains.size() == 1);
  }
  SECTION("nobody can have the store alone, and who has it alone shares it with nobody") {
    auto third = opened(place);
    const auto refused = third->own("third");
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().what == "store is in use by node b");
  }
  SECTION("released shards are free for others") {
    good(b.shards->release(b.mine));
    CHECK(good(b.shards->claim(0)).none());
    CHECK(good(a.shards->claim(256)) == b.mine);
    CHECK(b.in->commit({intent_of(list, of_b[0], 1, 1)}).outcome == commit_outcome::refused);
  }
}

TEST_CASE("Who has the store alone shares it with nobody", "[shards][postgres]") {
  postgres_place place;
  auto alone = opened(place);
  good(alone->own("alone"));
  auto other = good(open_shared(place.uri()));
  const auto refused = other->join("other", long_lease_ms);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().what == "one node alone works on the store");
  CHECK_FALSE(open_shared("people.db").ok());
}

TEST_CASE("A member whose lease is over loses its shards, its calls become unknown, and it writes nothing any more",
          "[shards][postgres]") {
  postgres_place place;
  const auto list = people_in(place, 40);
  member a(place, "a"), b(place, "b");
  a.claim(128);
  b.claim(128);
  const auto of_a = a.take(list);
  REQUIRE(of_a.size() > 2);
  good(a.in->commit({intent_of(list, of_a[0], 1, 1),
                     write_instance{.list = list, .chain_id = of_a[1], .bytes = "waits", .due_ms = 500}}));
  CHECK(good(b.shards->end_expired()).empty());
  CHECK(good(b.shards->members()).size() == 2);
  let_lease_pass(place, a);
  CHECK(good(b.shards->members())[0].lease_left_ms < 0);
  const auto now_ms = good(b.shards->renew(long_lease_ms));
  REQUIRE(now_ms);
  CHECK(good(b.shards->end_expired(*now_ms - 30'000)).empty()); // it was over later than that
  CHECK(good(b.shards->end_expired(INT64_MAX, long_lease_ms)).empty()); // so much of its own is not left any more
  let_lease_pass(place, b);
  CHECK(good(b.shards->end_expired()).empty()); // its own is over, too
  good(b.shards->renew(long_lease_ms));
  const auto ended = good(b.shards->end_expired());
  REQUIRE(ended.size() == 1);
  CHECK(ended[0].node == "a");
  CHECK(ended[0].shards == a.mine);

  CHECK_FALSE(good(a.shards->renew(long_lease_ms)));
  CHECK(good(a.shards->claim(256)).none());
  const std::vector<chainring::dialer::write> late = {result_of(list, of_a[0], 1, 1, call_result::busy)};
  CHECK(a.in->commit(late).outcome == commit_outcome::unknown); // its connection is gone
  CHECK(a.in->commit(late).outcome == commit_outcome::fenced);
  CHECK_FALSE(a.in->take_ready({.list = list}).ok());

  b.claim(256);
  CHECK(b.mine.count() == 256);
  const auto lost = good(b.in->take_over(list, a.mine, 9'000, {}));
  REQUIRE(lost.size() == 1);
  CHECK(lost[0].chain_id == of_a[0]);
  CHECK(lost[0].state == attempt_state::unknown);
  auto taken = b.take(list);
  for (const auto id : of_a) CHECK(std::count(taken.begin(), taken.end(), id) == (id == of_a[1] ? 0 : 1)); // it is passive
  CHECK(good(b.in->activate({.list = list, .at_ms = 900})).chains.size() == 1);
}

TEST_CASE("A member's connection breaks and comes back, and what it had committed is found out", "[shards][postgres]") {
  postgres_place place;
  const auto list = people_in(place, 4);
  member a(place, "a"), b(place, "b");
  a.claim(256);
  const auto ids = a.take(list);
  REQUIRE(ids.size() == 4);
  place.server().sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'chainring'");
  CHECK(a.in->commit({intent_of(list, 1, 1, 1)}).outcome == commit_outcome::unknown);
  good(a.in->commit({intent_of(list, 1, 1, 1)}));
  if (!a.shards->renew(long_lease_ms).ok()) CHECK(good(a.shards->renew(long_lease_ms)));
  const auto seen = [&] {
    auto all = b.shards->members();
    return all.ok() ? all : b.shards->members();
  }();
  REQUIRE(good(seen).size() == 2);
  CHECK((*seen)[0].shards.count() == 256);
  CHECK((*seen)[0].lease_left_ms > long_lease_ms / 2);
}

namespace {

budget_share share_of(const char* key, share_units has, shared_budget budget = {30, 40'000}) {
  return {.key = key, .has = has, .wanted = {7, 9}, .budget = budget, .channels_held_ms = 60'000, .starts_held_ms = 60'000};
}

share_units claim(const member& of, const char* key, share_units more) {
  return good(of.shards->claim_shares({{key, more}})).at(0);
}

share_units sum_of(const budget_shares& shares, std::string_view key) {
  share_units sum;
  for (const auto& one : shares.all)
    if (one.key == key) sum.channels += one.has.channels, sum.starts += one.has.starts;
  return sum;
}

} // namespace

TEST_CASE("A store of the schema before this one is brought up with its members and shards, and they go on", "[trunks][postgres]") {
  postgres_place place;
  for (std::size_t n = 0; n < 2; ++n) place.sql(std::string(postgres::migrations()[n]));
  place.sql("INSERT INTO meta (key, value) VALUES ('schema', '2') ON CONFLICT (key) DO UPDATE SET value = excluded.value; "
            "INSERT INTO members (node, lease_until) VALUES ('before', clock_timestamp() + interval '1 hour'); "
            "UPDATE shards SET epoch = (SELECT max(epoch) FROM members) WHERE shard < 100");
  member a(place, "a");
  const auto all = good(a.shards->members());
  REQUIRE(all.size() == 2);
  CHECK(all[0].node == "before");
  CHECK_FALSE(all[0].leaving);
  CHECK(all[0].shards.count() == 100);
  CHECK(good(a.shards->share_budgets({share_of("sim", {})})).all.size() == 1);
}

TEST_CASE("Members' shares of a trunk are never more than its budget, the smallest that one of them names", "[trunks][postgres]") {
  postgres_place place;
  member a(place, "a"), b(place, "b");
  CHECK(claim(a, "sim", {5, 5}) == share_units{}); // it has not said what it has
  auto all = good(a.shards->share_budgets({share_of("sim", {}), share_of("mail", {}, {2, 500})}));
  REQUIRE(all.all.size() == 2);
  CHECK(claim(a, "sim", {100, 25}) == share_units{30, 25});
  CHECK(claim(a, "mail", {1, 4}) == share_units{1, 1}); // less than one a second is one that is not shared
  good(b.shards->share_budgets({share_of("sim", {})}));
  CHECK(claim(b, "sim", {9, 9}) == share_units{0, 9});
  good(a.shards->share_budgets({share_of("sim", {12, 99})}));
  CHECK(claim(b, "sim", {9, 9}) == share_units{9, 15});
  all = good(b.shards->share_budgets({share_of("sim", {9, 15})}));
  REQUIRE(all.all.size() == 3);
  CHECK(all.all[1].node == "a");
  CHECK(all.all[1].has == share_units{12, 25}); // what it says beyond what it has counts for nothing
  CHECK(all.all[1].wanted == share_units{7, 9});
  CHECK(all.all[1].budget == shared_budget{30, 40'000});
  CHECK(all.all[1].at == budget_share::standing::lives);

  SECTION("a member with a smaller budget leaves nobody more") {
    member c(place, "c");
    good(c.shards->share_budgets({share_of("sim", {}, {22, 41'500})}));
    CHECK(claim(c, "sim", {30, 30}) == share_units{1, 0});
    CHECK(claim(a, "sim", {30, 30}) == share_units{12, 25});
  }
  SECTION("one that leaves is known for it, and its channels are free with its end, its calls per second a moment later") {
    good(a.shards->begin_leaving());
    CHECK(good(b.shards->members())[0].leaving);
    CHECK(good(b.shards->share_budgets({share_of("sim", {9, 15})})).all[1].at == budget_share::standing::leaves);
    good(a.shards->leave(true));
    all = good(b.shards->share_budgets({share_of("sim", {9, 15})}));
    CHECK(sum_of(all, "sim") == share_units{9, 40});
    CHECK(claim(b, "sim", {30, 30}) == share_units{30, 15});
    place.sql("UPDATE members SET lease_until = lease_until - interval '61 s' WHERE node = 'a'");
    CHECK(sum_of(good(b.shards->share_budgets({share_of("sim", {30, 15})})), "sim") == share_units{30, 15});
    CHECK(claim(b, "sim", {30, 30}) == share_units{30, 40});
  }
  SECTION("what a dead one had is held until its lease is over, and a time longer") {
    let_lease_pass(place, a); // a second ago
    CHECK(good(b.shards->share_budgets({share_of("sim", {9, 15})})).all[1].at == budget_share::standing::is_gone);
    place.sql("UPDATE trunk_shares SET starts_held_ms = 900 WHERE trunk = 'sim'");
    all = good(b.shards->share_budgets({share_of("sim", {9, 15})}));
    CHECK(sum_of(all, "sim") == share_units{21, 40}); // as long as nobody has ended it
    good(b.shards->end_expired());
    all = good(b.shards->share_budgets({share_of("sim", {9, 15})}));
    CHECK(sum_of(all, "sim") == share_units{21, 15});
    CHECK(claim(b, "sim", {30, 30}) == share_units{18, 40});
    CHECK(claim(a, "sim", {30, 30}).channels <= 12);
    good(a.shards->share_budgets({share_of("new", {})}));
    place.sql("UPDATE trunk_shares SET channels_held_ms = 0 WHERE trunk = 'sim'");
    all = good(b.shards->share_budgets({share_of("sim", {18, 40})}));
    CHECK(sum_of(all, "sim") == share_units{18, 40});
    for (const auto& one : all.all) CHECK((one.key == "mail" || one.node == "b"));
  }
}

TEST_CASE("A member claims of several budgets at once, and gets of each what it leaves", "[trunks][postgres]") {
  postgres_place place;
  member a(place, "a"), b(place, "b");
  good(a.shards->share_budgets({share_of("sim", {}), share_of("mail", {}, {8, 5'000}), share_of("sms", {})}));
  good(b.shards->share_budgets({share_of("mail", {})}));
  CHECK(claim(b, "mail", {5, 1}) == share_units{5, 1});
  CHECK(good(a.shards->claim_shares({{"sms", {0, 2}}, {"nobody's", {1, 1}}, {"mail", {9, 9}}, {"sim", {4, 0}}})) ==
        std::vector<share_units>{{0, 2}, {0, 0}, {3, 4}, {4, 0}});
  CHECK(good(a.shards->claim_shares({})).empty());
}

TEST_CASE("Members that claim at once get no more of a trunk than there is", "[trunks][postgres]") {
  postgres_place place;
  std::vector<std::unique_ptr<member>> all;
  for (const auto* node : {"a", "b", "c"}) {
    all.push_back(std::make_unique<member>(place, node));
    good(all.back()->shards->share_budgets({share_of("sim", {}, {100, 50'000})}));
  }
  std::vector<share_units> has(all.size());
  std::vector<std::thread> threads;
  for (std::size_t n = 0; n < all.size(); ++n)
    threads.emplace_back([&, n] {
      for (int i = 0; i < 60; ++i)
        if (auto got = all[n]->shards->claim_shares({{"sim", {1, 1}}, {"mail", {1, 1}}}); got) has[n] = got->at(0);
    });
  for (auto& t : threads) t.join();
  share_units sum;
  for (const auto& one : has) sum.channels += one.channels, sum.starts += one.starts;
  CHECK(sum == share_units{100, 50});
}

TEST_CASE("A member renews its lease while its take-over looks through a table", "[shards][postgres]") {
  postgres_place place;
  const auto list = people_in(place, 40);
  member a(place, "a"), b(place, "b");
  a.claim(256);
  const auto of_a = a.take(list);
  good(a.shards->leave(true));
  b.claim(256);
  auto in_the_way = good(postgres::connection::open(place.uri(), "a test"));
  good(in_the_way->ask("BEGIN"));
  good(in_the_way->ask("LOCK TABLE list_" + std::to_string(list) + " IN ACCESS EXCLUSIVE MODE"));
  bool done = false;
  std::thread takes_over([&] { done = b.in->take_over(list, b.mine, 9'000, {}).ok(); });
  while (place.sql("SELECT count(*) FROM pg_locks WHERE NOT granted") == "0") std::this_thread::yield();
  CHECK(good(b.shards->renew(long_lease_ms)));
  good(in_the_way->ask("COMMIT"));
  takes_over.join();
  CHECK(done);
  b.in->work_on(b.mine);
  CHECK(b.take(list).size() == of_a.size());
}

TEST_CASE("Passive chains are counted by shard", "[shards][postgres]") {
  postgres_place place;
  const auto list = people_in(place, 40);
  member a(place, "a");
  a.claim(256);
  std::map<std::size_t, std::int64_t> wanted;
  for (const auto id : a.take(list)) {
    good(a.in->commit({write_instance{.list = list, .chain_id = id, .bytes = "waits", .due_ms = 500}}));
    ++wanted[shard_of(list, id)];
  }
  std::map<std::size_t, std::int64_t> counted;
  for (const auto& one : good(a.in->count_passive(list, a.mine))) counted[one.shard] = one.chains;
  CHECK(counted == wanted);
  CHECK(good(a.in->count_passive(list, {})).empty());
}

TEST_CASE("Of nodes that start at once one imports lists at a time", "[shards][postgres]") {
  postgres_place place, other_place;
  auto a = good(open_shared(place.uri())), b = good(open_shared(place.uri())), elsewhere = good(open_shared(other_place.uri()));
  auto turn = good(a->try_import_turn());
  REQUIRE(turn);
  CHECK_FALSE(good(b->try_import_turn()));
  CHECK(good(elsewhere->try_import_turn()));
  turn.reset();
  std::unique_ptr<import_turn> next;
  for (int looks = 0; !next && looks < 1'000; ++looks) next = good(b->try_import_turn()); // when the server has heard of it
  CHECK(next);
  good(a->join("a", long_lease_ms)); // members come meanwhile
}

TEST_CASE("Handles of several members do not meet, and a member that leaves frees its shards", "[shards][postgres]") {
  postgres_place place;
  member a(place, "a"), b(place, "b");
  const auto first = good(a.in->reserve_handles(1'000)), second = good(b.in->reserve_handles(1'000));
  CHECK(first >= 1);
  CHECK(second == first + 1'000);
  a.claim(256);
  CHECK(good(b.shards->claim(10)).none());
  good(a.shards->leave(true));
  CHECK(good(b.shards->claim(10)).count() == 10);
  CHECK(good(b.shards->members()).size() == 1);
  CHECK_FALSE(good(a.shards->renew(long_lease_ms)));
}

TEST_CASE("A member that was stopped within a transaction is ended all the same", "[shards][postgres]") {
  postgres_place place;
  const auto list = people(*opened(place), 4);
  member a(place, "a"), b(place, "b");
  a.claim(256);
  a.take(list);
  std::size_t ended = 0;
  const auto read = a.in->export_records(list, [&](const record& row) { // within a transaction
    if (row.record_id != 11) return true;
    let_lease_pass(place, a);
    ended = good(b.shards->end_expired()).size();
    return true;
  });
  CHECK_FALSE(read.ok());
  CHECK(ended == 1);
  CHECK(a.in->commit({intent_of(list, 1, 1, 1)}).outcome == commit_outcome::fenced);
}

TEST_CASE("Members hear of what joins the do-not-call list, once, and send the history of their own chains", "[shards][postgres]") {
  postgres_place place;
  list_id list = 0;
  {
    auto alone = opened(place);
    list = people(*alone, 100);
    good(alone->import_do_not_call({{store::dnc_kind::phone, "15550001"}}));
  }
  member a(place, "a"), b(place, "b");
  std::vector<std::string> heard;
  const auto note = [&](store::dnc_kind, std::string_view text) { heard.emplace_back(text); };
  auto known = good(b.in->do_not_call_change());
  CHECK(good(b.shards->do_not_call_since(known, note)) == known);
  CHECK(heard.empty());
  good(a.in->import_do_not_call({{store::dnc_kind::phone, "15550002"}, {store::dnc_kind::customer, "c7"}}));
  good(a.in->import_do_not_call({{store::dnc_kind::phone, "15550003"}, {store::dnc_kind::phone, "15550001"}}));
  known = good(b.shards->do_not_call_since(known, note));
  CHECK(heard.size() == 3);
  CHECK(heard.back() == "15550003");
  CHECK(good(b.shards->do_not_call_since(known, note)) == known);
  CHECK(heard.size() == 3);

  a.claim(50);
  b.claim(256);
  const auto of_a = a.take(list), of_b = b.take(list);
  const auto tell = [&](member& of, std::int64_t chain_id) {
    auto intent = std::get<write_intent>(intent_of(list, chain_id, 1, 1));
    intent.history = std::make_shared<history_post>(history_post{"http://crm", "{}"});
    good(of.in->commit({intent}));
  };
  tell(a, of_a.at(0));
  tell(b, of_b.at(0));
  const auto waiting = good(a.in->waiting_history("http://crm", 10, {}));
  REQUIRE(waiting.size() == 1);
  CHECK(waiting[0].chain_id == of_a[0]);
  CHECK(good(b.in->waiting_history("http://crm", 10, {})).size() == 1);
}

TEST_CASE("Members tell each other where they are", "[members][postgres]") {
  postgres_place place;
  opened(place);
  member a(place, "a"), b(place, "b");
  good(a.shards->announce("north:8482", "ab12"));
  const auto seen = good(b.shards->members());
  REQUIRE(seen.size() == 2);
  CHECK(seen[0].address == "north:8482");
  CHECK(seen[0].fingerprint == "ab12");
  CHECK(seen[1].address.empty());
}

TEST_CASE("Chains are saved in the newest format that all members read, and who does not read it joins no more",
          "[members][postgres]") {
  postgres_place place;
  opened(place);
  member a(place, "a"), b(place, "b");
  CHECK(good(b.shards->members())[0].speaks == this_version());
  const auto next = this_version().saved_chains + 1;
  const auto raise = [&](const member& by) { return good(by.shards->raise_saved_chains(next)); };
  const auto reads_next = [&](const member& who) {
    place.sql("UPDATE members SET saved_chains = " + std::to_string(next) + " WHERE epoch = " + std::to_string(who.epoch));
  };
  reads_next(a);
  CHECK(raise(a) == next - 1);
  SECTION("when the one that does not read it has left") { good(b.shards->leave(true)); }
  SECTION("when the one that does not read it was ended") {
    let_lease_pass(place, b);
    CHECK(raise(a) == next - 1); // it may have its lease renewed
    good(a.shards->end_expired());
  }
  SECTION("when all read it") { reads_next(b); }
  CHECK(raise(a) == next);
  CHECK(good(a.shards->raise_saved_chains(1)) == next);
  const auto what = "store has saved chains of format " + std::to_string(next) + ", this version reads them up to " +
                    std::to_string(next - 1);
  const auto joined = good(open_shared(place.uri()))->join("c", long_lease_ms);
  REQUIRE_FALSE(joined.ok());
  CHECK(joined.error().what == what);
  CHECK(good(a.shards->members()).size() == (good(b.shards->renew(1'000)) ? 2 : 1));
}

TEST_CASE("A newer store that says that this version can work on it is worked on, and no other", "[members][postgres]") {
  postgres_place place;
  const auto list = people(*opened(place), 4);
  member a(place, "a");
  const auto newest = postgres::migrations().size();
  place.sql("ALTER TABLE members ADD COLUMN later text NOT NULL DEFAULT ''; UPDATE meta SET value = '" +
            std::to_string(newest + 2) + "' WHERE key = 'schema'");
  member b(place, "b");
  a.claim(256);
  good(a.in->commit({intent_of(list, 1, 1, 1)}));
  auto early = good(open_shared(place.uri()));
  place.sql("UPDATE meta SET value = '" + std::to_string(newest + 1) + "' WHERE key = 'readable_from'");
  const auto refused = open_shared(place.uri());
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().what == "store was written by a newer chainring (schema " + std::to_string(newest + 2) +
                                  ", this one knows " + std::to_string(newest) + ")");
  const auto joined = early->join("c", long_lease_ms);
  REQUIRE_FALSE(joined.ok());
  CHECK(joined.error().what == "store was changed by a newer chainring just now");
}

TEST_CASE("Orders stand until another takes their place, and are numbered as they come", "[orders][postgres]") {
  postgres_place place;
  opened(place);
  member a(place, "a"), b(place, "b");
  CHECK_FALSE(good(a.in->order_of("people", "state")));
  const auto first = good(a.in->give_order("people", "state", 2, 0));
  REQUIRE(first);
  CHECK(first->value == 2);
  CHECK_FALSE(good(b.in->give_order("people", "state", 1, 0))); // it has not seen the first
  CHECK(good(b.in->order_of("people", "state"))->value == 2);
  const auto second = good(b.in->give_order("people", "state", 1, first->change));
  REQUIRE(second);
  CHECK(second->change > first->change);
  const auto other = good(a.in->give_order("others", "state", 0, 0));
  REQUIRE(other);
  const auto all = good(b.shards->orders_since(0));
  REQUIRE(all.size() == 2);
  CHECK(all[0].campaign == "people");
  CHECK(all[0].value == 1);
  CHECK(all[1].campaign == "others");
  CHECK(good(b.shards->orders_since(second->change)).size() == 1);
  CHECK(good(b.shards->orders_since(other->change)).empty());
}
