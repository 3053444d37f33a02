// switchboard_test.cpp: the way of a request from the queue to its result, in virtual time, with a trunk that does as told.
#include "dialer/switchboard.hpp"

#include <algorithm>

#include "tests/catch.hpp"
#include "tests/dialer/switchboard_bench.hpp"

using namespace chainring;
using namespace chainring::dialer;
using namespace chainring::dialer::told;

TEST_CASE("a request becomes an intent, then a call, then a result") {
  bench b;
  b.ask({b.request(7)}, noon_ms);
  auto granted = b.board.grant(noon_ms, b.outcomes);
  REQUIRE(granted.intents.size() == 1);
  const auto& intent = std::get<write_intent>(granted.intents[0]).what;
  CHECK(intent.record_id == 70);
  CHECK(intent.n == 1);
  CHECK(intent.trunk == "told");
  CHECK(intent.state == attempt_state::intent);

  b.board.advance(noon_ms, b.outcomes);
  CHECK(b.trunk->started.empty()); // no call leaves before its intent is durable
  CHECK_FALSE(b.board.idle());
  b.board.confirm(granted.calls);
  b.board.advance(noon_ms, b.outcomes);
  REQUIRE(b.trunk->started.size() == 1);
  CHECK(b.trunk->started[0].second.list == "people");
  CHECK(b.trunk->started[0].second.number == "5557");

  CHECK(b.board.next_due_ms(noon_ms) == noon_ms + 1'000);
  b.board.advance(noon_ms + 1'000, b.outcomes);
  REQUIRE(b.outcomes.size() == 1);
  CHECK(b.outcomes[0].result == call_result::busy);
  const auto& stored = std::get<write_result>(b.outcomes[0].write);
  CHECK(stored.started_ms == noon_ms);
  CHECK(stored.ended_ms == noon_ms + 1'000);
  CHECK(b.board.idle());
}

TEST_CASE("never more calls at once than channels, and every request is served") {
  bench b{3, 1'000};
  std::vector<call_request> all;
  for (int i = 1; i <= 50; ++i) all.push_back(b.request(i));
  b.ask(std::move(all), noon_ms);
  b.run(noon_ms, noon_ms + hour_ms);
  CHECK(b.outcomes.size() == 50);
  CHECK(b.trunk->started.size() == 50);
  std::vector<std::pair<std::int64_t, int>> changes;
  for (const auto& [ms, c] : b.trunk->started) changes.emplace_back(ms, 1), changes.emplace_back(ms + b.trunk->call_ms, -1);
  std::sort(changes.begin(), changes.end());
  int live = 0, most = 0;
  for (const auto& [ms, change] : changes) most = std::max(most, live += change);
  CHECK(most == 3);
}

TEST_CASE("requests of one instant go by chain, whatever order they came in") {
  bench b{1, 1'000};
  b.ask({b.request(3), b.request(1), b.request(2)}, noon_ms);
  b.run(noon_ms, noon_ms + hour_ms);
  REQUIRE(b.trunk->started.size() == 3);
  for (std::size_t i = 0; i < 3; ++i) CHECK(b.trunk->started[i].second.record_id == static_cast<std::int64_t>(i + 1) * 10);
}

TEST_CASE("campaigns that share a trunk take turns") {
  bench b{1, 1'000};
  b.ask({b.request(1, 1), b.request(2, 1), b.request(3, 1), b.request(9, 2)}, noon_ms);
  b.run(noon_ms, noon_ms + hour_ms);
  REQUIRE(b.trunk->started.size() == 4);
  CHECK(b.trunk->started[1].second.record_id == 90);
}

TEST_CASE("on the do-not-call list: not dialed, the row becomes NoCall, the chain hears DoNotCall") {
  bench b;
  b.no_calls.add(store::dnc_kind::phone, "5551");
  b.ask({b.request(1), b.request(2)}, noon_ms);
  b.run(noon_ms, noon_ms + hour_ms);
  REQUIRE(b.outcomes.size() == 2);
  CHECK(b.outcomes[0].result == call_result::do_not_call);
  CHECK(b.outcomes[0].attempt == 0);
  CHECK(std::get<write_row>(b.outcomes[0].write).type == record_type::no_call);
  CHECK(b.trunk->started.size() == 1);
}

TEST_CASE("what joins the do-not-call list after the intent is not dialed either: the attempt ends DoNotCall") {
  bench b{10, 1};
  b.ask({b.request(1), b.request(2)}, noon_ms);
  auto granted = b.board.grant(noon_ms, b.outcomes);
  b.board.confirm(granted.calls);
  b.board.advance(noon_ms, b.outcomes); // one call a second: the second one waits
  REQUIRE(b.trunk->started.size() == 1);
  b.no_calls.add(store::dnc_kind::phone, "5552");
  b.run(noon_ms, noon_ms + hour_ms);
  CHECK(b.trunk->started.size() == 1);
  REQUIRE(b.outcomes.size() == 2);
  CHECK(b.outcomes[0].result == call_result::do_not_call);
  CHECK(b.outcomes[0].attempt == 1);
  const auto& end = std::get<write_result>(b.outcomes[0].write);
  CHECK(end.state == attempt_state::done);
  CHECK(end.result == call_result::do_not_call);
  CHECK(end.type == record_type::no_call);
  CHECK(b.board.idle());
}

TEST_CASE("outside the daily window: held until it opens") {
  bench b;
  auto early = b.request(1);
  early.hours.from = 13 * 3'600;
  early.hours.till = 14 * 3'600;
  b.ask({early}, noon_ms);
  b.turn(noon_ms);
  CHECK(b.board.counts().held == 1);
  CHECK(b.board.next_due_ms(noon_ms) == noon_ms + hour_ms);
  b.run(noon_ms, noon_ms + hour_ms - 1);
  CHECK(b.trunk->started.empty());
  b.run(noon_ms + hour_ms - 1, noon_ms + 2 * hour_ms);
  REQUIRE(b.trunk->started.size() == 1);
  CHECK(b.trunk->started[0].first == noon_ms + hour_ms);
}

TEST_CASE("a window that closes between the grant and the start holds the call, with its one intent") {
  bench b{10, 1};
  auto late = b.request(2);
  late.hours.till = 12 * 3'600 + 1; // open for one second more
  b.ask({b.request(1), late}, noon_ms);
  auto granted = b.board.grant(noon_ms, b.outcomes);
  REQUIRE(granted.intents.size() == 2);
  b.board.confirm(granted.calls);
  b.board.advance(noon_ms, b.outcomes); // one call a second: the second start is due when the window has closed
  b.run(noon_ms, noon_ms + hour_ms);
  CHECK(b.trunk->started.size() == 1);
  CHECK(b.board.counts().held == 1);
  b.board.settle(noon_ms + 12 * hour_ms); // midnight: open again
  CHECK(b.board.grant(noon_ms + 12 * hour_ms, b.outcomes).intents.empty());
  b.board.advance(noon_ms + 12 * hour_ms, b.outcomes);
  CHECK(b.trunk->started.size() == 2);
}

TEST_CASE("inside the redial gap: held until it ends") {
  bench b;
  auto unknown = b.request(1);
  unknown.not_before_ms = noon_ms + 900'000;
  b.ask({unknown}, noon_ms);
  b.run(noon_ms, noon_ms + hour_ms);
  REQUIRE(b.trunk->started.size() == 1);
  CHECK(b.trunk->started[0].first == noon_ms + 900'000);
}

TEST_CASE("a trunk that fails is tried again, its calls are not lost, and it is broken when it fails for good") {
  bench b;
  b.trunk->fault = "the log cannot be written";
  b.ask({b.request(1)}, noon_ms);
  b.turn(noon_ms);
  CHECK(b.board.lines()[0].fault.find("the log cannot be written") != std::string::npos);
  CHECK_FALSE(b.board.broken());
  b.trunk->fault.clear();
  b.run(noon_ms, noon_ms + 5'000);
  CHECK(b.trunk->started.size() == 1);
  CHECK(b.outcomes.size() == 1);

  b.trunk->fault = "gone";
  b.ask({b.request(2)}, noon_ms + 10'000);
  for (int second = 10; second < 100; ++second) b.turn(noon_ms + second * 1'000);
  CHECK(b.board.broken());
}

TEST_CASE("a closed switchboard starts nothing new and lets calls end") {
  bench b{1, 1'000};
  b.ask({b.request(1), b.request(2)}, noon_ms);
  b.turn(noon_ms);
  b.board.close();
  b.run(noon_ms, noon_ms + hour_ms);
  CHECK(b.trunk->started.size() == 1);
  CHECK(b.outcomes.size() == 1);
  CHECK(b.board.idle());
}

namespace {

call_request to_be_validated(bench& b, std::int64_t chain_id) {
  auto r = b.request(chain_id);
  r.validation = std::make_shared<validation_wanted>(validation_wanted{"http://crm/", "question " + std::to_string(chain_id)});
  return r;
}

validation_verdict yes() { return {.dial = true}; }
validation_verdict no(call_result result) { return {.dial = false, .result = result}; }

} // namespace

TEST_CASE("a call that is to be validated holds a channel and has no intent before the answer", "[validation]") {
  bench b{2, 1'000};
  b.ask({to_be_validated(b, 1), to_be_validated(b, 2), b.request(3)}, noon_ms);
  const auto asked = b.board.grant(noon_ms, b.outcomes);
  REQUIRE(asked.questions.size() == 2);
  CHECK(asked.questions[0].second->question == "question 1");
  CHECK(asked.intents.empty()); // both channels are promised
  CHECK(b.board.counts().validating == 2);
  CHECK(b.board.find(asked.questions[0].first)->key.chain_id == 1);

  // The answers come in any order; one says no.
  const auto answered = b.board.answer_validations(
      {{asked.questions[1].first, yes()}, {asked.questions[0].first, no(call_result::cancel_record)}}, noon_ms + 5, b.outcomes);
  REQUIRE(answered.intents.size() == 1);
  const auto& intent = std::get<write_intent>(answered.intents[0]).what;
  CHECK(intent.chain_id == 2);
  CHECK(intent.started_ms == noon_ms + 5);
  REQUIRE(b.outcomes.size() == 1);
  CHECK(b.outcomes[0].attempt == 0);
  CHECK(b.outcomes[0].result == call_result::cancel_record);
  const auto& row = std::get<write_row>(b.outcomes[0].write);
  CHECK((row.key.chain_id == 1 && row.result == call_result::cancel_record && !row.type));
  CHECK(b.board.counts().refused_validation == 1);

  const auto third = b.board.grant(noon_ms + 5, b.outcomes); // the channel of the refused one is free again
  CHECK(third.intents.size() == 1);
  b.board.confirm(answered.calls);
  b.board.confirm(third.calls);
  b.board.advance(noon_ms + 6, b.outcomes);
  CHECK(b.trunk->started.size() == 2);
}

TEST_CASE("what the server of a validation changes in the row is told of the call, and sent in it", "[validation]") {
  bench b;
  const calling_list form{"people", {"crm_id", "note"}};
  auto request = to_be_validated(b, 1);
  record row;
  row.user = {"old", "kept"};
  request.about = std::make_shared<contact>(contact{row, &form});
  request.history = history_of({"http://crm/", "spring"}, row, form, {}, 1);
  b.ask({request}, noon_ms);
  const auto asked = b.board.grant(noon_ms, b.outcomes);
  auto verdict = yes();
  verdict.columns = {{"crm_id", "new"}, {"note", std::nullopt}};
  const auto answered = b.board.answer_validations({{asked.questions[0].first, verdict}}, noon_ms, b.outcomes);
  const auto& told = std::get<write_intent>(answered.intents.at(0)).history->body;
  CHECK(told.find("\"crm_id\":\"new\",\"note\":null") != std::string::npos);
  b.board.confirm(answered.calls);
  b.board.advance(noon_ms, b.outcomes);
  CHECK(b.trunk->started.at(0).second.about->row.user[0] == "new");
  CHECK_FALSE(b.trunk->started[0].second.about->row.user[1]);
}

TEST_CASE("answers to calls that have been given up, and second answers, are nothing", "[validation]") {
  bench b;
  b.ask({to_be_validated(b, 1), to_be_validated(b, 2)}, noon_ms);
  const auto asked = b.board.grant(noon_ms, b.outcomes);
  const auto one = asked.questions[0].first, other = asked.questions[1].first;
  CHECK(b.board.answer_validations({{one, yes()}, {one, no(call_result::busy)}}, noon_ms, b.outcomes).calls.size() == 1);
  CHECK(b.outcomes.empty());
  b.board.close();
  CHECK(b.board.find(other) == nullptr);
  CHECK(b.board.counts().validating == 0);
  CHECK(b.board.answer_validations({{other, yes()}}, noon_ms, b.outcomes).calls.empty());
}

TEST_CASE("a record of the type NoCall is not dialed, one that is scheduled not before its time") {
  bench b;
  auto never = b.request(1), later = b.request(2), gap = b.request(3);
  never.no_call = true;
  later.scheduled_ms = noon_ms + 60'000;
  gap.scheduled_ms = noon_ms + 60'000;
  gap.not_before_ms = noon_ms + 90'000;
  b.ask({never, later, gap}, noon_ms);
  CHECK(b.board.grant(noon_ms, b.outcomes).calls.empty());
  REQUIRE(b.outcomes.size() == 1);
  CHECK(b.outcomes[0].result == call_result::do_not_call);
  CHECK(b.outcomes[0].attempt == 0);
  const auto place = [&](std::int64_t record_id) { return b.board.place_of(1, record_id, noon_ms).value().at; };
  CHECK(place(20) == request_place::stage::scheduled);
  CHECK(place(30) == request_place::stage::gap);
  CHECK((b.board.counts().held_schedule == 1 && b.board.counts().held_gap == 1));
  b.run(noon_ms, noon_ms + 200'000);
  REQUIRE(b.trunk->started.size() == 2);
  CHECK((b.trunk->started[0].first == noon_ms + 60'000 && b.trunk->started[1].first == noon_ms + 90'000));
}

TEST_CASE("what is on the do-not-call list, or outside its window, is not asked about", "[validation]") {
  bench b;
  b.no_calls.add(store::dnc_kind::phone, "5551");
  auto late = to_be_validated(b, 2);
  late.hours.till = 3'600;
  b.ask({to_be_validated(b, 1), std::move(late)}, noon_ms);
  CHECK(b.board.grant(noon_ms, b.outcomes).questions.empty());
  REQUIRE(b.outcomes.size() == 1);
  CHECK(b.outcomes[0].result == call_result::do_not_call);
  CHECK(b.board.counts().held == 1);
}

TEST_CASE("an attempt that is to be told of has a record with its intent, and one with its result", "[history]") {
  bench b;
  auto r = b.request(1);
  record row;
  row.record_id = 10;
  row.chain_id = 1;
  r.history = history_of({"http://crm/", "spring"}, row, {"people", {}}, 7, 1);
  b.ask({std::move(r), b.request(2)}, noon_ms);
  const auto granted = b.board.grant(noon_ms, b.outcomes);
  REQUIRE(granted.intents.size() == 2);
  const auto told = std::get<write_intent>(granted.intents[0]).history;
  REQUIRE(told);
  CHECK_THAT(told->body, Catch::Contains("\"GSW_HIST_SEQUENCE_NUM\":0") && Catch::Contains("\"chainring_trunk\":\"told\""));
  CHECK_FALSE(std::get<write_intent>(granted.intents[1]).history);
  b.board.confirm(granted.calls);
  b.board.advance(noon_ms, b.outcomes);
  b.board.advance(noon_ms + 1'000, b.outcomes);
  REQUIRE(b.outcomes.size() == 2);
  const auto& ended = std::get<write_result>(b.outcomes[0].write);
  CHECK(ended.chain_id == 1);
  CHECK_FALSE(std::get<write_result>(b.outcomes[1].write).history);
  REQUIRE(ended.history);
  CHECK_THAT(ended.history->body, Catch::Contains("\"GSW_HIST_SEQUENCE_NUM\":1") && Catch::Contains("\"GSW_CALL_RESULT\":6") &&
                                      Catch::Contains("\"chainring_ended_ms\":" + std::to_string(noon_ms + 1'000)));
}

TEST_CASE("calls of a paused campaign wait, others go on", "[campaigns]") {
  bench b;
  b.board.pause(1);
  b.ask({b.request(1, 1), b.request(2, 2), b.request(3, 1)}, noon_ms);
  b.run(noon_ms, noon_ms + hour_ms);
  REQUIRE(b.trunk->started.size() == 1);
  CHECK(b.trunk->started[0].second.record_id == 20);
  CHECK(b.board.counts().queued == 2);
  b.board.resume(1);
  b.run(noon_ms + hour_ms, noon_ms + 2 * hour_ms);
  CHECK(b.trunk->started.size() == 3);
}

TEST_CASE("a withdrawn campaign is forgotten but for its calls, until it may call again", "[campaigns]") {
  bench b(1);
  b.ask({b.request(1, 1), b.request(2, 1), b.request(3, 2)}, noon_ms);
  b.turn(noon_ms); // chain 1 is being called
  b.board.withdraw({1, {}}, noon_ms);
  CHECK(b.board.has_calls({1, {}}));
  CHECK_FALSE(b.board.has_calls({2, {}}));
  b.ask({b.request(4, 1)}, noon_ms);
  b.run(noon_ms, noon_ms + hour_ms);
  CHECK_FALSE(b.board.has_calls({1, {}}));
  REQUIRE(b.outcomes.size() == 2); // of chains 1 and 3
  CHECK(b.board.counts().queued == 0);
  b.board.pause(1);
  b.ask({b.request(2, 1)}, noon_ms + hour_ms);
  CHECK(b.board.counts().queued == 1);
  b.board.resume(1);
  b.run(noon_ms + hour_ms, noon_ms + 2 * hour_ms);
  CHECK(b.outcomes.size() == 3);
}

TEST_CASE("a call that is held with its intent ends unknown when its campaign is withdrawn", "[campaigns]") {
  bench b;
  auto late = b.request(1, 1);
  late.hours.till = 13 * 3'600; // an hour from now
  b.ask({late}, noon_ms);
  auto granted = b.board.grant(noon_ms, b.outcomes);
  REQUIRE(granted.intents.size() == 1);
  b.board.confirm(granted.calls);
  b.board.advance(noon_ms + hour_ms, b.outcomes); // the window has closed
  REQUIRE(b.board.counts().held == 1);
  b.board.withdraw({1, {}}, noon_ms + hour_ms);
  b.board.advance(noon_ms + hour_ms, b.outcomes);
  REQUIRE(b.outcomes.size() == 1);
  CHECK_FALSE(b.outcomes[0].is_known);
  CHECK(std::get<write_result>(b.outcomes[0].write).state == attempt_state::unknown);
  CHECK(b.board.counts().held == 0);
  CHECK(b.trunk->started.empty());
}
