// store_put_away.cpp: the cases of the store contract about chains that were saved.
#include "tests/catch.hpp"
#include "tests/dialer/store_contract.hpp"

using namespace chainring::dialer;

namespace {

std::vector<chain_of_records> taken(store& in, list_id list, bool put_away_only = false, std::int64_t after = INT64_MIN,
                                    std::int32_t most = 100) {
  return good(in.take_ready({.list = list, .after_chain_id = after, .chains_max = most, .put_away_only = put_away_only})).chains;
}

write_instance instance_of(list_id list, std::int64_t chain_id, std::string bytes, std::uint64_t handles_end = 2,
                           std::uint32_t version = 1) {
  return {list, chain_id, std::move(bytes), handles_end, {}, version, {}};
}

void an_instance_comes_back_with_its_chain(store_place& place) {
  const std::string bytes("in\0stance", 9);
  list_id list = 0;
  {
    auto in = opened(place);
    list = people(*in, 3);
    CHECK(taken(*in, list).size() == 3);
    good(in->commit({instance_of(list, 2, bytes), write_release{list, 2}, write_release{list, 3}}));
  }
  auto in = opened(place);
  const auto chains = taken(*in, list);
  REQUIRE(chains.size() == 2); // chain 1 is at work
  REQUIRE(chains[0].saved);
  CHECK(chains[0].chain_id == 2);
  CHECK(chains[0].saved->bytes == bytes);
  CHECK(chains[0].saved->last_attempts.empty());
  CHECK(chains[0].records[0].record_status == record_status::retrieved);
  CHECK_FALSE(chains[1].saved);
}

void what_was_saved_last_counts_until_the_end(store_place& place) {
  auto in = opened(place);
  const auto list = people(*in, 1);
  std::uint32_t version = 0;
  for (const std::string text : {"first", "second"}) {
    taken(*in, list);
    good(in->commit({instance_of(list, 1, text, 2, ++version), write_release{list, 1}}));
  }
  CHECK(taken(*in, list)[0].saved->bytes == "second");
  good(in->commit({write_release{list, 1}})); // it could not be saved again
  CHECK(taken(*in, list)[0].saved->bytes == "second");
  good(in->commit({write_release{list, 1, true}}));
  CHECK_FALSE(taken(*in, list)[0].saved);
  auto third = instance_of(list, 1, "third");
  third.documents = {std::make_shared<kept_document>(kept_document{"aa", "kept as long as an instance is"})};
  good(in->commit({third, write_chain_end{.list = list, .chain_id = 1}}));
  CHECK(taken(*in, list).empty());
  CHECK(good(in->documents()).empty());
  CHECK(good(in->handles_end()) >= 2); // scripts of other chains may have kept one
}

void an_older_save_comes_too_late(store_place& place) {
  auto in = opened(place);
  const auto list = people(*in, 1);
  taken(*in, list);
  const auto said = [&](std::string what, std::uint32_t version) {
    auto one = instance_of(list, 1, what, 2, version);
    one.rows.push_back({.key = {list, 1, 1}, .columns = {{"contact_info", what}}});
    return one;
  };
  good(in->commit({said("two", 2)}));
  good(in->commit({said("one", 1), said("too", 2)}));
  const auto now = [&] {
    good(in->commit({write_release{list, 1}}));
    auto chains = taken(*in, list);
    REQUIRE(chains.size() == 1);
    REQUIRE(chains[0].saved);
    CHECK(chains[0].saved->bytes == chains[0].records[0].contact_info); // they are stored together, or not at all
    return *chains[0].saved;
  };
  CHECK(now().bytes == "two");
  CHECK(now().version == 2);
  good(in->commit({said("three", 3)}));
  CHECK(now().version == 3);
}

void an_intent_takes_its_chain_along(store_place& place) {
  auto in = opened(place);
  const auto list = people(*in, 1);
  taken(*in, list);
  auto first = std::get<write_intent>(intent_of(list, 1, 1, 1));
  auto waiting = instance_of(list, 1, "calls", 2, 2);
  waiting.rows.push_back({.key = {list, 1, 2}, .columns = {{"contact_info", "changed"}}});
  first.instance = std::make_shared<const write_instance>(waiting);
  good(in->commit({first}));
  auto second = std::get<write_intent>(intent_of(list, 1, 2, 1));
  second.instance = std::make_shared<const write_instance>(instance_of(list, 1, "asked before", 2, 1));
  good(in->commit({second}));
  auto refused = first; // the attempt was made before: nothing of it is stored
  refused.instance = std::make_shared<const write_instance>(instance_of(list, 1, "refused", 2, 3));
  CHECK(in->commit({refused}).outcome == commit_outcome::refused);
  good(in->commit({write_release{list, 1}}));
  const auto chains = taken(*in, list);
  REQUIRE(chains[0].saved);
  CHECK(chains[0].saved->bytes == "calls");
  CHECK(chains[0].records[1].contact_info == "changed");
  CHECK(chains[0].records[1].attempt == 1);
  good(in->commit({write_chain_end{.list = list, .chain_id = 1}}));
  auto late = std::get<write_intent>(intent_of(list, 1, 1, 2)); // the chain has ended meanwhile
  auto too_late = instance_of(list, 1, "too late", 2, 9);
  too_late.documents = {std::make_shared<kept_document>(kept_document{"aa", "kept as long as an instance is"})};
  late.instance = std::make_shared<const write_instance>(too_late);
  good(in->commit({late}));
  CHECK(good(in->documents()).empty());
}

void an_instance_is_told_what_became_of_its_calls(store_place& place) {
  auto in = opened(place);
  const auto list = people(*in, 1);
  taken(*in, list);
  good(in->commit({intent_of(list, 1, 1, 1), result_of(list, 1, 1, 1, call_result::busy), intent_of(list, 1, 1, 2, 9'000),
                   instance_of(list, 1, "calling"), write_release{list, 1}}));
  CHECK(good(in->recover(list, 77'000)).size() == 1);
  const auto chains = taken(*in, list);
  REQUIRE(chains[0].saved);
  REQUIRE(chains[0].saved->last_attempts.size() == 1);
  const auto& last = chains[0].saved->last_attempts[0];
  CHECK(last.record_id == chains[0].records[0].record_id);
  CHECK(last.n == 2);
  CHECK(last.state == attempt_state::unknown);
}

void those_put_away_are_found_among_many(store_place& place) {
  auto in = opened(place);
  const auto list = people(*in, 30);
  const auto other = good(in->open_list({"other", {}}));
  taken(*in, list);
  std::vector<chainring::dialer::write> all;
  for (std::int64_t chain = 1; chain <= 30; ++chain) {
    if (chain % 3 == 0) all.push_back(instance_of(list, chain, "x", static_cast<std::uint64_t>(chain)));
    if (chain != 6) all.push_back(write_release{list, chain}); // that one is at work
  }
  good(in->commit(all));
  CHECK(good(in->handles_end()) >= 30);
  std::vector<std::int64_t> found;
  for (auto after = INT64_MIN;;) {
    const auto some = taken(*in, list, true, after, 1);
    if (some.empty()) break;
    REQUIRE(some.size() == 1);
    found.push_back(after = some[0].chain_id);
  }
  CHECK(found == std::vector<std::int64_t>{3, 9, 12, 15, 18, 21, 24, 27, 30});
  CHECK(taken(*in, list, true).empty());
  CHECK(taken(*in, other, true).empty());
  CHECK(taken(*in, list).size() == 20);
}

void documents_stay_while_somebody_is_put_away(store_place& place) {
  auto in = opened(place);
  const auto list = people(*in, 2);
  taken(*in, list);
  const auto first = std::make_shared<kept_document>(kept_document{"aa", std::string("\0one", 4)});
  const auto second = std::make_shared<kept_document>(kept_document{"bb", "two"});
  write_instance one = instance_of(list, 1, "x"), two = instance_of(list, 2, "y");
  one.documents = {first, second};
  two.documents = {first};
  good(in->commit({one, two}));
  auto kept = good(in->documents());
  REQUIRE(kept.size() == 2);
  CHECK(kept[0].hash == "aa");
  CHECK(kept[0].bytes == first->bytes);
  CHECK(kept[1].bytes == "two");
  good(in->commit({write_chain_end{.list = list, .chain_id = 1}}));
  CHECK(good(in->documents()).size() == 2);
  good(in->commit({write_chain_end{.list = list, .chain_id = 2}}));
  CHECK(good(in->documents()).empty());
}

// -- passive chains ------------

write_instance passive(list_id list, std::int64_t chain_id, std::int64_t due_ms, std::uint32_t version = 1) {
  auto one = instance_of(list, chain_id, "waits until " + std::to_string(due_ms), 2, version);
  one.due_ms = due_ms;
  return one;
}

std::vector<std::int64_t> ids_of(const std::vector<chain_of_records>& chains) {
  std::vector<std::int64_t> ids;
  for (const auto& one : chains) ids.push_back(one.chain_id);
  return ids;
}

using ids = std::vector<std::int64_t>;

void passive_chains_come_when_they_are_due(store_place& place) {
  auto in = opened(place);
  const auto list = people(*in, 5);
  const auto other = good(in->open_list({"other", {}}));
  taken(*in, list);
  good(in->commit({passive(list, 1, 900), passive(list, 2, 100), passive(list, 3, 300), passive(list, 4, 300),
                   instance_of(list, 5, "stays")}));
  CHECK(good(in->counts(list)).chains_passive == 4);
  CHECK(good(in->counts(list)).chains_retrieved == 5);
  auto page = good(in->activate({.list = list, .at_ms = 99}));
  CHECK(page.chains.empty());
  CHECK(page.next_due_ms == 100);
  page = good(in->activate({.list = list, .at_ms = 300, .chains_max = 2}));
  CHECK(ids_of(page.chains) == ids{2, 3});
  CHECK(page.next_due_ms == 300);
  CHECK(good(in->find_chain(list, 1))->saved->due_ms == 900);
  CHECK(good(in->find_chain(list, 2))->saved->due_ms == 0);
  REQUIRE(page.chains[0].saved);
  CHECK(page.chains[0].saved->due_ms == 100);
  CHECK(page.chains[0].saved->bytes == "waits until 100");
  REQUIRE(page.chains[0].records.size() == 2);
  CHECK(page.chains[0].records[0].record_status == record_status::retrieved);
  page = good(in->activate({.list = list, .at_ms = 300}));
  CHECK(ids_of(page.chains) == ids{4});
  CHECK(page.next_due_ms == 900);
  CHECK(good(in->counts(list)).chains_passive == 1);
  good(in->commit({passive(list, 2, 200, 2)})); // it waits again
  page = good(in->activate({.list = list, .at_ms = 899}));
  CHECK(ids_of(page.chains) == ids{2});
  CHECK(page.chains[0].saved->version == 2);
  CHECK(good(in->activate({.list = other, .at_ms = INT64_MAX})).next_due_ms == INT64_MAX);
}

void a_passive_chain_can_be_called_for(store_place& place) {
  auto in = opened(place);
  const auto list = people(*in, 3);
  taken(*in, list);
  good(in->commit({passive(list, 1, 900), instance_of(list, 2, "in memory")}));
  CHECK(good(in->activate({.list = list, .chain_id = 2})).chains.empty());
  CHECK(good(in->activate({.list = list, .chain_id = 3})).chains.empty());
  CHECK(ids_of(good(in->activate({.list = list, .chain_id = 1})).chains) == ids{1});
  CHECK(good(in->activate({.list = list, .chain_id = 1})).chains.empty()); // it is in memory now
}

void passive_chains_that_listen_come_when_they_are_told(store_place& place) {
  auto in = opened(place);
  const auto list = people(*in, 6);
  taken(*in, list);
  for (std::int64_t chain = 1; chain <= 6; ++chain) {
    auto one = passive(list, chain, chain == 5 ? INT64_MAX : 900 - chain);
    one.listens = chain % 2 == 1;
    good(in->commit({one}));
  }
  auto page = good(in->activate({.list = list, .chains_max = 2, .listening_after = INT64_MIN}));
  CHECK(ids_of(page.chains) == ids{1, 3});
  good(in->commit({passive(list, 1, 800, 2)})); // it waits again, and listens no more
  page = good(in->activate({.list = list, .chains_max = 2, .listening_after = 3}));
  CHECK(ids_of(page.chains) == ids{5});
  CHECK(page.chains[0].saved->due_ms == INT64_MAX);
  CHECK(good(in->activate({.list = list, .listening_after = 5})).chains.empty());
  CHECK(good(in->activate({.list = list, .listening_after = INT64_MIN})).chains.empty());
  CHECK(ids_of(good(in->activate({.list = list, .at_ms = 900})).chains) == ids{1, 6, 4, 2});
}

void passive_chains_stay_so_when_the_node_starts_again(store_place& place) {
  list_id list = 0;
  {
    auto in = opened(place);
    good(in->own("first"));
    list = people(*in, 4);
    taken(*in, list);
    good(in->commit({passive(list, 1, 900), passive(list, 2, 800), instance_of(list, 3, "was in memory")}));
    const auto woken = good(in->activate({.list = list, .at_ms = 800}));
    REQUIRE(ids_of(woken.chains) == ids{2});
    CHECK(woken.chains[0].saved->by_this_owner);
  }
  auto in = opened(place);
  good(in->own("second"));
  good(in->recover(list, 5'000));
  CHECK(ids_of(taken(*in, list, true)) == ids{2, 3});
  CHECK(ids_of(taken(*in, list)) == ids{4});
  const auto page = good(in->activate({.list = list, .at_ms = 1'000}));
  REQUIRE(ids_of(page.chains) == ids{1});
  CHECK_FALSE(page.chains[0].saved->by_this_owner);
  good(in->commit({passive(list, 1, 2'000, 2)}));
  good(in->commit({write_chain_end{.list = list, .chain_id = 1}}));
  CHECK(good(in->activate({.list = list, .at_ms = INT64_MAX})).chains.empty());
  CHECK(good(in->counts(list)).chains_passive == 0);
}

void owners_count_up(store_place& place) {
  std::int64_t first = 0;
  {
    auto in = opened(place);
    first = good(in->own("first"));
    const auto list = people(*in, 1);
    taken(*in, list);
    good(in->commit({intent_of(list, 1, 1, 1)}));
    CHECK(good(in->attempts_of(list, 11))[0].epoch == first);
  }
  auto in = opened(place);
  CHECK(good(in->own("second")) == first + 1);
}

} // namespace

const std::vector<contract_case>& store_put_away_contract() {
  static const std::vector<contract_case> cases = {
    {"an instance comes back with its chain", an_instance_comes_back_with_its_chain},
    {"what was saved last counts until the end", what_was_saved_last_counts_until_the_end},
    {"an older save comes too late", an_older_save_comes_too_late},
    {"an intent takes its chain along", an_intent_takes_its_chain_along},
    {"an instance is told what became of its calls", an_instance_is_told_what_became_of_its_calls},
    {"those put away are found among many", those_put_away_are_found_among_many},
    {"documents stay while somebody is put away", documents_stay_while_somebody_is_put_away},
    {"passive chains come when they are due", passive_chains_come_when_they_are_due},
    {"a passive chain can be called for", a_passive_chain_can_be_called_for},
    {"passive chains that listen come when they are told", passive_chains_that_listen_come_when_they_are_told},
    {"passive chains stay so when the node starts again", passive_chains_stay_so_when_the_node_starts_again},
    {"owners count up", owners_count_up},
  };
  return cases;
}
