// store_contract.cpp: the cases of the store contract.
#include "tests/dialer/store_contract.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

#include "tests/catch.hpp"

using namespace chainring::dialer;

std::unique_ptr<store> opened(store_place& place) {
  auto made = place.open();
  if (!made) FAIL(chainring::to_line(made.error()));
  return std::move(*made);
}

record row_of(std::int64_t chain_id, std::int32_t chain_n) {
  record row;
  row.record_id = chain_id * 10 + chain_n;
  row.chain_id = chain_id;
  row.chain_n = chain_n;
  row.contact_info = "+1555" + std::to_string(row.record_id);
  return row;
}

list_id people(store& in, std::int64_t chains) {
  const auto list = in.open_list({"people", {}});
  REQUIRE(list.ok());
  std::vector<record> rows;
  for (std::int64_t chain = 1; chain <= chains; ++chain)
    for (std::int32_t n : {1, 2}) rows.push_back(row_of(chain, n));
  const auto counts = in.import_records(*list, rows, {"chain_id", "chain_n", "contact_info"}, store::on_existing::keep);
  REQUIRE(counts.ok());
  REQUIRE(counts->inserted == chains * 2);
  return *list;
}

chainring::dialer::write intent_of(list_id list, std::int64_t chain_id, std::int32_t chain_n, std::int32_t n,
                                   std::int64_t started_ms) {
  attempt a;
  a.list = list;
  a.record_id = chain_id * 10 + chain_n;
  a.chain_id = chain_id;
  a.chain_n = chain_n;
  a.n = n;
  a.contact_info = "+1555" + std::to_string(a.record_id);
  a.trunk = "sim";
  a.started_ms = started_ms;
  return write_intent{a};
}

chainring::dialer::write result_of(list_id list, std::int64_t chain_id, std::int32_t chain_n, std::int32_t n,
                                   call_result result, std::int64_t ended_ms) {
  return write_result{list,    chain_id * 10 + chain_n, chain_id, chain_n, n, attempt_state::done, result,
                      ended_ms - 500, ended_ms};
}

namespace {

record row_in(store& in, list_id list, std::int64_t chain_id, std::int32_t chain_n) {
  const auto found = good(in.find_record(list, chain_id * 10 + chain_n));
  REQUIRE(found);
  return *found;
}

std::vector<record> all_rows(store& in, list_id list) {
  std::vector<record> rows;
  good(in.export_records(list, [&](const record& row) { return rows.push_back(row), true; }));
  return rows;
}

std::vector<std::int64_t> taken_ids(store& in, const ready_query& query) {
  std::vector<std::int64_t> ids;
  for (const auto& chain : good(in.take_ready(query)).chains) ids.push_back(chain.chain_id);
  return ids;
}

using ids = std::vector<std::int64_t>;

// -- lists ------------

void lists_have_names(store_place& place) {
  auto in = opened(place);
  CHECK_FALSE(good(in->find_list("people")));
  const auto people = good(in->open_list({"people", {"city"}}));
  const auto others = good(in->open_list({"Menschen \"zwei\"; drop table lists", {}}));
  CHECK(people != others);
  CHECK(good(in->open_list({"people", {"city"}})) == people);
  CHECK(good(in->find_list("people")) == people);
  in.reset();
  in = opened(place);
  CHECK(good(in->find_list("people")) == people);
  const auto lists = good(in->lists());
  REQUIRE(lists.size() == 2);
  CHECK(lists[0].second.name == "people");
  CHECK(lists[0].second.user_columns == std::vector<std::string>{"city"});
  CHECK(lists[1].second.name == "Menschen \"zwei\"; drop table lists");
}

void forms_that_cannot_be_are_refused(store_place& place) {
  auto in = opened(place);
  for (const calling_list& form :
       {calling_list{"", {}}, calling_list{std::string(5'000, 'a'), {}}, calling_list{"a\nb", {}},
        calling_list{"\xff", {}}, calling_list{"x", {"chain_id"}}, calling_list{"x", {"1st"}},
        calling_list{"x", {"a\"b"}}, calling_list{"x", {"city", "CITY"}}, calling_list{"x", {""}}}) {
    const auto refused = in->open_list(form);
    REQUIRE_FALSE(refused.ok());
    CHECK_FALSE(refused.error().mend.empty());
  }
  CHECK(good(in->lists()).empty());
}

void a_list_grows_columns(store_place& place) {
  auto in = opened(place);
  auto list = good(in->open_list({"people", {"city"}}));
  record row = row_of(1, 1);
  row.user = {"Rome"};
  good(in->import_records(list, {row}, {"city"}, store::on_existing::keep));
  // Another file: another order, one column more.
  list = good(in->open_list({"people", {"language", "City"}}));
  record second = row_of(2, 1);
  second.user = {"it", "Oslo"};
  good(in->import_records(list, {second}, {"language", "City"}, store::on_existing::keep));
  CHECK(good(in->lists())[0].second.user_columns == std::vector<std::string>{"city", "language"});
  in.reset();
  in = opened(place);
  const auto rows = all_rows(*in, list);
  REQUIRE(rows.size() == 2);
  CHECK(rows[0].user == std::vector<std::optional<std::string>>{"Rome", std::nullopt});
  CHECK(rows[1].user == std::vector<std::optional<std::string>>{"Oslo", "it"});
}

// -- rows ------------

void rows_come_back_as_they_went(store_place& place) {
  auto in = opened(place);
  const auto list = good(in->open_list({"people", {"a", "select"}}));
  record full = row_of(5, 1);
  full.contact_info_type = 10;
  full.record_type = record_type::campaign_callback;
  full.record_status = record_status::chain_ready;
  full.call_result = call_result::wrong_number;
  full.attempt = 3;
  full.dial_sched_time = 1'767'625'200;
  full.call_time = 0;
  full.daily_from = 0;
  full.daily_till = 86'400;
  full.tz_dbid = 7;
  full.campaign_id = 9'007'199'254'740'991;
  full.agent_id = "agent";
  full.group_id = 1;
  full.app_id = 2;
  full.treatments = "";
  full.media_ref = 3;
  full.email_subject = "Grüße, \"quoted\"\nline";
  full.email_template_id = 4;
  full.switch_id = 5;
  full.user = {"'; drop table lists; --", std::nullopt};
  record bare = row_of(5, 2);
  bare.call_result.reset();
  bare.user = {std::nullopt, ""};
  good(in->import_records(list, {bare, full}, {"a", "select"}, store::on_existing::keep));
  const auto chain = good(in->find_chain(list, 5));
  REQUIRE(chain);
  CHECK(chain->chain_id == 5);
  CHECK(chain->records == std::vector<record>{full, bare});
  CHECK(good(in->find_record(list, 52)) == bare);
  CHECK_FALSE(good(in->find_chain(list, 6)));
  CHECK_FALSE(good(in->find_record(list, 53)));
  in.reset();
  CHECK(all_rows(*opened(place), list) == std::vector<record>{full, bare});
}

void export_goes_by_key_and_stops(store_place& place) {
  auto in = opened(place);
  const auto list = good(in->open_list({"people", {}}));
  good(in->import_records(list, {row_of(9, 2), row_of(10, 1), row_of(9, 1), row_of(2, 1)}, {},
                          store::on_existing::keep));
  ids seen;
  good(in->export_records(list, [&](const record& row) { return seen.push_back(row.record_id), seen.size() < 3; }));
  CHECK(seen == ids{21, 91, 92});
}

void import_inserts_what_is_absent(store_place& place) {
  auto in = opened(place);
  const auto list = people(*in, 3);
  auto changed = row_of(2, 2);
  changed.contact_info = "other";
  const auto counts = good(in->import_records(list, {row_of(1, 1), changed, row_of(9, 1)},
                                              {"chain_id", "chain_n", "contact_info"}, store::on_existing::keep));
  CHECK(counts.inserted == 1);
  CHECK(counts.same == 1);
  CHECK(counts.differing == 1);
  CHECK(counts.updated == 0);
  CHECK(counts.first_difference == "chain 2, record 2, column contact_info");
  CHECK(row_in(*in, list, 2, 2).contact_info == "+155522");
}

void import_updates_on_demand(store_place& place) {
  auto in = opened(place);
  const auto list = people(*in, 3);
  auto changed = row_of(2, 2);
  changed.contact_info = "other";
  changed.daily_from = 5; // not given, so not written
  changed.record_status = record_status::cancelled;
  const auto counts = good(in->import_records(list, {row_of(1, 1), changed}, {"contact_info", "record_status"},
                                              store::on_existing::update));
  CHECK(counts.same == 1);
  CHECK(counts.differing == 1);
  CHECK(counts.updated == 1);
  const auto row = row_in(*in, list, 2, 2);
  CHECK(row.contact_info == "other");
  CHECK(row.record_status == record_status::cancelled);
  CHECK(row.daily_from == 28'800);
}

void a_dialed_list_equals_its_file(store_place& place) {
  auto in = opened(place);
  const auto list = people(*in, 2);
  good(in->commit({intent_of(list, 1, 1, 1), result_of(list, 1, 1, 1, call_result::busy),
                   write_chain_end{list, 1, record_status::updated, {}, 9, "", "Finalize"}}));
  std::vector<record> file = {row_of(1, 1), row_of(1, 2), row_of(2, 1), row_of(2, 2)};
  const auto counts = good(in->import_records(list, file, {"chain_id", "record_status", "call_result", "attempt"},
                                              store::on_existing::keep));
  CHECK(counts.same == 4);
  CHECK(counts.differing == 0);
  CHECK(row_in(*in, list, 1, 1).record_status == record_status::updated);
}

void a_bad_row_takes_the_whole_import_back(store_place& place) {
  auto in = opened(place);
  const auto list = people(*in, 1);
  auto taken = row_of(8, 1);
  taken.record_id = 11; // of chain 1, record 1
  const auto refused = in->import_records(list, {row_of(7, 1), taken}, {}, store::on_existing::keep);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().what == "record_id 11 is taken by chain 1, record 1");
  CHECK(refused.error().where == "list people, chain 8, record 1");
  auto wide = row_of(7, 1);
  wide.user = {"a"};
  CHECK_FALSE(in->import_records(list, {wide}, {}, store::on_existing::keep).ok());
  CHECK_FALSE(in->import_records(list, {row_of(7, 1)}, {"nonsense"}, store::on_existing::keep).ok());
  CHECK_FALSE(in->import_records(list + 1, {row_of(7, 1)}, {}, store::on_existing::keep).ok());
  CHECK(all_rows(*in, list).size() == 2);
}

// -- running ------------

void ready_chains_are_taken_once(store_place& place) {
  auto in = opened(place);
  const auto list = people(*in, 5);
  const auto page = good(in->take_ready({list, INT64_MIN, 2, 77}));
  const auto& first = page.chains;
  CHECK(page.looked_to == 2);
  CHECK(page.more);
  REQUIRE(first.size() == 2);
  CHECK(first[0].chain_id == 1);
  REQUIRE(first[0].records.size() == 2);
  CHECK(first[0].records[0].chain_n == 1);
  CHECK(first[0].records[1].record_status == record_status::retrieved);
  CHECK(first[0].records[1].app_id == 77);
  CHECK(good(in->find_chain(list, 1))->records == first[0].records);
  CHECK(row_in(*in, list, 3, 1).record_status == record_status::ready);
  CHECK(taken_ids(*in, {list, 2, 2, 77}) == ids{3, 4});
  CHECK(taken_ids(*in, {list, INT64_MIN, 10, 77}) == ids{5});
  CHECK(taken_ids(*in, {list, INT64_MIN, 10, 77}).empty());
  CHECK(taken_ids(*in, {list, INT64_MIN, 0, 77}).empty());
}

void a_chain_is_ready_as_a_whole(store_place& place) {
  auto in = opened(place);
  const auto list = people(*in, 4);
  const auto set = [&](std::int64_t chain, std::int32_t n, record_status status) {
    good(in->commit({write_row{{list, chain, n}, status, {}, {}, {}, {}}}));
  };
  set(1, 1, record_status::updated);
  set(1, 2, record_status::updated); // ended
  set(2, 1, record_status::updated); // ready: its second row is
  set(3, 1, record_status::retrieved); // retrieved
  auto counts = good(in->counts(list));
  CHECK(counts.chains == 4);
  CHECK(counts.records == 8);
  CHECK(counts.chains_ready == 2);
  CHECK(counts.chains_retrieved == 1);
  CHECK(counts.chains_ended == 1);
  const auto page = good(in->take_ready({list, INT64_MIN, 10, 1}));
  CHECK_FALSE(page.more);
  const auto& taken = page.chains;
  REQUIRE(taken.size() == 2);
  CHECK(taken[0].chain_id == 2);
  REQUIRE(taken[0].records.size() == 2);
  CHECK(taken[0].records[0].record_status == record_status::updated);
  CHECK_FALSE(taken[0].records[0].app_id);
  CHECK(taken[0].records[1].record_status == record_status::retrieved);
  CHECK(taken[1].chain_id == 4);
  counts = good(in->counts(list));
  CHECK(counts.chains_ready == 0);
  CHECK(counts.chains_retrieved == 3);
}

void an_empty_list_counts_nothing(store_place& place) {
  auto in = opened(place);
  const auto counts = good(in->counts(good(in->open_list({"empty", {}}))));
  CHECK(counts.chains == 0);
  CHECK(counts.records == 0);
  CHECK(counts.chains_ended == 0);
}

void an_attempt_is_written_to_its_row(store_place& place) {
  auto in = opened(place);
  const auto list = people(*in, 2);
  good(in->commit({intent_of(list, 1, 2, 1, 1'000)}));
  CHECK(row_in(*in, list, 1, 2).attempt == 1);
  CHECK(row_in(*in, list, 1, 2).call_result == call_result::unknown);
  CHECK(row_in(*in, list, 1, 1).attempt == 0);
  auto attempts = good(in->attempts_of(list, 12));
  REQUIRE(attempts.size() == 1);
  CHECK(attempts[0].state == attempt_state::intent);
  CHECK(attempts[0].epoch == 0); // nobody owns the store
  CHECK(attempts[0].contact_info == "+155512");
  CHECK(attempts[0].trunk == "sim");
  CHECK(attempts[0].started_ms == 1'000);
  CHECK(attempts[0].ended_ms == 0);
  CHECK_FALSE(attempts[0].result);

  good(in->commit({result_of(list, 1, 2, 1, call_result::ok, 5'999), intent_of(list, 1, 2, 2, 6'000)}));
  const auto row = row_in(*in, list, 1, 2);
  CHECK(row.attempt == 2);
  CHECK(row.call_result == call_result::ok);
  CHECK(row.call_time == 5);
  attempts = good(in->attempts_of(list, 12));
  REQUIRE(attempts.size() == 2);
  CHECK(attempts[0].state == attempt_state::done);
  CHECK(attempts[0].result == call_result::ok);
  CHECK(attempts[0].started_ms == 5'499);
  CHECK(attempts[0].ended_ms == 5'999);
  CHECK(attempts[1].n == 2);

  CHECK(row.record_type == record_type::general);
  auto forbidden = std::get<write_result>(result_of(list, 1, 2, 2, call_result::do_not_call, 7'999));
  forbidden.type = record_type::no_call;
  good(in->commit({forbidden}));
  CHECK(row_in(*in, list, 1, 2).record_type == record_type::no_call);
  CHECK(row_in(*in, list, 1, 2).call_result == call_result::do_not_call);
}

void no_attempt_is_made_or_ended_twice(store_place& place) {
  auto in = opened(place);
  const auto list = people(*in, 2);
  good(in->commit({intent_of(list, 1, 1, 1)}));
  const auto again = in->commit({intent_of(list, 2, 1, 1), intent_of(list, 1, 1, 1)});
  REQUIRE(again.outcome == commit_outcome::refused);
  CHECK(again.error().what == "the attempt was made before");
  CHECK(again.error().where == "list people, record 11, attempt 1");
  CHECK(good(in->attempts_of(list, 21)).empty()); // the batch is one
  CHECK(row_in(*in, list, 2, 1).attempt == 0);

  good(in->commit({result_of(list, 1, 1, 1, call_result::busy)}));
  CHECK(in->commit({result_of(list, 1, 1, 1, call_result::answer)}).outcome == commit_outcome::refused);
  CHECK(in->commit({result_of(list, 1, 1, 2, call_result::answer)}).outcome == commit_outcome::refused);
  CHECK(row_in(*in, list, 1, 1).call_result == call_result::busy);
}

void writes_to_what_is_not_there_are_refused(store_place& place) {
  auto in = opened(place);
  const auto list = people(*in, 1);
  for (const std::vector<chainring::dialer::write>& batch :
       {std::vector<chainring::dialer::write>{intent_of(list, 8, 1, 1)},
        {intent_of(list + 1, 1, 1, 1)},
        {write_row{{list, 8, 1}, record_status::ready, {}, {}, {}, {}}}}) {
    const auto refused = in->commit(batch);
    REQUIRE(refused.outcome == commit_outcome::refused);
    CHECK_FALSE(refused.error().where.empty());
  }
  CHECK(good(in->attempts_of(list, 81)).empty());
  CHECK(in->commit({}).outcome == commit_outcome::done);
}

void columns_are_written_by_name(store_place& place) {
  auto in = opened(place);
  const auto list = good(in->open_list({"people", {"city"}}));
  auto row = row_of(1, 1);
  row.user = {"Rome"};
  row.agent_id = "somebody";
  good(in->import_records(list, {row}, {}, store::on_existing::keep));
  good(in->commit({write_row{{list, 1, 1},
                             {},
                             record_type::no_call,
                             call_result::do_not_call,
                             123,
                             {{"CITY", "Oslo"}, {"agent_id", std::nullopt}, {"daily_from", "3600"}}}}));
  row.record_type = record_type::no_call;
  row.call_result = call_result::do_not_call;
  row.dial_sched_time = 123;
  row.user = {"Oslo"};
  row.agent_id.reset();
  row.daily_from = 3'600;
  CHECK(row_in(*in, list, 1, 1) == row);
  for (const auto& [name, text] : std::vector<std::pair<std::string, std::optional<std::string>>>{
         {"nonsense", "1"}, {"chain_id", "5"}, {"record_id", "5"}, {"daily_from", "noon"}, {"attempt", "-1"},
         {"record_status", "77"}, {"tz_dbid", std::nullopt}, {"city\" = 1 --", "x"}})
    CHECK(in->commit({write_row{{list, 1, 1}, {}, {}, {}, {}, {{name, text}}}}).outcome == commit_outcome::refused);
  CHECK(row_in(*in, list, 1, 1) == row);
}

void what_belongs_to_a_chain_keeps_its_order(store_place& place) {
  auto in = opened(place);
  const auto list = people(*in, 50);
  std::vector<chainring::dialer::write> batch;
  for (std::int32_t round = 1; round <= 3; ++round)
    for (std::int64_t chain = 50; chain > 0; --chain) {
      batch.push_back(intent_of(list, chain, 1, round));
      batch.push_back(result_of(list, chain, 1, round, round == 3 ? call_result::answer : call_result::busy));
      batch.push_back(write_row{{list, chain, 1}, {}, {}, {}, round, {}});
    }
  good(in->commit(batch));
  for (std::int64_t chain = 1; chain <= 50; ++chain) {
    const auto row = row_in(*in, list, chain, 1);
    CHECK(row.attempt == 3);
    CHECK(row.call_result == call_result::answer);
    CHECK(row.dial_sched_time == 3);
  }
}

void a_chain_ends(store_place& place) {
  auto in = opened(place);
  const auto list = people(*in, 2);
  taken_ids(*in, {list, INT64_MIN, 10, 1});
  good(in->commit({write_row{{list, 1, 1}, record_status::agent_error, {}, call_result::busy, {}, {}}}));
  good(in->commit({write_row{{list, 2, 1}, {}, {}, call_result::busy, {}, {}}}));
  good(in->commit({write_chain_end{list, 1, record_status::updated, call_result::system_error, 9, "why", "Finalize"},
                   write_chain_end{list, 2, record_status::updated, {}, 9, "", "Switch"}}));
  CHECK(row_in(*in, list, 1, 1).record_status == record_status::agent_error);
  CHECK(row_in(*in, list, 1, 1).call_result == call_result::busy);
  CHECK(row_in(*in, list, 1, 2).record_status == record_status::updated);
  CHECK(row_in(*in, list, 1, 2).call_result == call_result::system_error);
  CHECK(row_in(*in, list, 2, 1).record_status == record_status::updated);
  CHECK(row_in(*in, list, 2, 1).call_result == call_result::busy);
  CHECK(row_in(*in, list, 2, 2).call_result == call_result::unknown);
  CHECK(good(in->counts(list)).chains_ended == 2);
}

void recovery_frees_what_was_in_flight(store_place& place) {
  auto in = opened(place);
  const auto list = people(*in, 3);
  const auto other = good(in->open_list({"other", {}}));
  good(in->import_records(other, {row_of(1, 1)}, {}, store::on_existing::keep));
  taken_ids(*in, {list, INT64_MIN, 2, 1});
  taken_ids(*in, {other, INT64_MIN, 2, 1});
  good(in->commit({intent_of(list, 1, 1, 1), result_of(list, 1, 1, 1, call_result::busy), intent_of(list, 1, 1, 2),
                   intent_of(list, 2, 2, 1), intent_of(other, 1, 1, 1)}));
  good(in->commit({write_chain_end{list, 2, record_status::updated, {}, 9, "", "Finalize"}}));
  in.reset();
  in = opened(place);
  const auto lost = good(in->recover(list, 99'000));
  REQUIRE(lost.size() == 2);
  CHECK(lost[0].record_id == 11);
  CHECK(lost[0].n == 2);
  CHECK(lost[0].state == attempt_state::unknown);
  CHECK(lost[0].ended_ms == 99'000);
  CHECK_FALSE(lost[0].result);
  CHECK(lost[1].record_id == 22);
  CHECK(good(in->attempts_of(list, 11))[0].state == attempt_state::done);
  CHECK(good(in->attempts_of(list, 11))[1].state == attempt_state::unknown);
  CHECK(good(in->attempts_of(other, 11))[0].state == attempt_state::intent);
  CHECK(row_in(*in, list, 1, 1).attempt == 2);
  CHECK(taken_ids(*in, {list, INT64_MIN, 10, 1}) == ids{1, 3});
  CHECK(row_in(*in, other, 1, 1).record_status == record_status::retrieved);
  CHECK(good(in->recover(list, 100'000)).empty());
  CHECK(good(in->latest_attempt_ms()) == 99'000);
  // An end that comes after all does not make it known again.
  CHECK_FALSE(in->commit({result_of(list, 1, 1, 2, call_result::answer)}).ok());
}

void what_a_waiting_chain_says_is_taken_as_it_was(store_place& place) {
  auto in = opened(place);
  const auto list = people(*in, 2);
  taken_ids(*in, {list, INT64_MIN, 10, 1});
  const auto waits = [&](std::int32_t chain_n, std::int64_t until, const std::string& text) {
    return write_row{{list, 1, chain_n}, {}, record_type::campaign_rescheduled, {}, until, {{"treatments", text}}};
  };
  good(in->commit({intent_of(list, 1, 1, 1), result_of(list, 1, 1, 1, call_result::busy), waits(1, 4'000, "5@1@1@1")}));
  good(in->commit({write_row{{list, 1, 1}, {}, {}, {}, {}, {{"treatments", std::nullopt}}}, waits(2, 9'000'000'000, "6@2@2@3")}));
  in.reset();
  in = opened(place);
  good(in->recover(list, 99'000));
  // However far off the time is: the chain is taken, and it is the chain that waits.
  const auto taken = good(in->take_ready({list, INT64_MIN, 1, 1})).chains;
  REQUIRE(taken.size() == 1);
  const auto& rows = taken[0].records;
  REQUIRE(rows.size() == 2);
  CHECK(rows[0].dial_sched_time == 4'000);
  CHECK_FALSE(rows[0].treatments);
  CHECK(rows[0].attempt == 1);
  CHECK(rows[0].call_result == call_result::busy);
  for (const auto& row : rows) CHECK(row.record_type == record_type::campaign_rescheduled);
  for (const auto& row : rows) CHECK(row.record_status == record_status::retrieved);
  CHECK(rows[1].dial_sched_time == 9'000'000'000);
  CHECK(rows[1].treatments == "6@2@2@3");
}

void attempts_are_exported_in_order(store_place& place) {
  auto in = opened(place);
  const auto zebra = good(in->open_list({"zebra", {}}));
  good(in->import_records(zebra, {row_of(1, 1)}, {}, store::on_existing::keep));
  const auto list = people(*in, 2);
  good(in->commit({intent_of(zebra, 1, 1, 1, 500), intent_of(list, 2, 1, 2, 500), intent_of(list, 2, 1, 1, 500),
                   intent_of(list, 1, 2, 1, 500), intent_of(list, 1, 1, 1, 400), intent_of(list, 1, 1, 2, 600)}));
  std::vector<std::string> lines;
  good(in->export_attempts([&](const attempt& a, std::string_view name) {
    lines.push_back(std::to_string(a.started_ms) + " " + std::string(name) + " " + std::to_string(a.record_id) + " " +
                    std::to_string(a.n));
    return lines.size() < 5;
  }));
  CHECK(lines == std::vector<std::string>{"400 people 11 1", "500 people 12 1", "500 people 21 1", "500 people 21 2",
                                          "500 zebra 11 1"});
}

// -- the rest ------------

void small_facts_are_kept(store_place& place) {
  auto in = opened(place);
  CHECK_FALSE(good(in->get("instant")));
  good(in->set("instant", "1"));
  good(in->set("instant", "2"));
  good(in->set("empty", ""));
  in.reset();
  in = opened(place);
  CHECK(good(in->get("instant")) == "2");
  CHECK(good(in->get("empty")) == "");
}

void do_not_call_is_kept(store_place& place) {
  using kind = store::dnc_kind;
  auto in = opened(place);
  CHECK(good(in->import_do_not_call({{kind::phone, "+1"}, {kind::customer, "+1"}, {kind::phone, "+1"}})) == 2);
  CHECK(good(in->import_do_not_call({{kind::phone, "+1"}, {kind::phone, "+2"}})) == 1);
  in.reset();
  in = opened(place);
  std::vector<std::pair<kind, std::string>> all;
  good(in->do_not_call([&](kind k, std::string_view value) { all.emplace_back(k, value); }));
  std::sort(all.begin(), all.end());
  CHECK(all == std::vector<std::pair<kind, std::string>>{
                 {kind::phone, "+1"}, {kind::phone, "+2"}, {kind::customer, "+1"}});
}

void callbacks_may_read(store_place& place) {
  auto in = opened(place);
  const auto list = people(*in, 3);
  int seen = 0;
  good(in->export_records(list, [&](const record& row) {
    CHECK(good(in->find_chain(list, row.chain_id))->records.size() == 2);
    int inner = 0;
    good(in->export_records(list, [&](const record&) { return ++inner, true; }));
    CHECK(inner == 6);
    return ++seen, true;
  }));
  CHECK(seen == 6);
}

} // namespace

const std::vector<contract_case>& store_contract() {
  static const std::vector<contract_case> cases = {
    {"lists have names", lists_have_names},
    {"forms that cannot be are refused", forms_that_cannot_be_are_refused},
    {"a list grows columns", a_list_grows_columns},
    {"rows come back as they went", rows_come_back_as_they_went},
    {"export goes by key and stops", export_goes_by_key_and_stops},
    {"import inserts what is absent", import_inserts_what_is_absent},
    {"import updates on demand", import_updates_on_demand},
    {"a dialed list equals its file", a_dialed_list_equals_its_file},
    {"a bad row takes the whole import back", a_bad_row_takes_the_whole_import_back},
    {"ready chains are taken once", ready_chains_are_taken_once},
    {"a chain is ready as a whole", a_chain_is_ready_as_a_whole},
    {"an empty list counts nothing", an_empty_list_counts_nothing},
    {"an attempt is written to its row", an_attempt_is_written_to_its_row},
    {"no attempt is made or ended twice", no_attempt_is_made_or_ended_twice},
    {"writes to what is not there are refused", writes_to_what_is_not_there_are_refused},
    {"columns are written by name", columns_are_written_by_name},
    {"what belongs to a chain keeps its order", what_belongs_to_a_chain_keeps_its_order},
    {"a chain ends", a_chain_ends},
    {"recovery frees what was in flight", recovery_frees_what_was_in_flight},
    {"what a waiting chain says is taken as it was", what_a_waiting_chain_says_is_taken_as_it_was},
    {"attempts are exported in order", attempts_are_exported_in_order},
    {"small facts are kept", small_facts_are_kept},
    {"do not call is kept", do_not_call_is_kept},
    {"callbacks may read", callbacks_may_read},
  };
  return cases;
}
