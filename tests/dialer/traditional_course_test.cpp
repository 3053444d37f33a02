// traditional_course_test.cpp: sequences, delays and chain cycles by tables; that every chain ends, rings nobody it must not
// and goes on from its rows as if nothing had happened, by chance.
#include "dialer/traditional_course.hpp"

#include <random>

#include "dialer/limits.hpp"
#include "tests/catch.hpp"

using namespace chainring;
using namespace chainring::dialer;

namespace {

constexpr std::int64_t now_ms = 1'767'625'200'000;
constexpr std::int64_t minute_ms = 60'000;
constexpr list_id list = 3;

traditional_treatment treatment(std::int64_t dbid, call_result r, record_action action, std::int32_t number = 1,
                                std::int32_t cycles = 1, std::int64_t interval = 0, std::int64_t increment = 0) {
  traditional_treatment t;
  t.dbid = dbid;
  t.name = std::to_string(dbid);
  t.result = r;
  t.action = action;
  t.number_in_sequence = number;
  t.cycle_attempts = cycles;
  t.interval_min = interval;
  t.increment_min = increment;
  if (is_at_date(action)) t.date_time = now_ms / 1'000 + 3'600;
  return t;
}

treatment_table table_of(std::vector<traditional_treatment> all) {
  auto made = treatment_table::make(std::move(all));
  if (!made) FAIL(to_line(made.error()));
  return std::move(*made);
}

record row_of(std::int32_t chain_n) {
  record row;
  row.record_id = 100 + chain_n;
  row.chain_id = 7;
  row.chain_n = chain_n;
  row.contact_info = "555" + std::to_string(chain_n);
  row.record_status = record_status::retrieved;
  return row;
}

chain_of_records chain_of(std::int32_t records) {
  chain_of_records made{7, {}};
  for (std::int32_t n = 1; n <= records; ++n) made.records.push_back(row_of(n));
  return made;
}

/// A chain at work: calls end as told, and rows are kept as the store would have them.
struct at_work {
  treatment_table table;
  course_terms terms{table, list, limits::chain_attempts_max_default, 0};
  std::vector<record> stored;
  chain c;
  treatment_progress progress;
  std::int64_t clock_ms = now_ms;
  course_step step;

  at_work(treatment_table treatments, const chain_of_records& records, std::string_view order_by = "")
      : table(std::move(treatments)), stored(records.records), c(*chain::make(records, 1)) {
    terms.order = *record_order::make(order_by, {"people", {}});
    step = begin_course(c, progress, terms, clock_ms);
  }
  at_work(const at_work&) = delete;

  void store(const write_row& w) {
    CHECK(w.key.list == list);
    for (auto& row : stored) {
      if (row.chain_n != w.key.chain_n) continue;
      if (w.status) row.record_status = *w.status;
      if (w.type) row.record_type = *w.type;
      if (w.result) row.call_result = *w.result;
      if (w.dial_sched_time) row.dial_sched_time = *w.dial_sched_time;
      for (const auto& [name, text] : w.columns) (name == "treatments" ? row.treatments : row.agent_id) = text;
    }
  }

  /// The call that is due is made and ends so.
  void call_ends(call_result r) {
    REQUIRE(step.next);
    const auto [position, at_ms] = *step.next;
    clock_ms = std::max(clock_ms, at_ms) + 2'345;
    auto& row = stored[position];
    CHECK(row.record_type != record_type::no_call);
    ++row.attempt;
    row.call_result = r;
    row.call_time = clock_ms / 1'000;
    c.note_attempt(position, row.attempt);
    c.note_result(position, r, clock_ms);
    step = follow_course(c, progress, position, r, terms, clock_ms);
    for (const auto& w : step.rows) store(w);
    for (std::size_t i = 0; i < stored.size(); ++i) CHECK(c.at(i) == stored[i]);
  }

  /// "2 after 5 min" for each call that follows when all of them end so, at most `most`.
  std::vector<std::string> calls(call_result r, int most = 50) {
    std::vector<std::string> made;
    for (int i = 0; step.next && i < most; ++i) {
      const auto wait_ms = step.next->at_ms - clock_ms;
      CHECK(wait_ms % minute_ms == 0);
      made.push_back(std::to_string(c.at(step.next->position).chain_n) +
                     (wait_ms > 0 ? " after " + std::to_string(wait_ms / minute_ms) + " min" : ""));
      call_ends(r);
    }
    return made;
  }
};

using strings = std::vector<std::string>;
using enum record_action;

} // namespace

TEST_CASE("the column has OCS's form") {
  CHECK(to_column({101, 2, 3, 4}) == "101@2@3@4");
  CHECK(progress_from_column("101@2@3@4") == treatment_progress{101, 2, 3, 4});
  CHECK(progress_from_column("101@2@lgt;3@4") == treatment_progress{101, 2, 3, 4});
  CHECK(progress_from_column("0@0@1@0") == treatment_progress{0, 0, 1, 1});
  CHECK(progress_from_column("9007199254740991@1@2147483646@1"));
  for (const auto* wrong : {"", "101", "101@2@3", "101@2@3@4@5", "101@2@3@", "a@2@3@4", "101@-2@3@4",
                            "101@2@3@4294967296", "101@2@3@4 ", "@lgt;", "99999999999999999999@1@1@1"})
    CHECK_FALSE(progress_from_column(wrong));
}

TEST_CASE("without a treatment the first result ends the chain") {
  at_work one({}, chain_of(2));
  CHECK(one.calls(call_result::busy) == strings{"1"});
  CHECK(one.step.rows.empty());
  CHECK(one.step.reason.empty());
}

TEST_CASE("a redial waits longer each time until its cycle attempts are used up") {
  at_work one(table_of({treatment(5, call_result::busy, redial, 1, 3, 10, 5)}), chain_of(1));
  CHECK(one.calls(call_result::busy) == strings{"1", "1 after 10 min", "1 after 15 min", "1 after 20 min"});
  CHECK(one.stored[0].treatments == "5@3@1@1");
  CHECK(one.stored[0].record_type == record_type::campaign_rescheduled);
}

TEST_CASE("when a number in the sequence is used up the next one applies") {
  at_work one(
      table_of({treatment(5, call_result::busy, redial, 1, 2, 5), treatment(6, call_result::busy, retry_in, 4, 1, 60),
                treatment(7, call_result::busy, next_in_chain_after, 9, 1, 30)}),
      chain_of(2));
  CHECK(one.calls(call_result::busy) == strings{"1", "1 after 5 min", "1 after 5 min", "1 after 60 min",
                                                "2 after 30 min", "2 after 5 min", "2 after 5 min", "2 after 60 min"});
}

TEST_CASE("another result begins its own sequence") {
  at_work one(table_of({treatment(5, call_result::busy, redial, 1, 1, 5),
                        treatment(6, call_result::no_answer, redial, 1, 1, 7)}),
              chain_of(1));
  one.call_ends(call_result::busy);
  CHECK(one.progress == treatment_progress{5, 1, 1, 1});
  one.call_ends(call_result::no_answer);
  CHECK(one.progress == treatment_progress{6, 1, 1, 1});
  one.call_ends(call_result::busy);
  CHECK(one.progress == treatment_progress{5, 1, 1, 1});
  one.call_ends(call_result::busy);
  CHECK_FALSE(one.step.next);
}

TEST_CASE("next in chain goes at once, and again from the first record after the delay") {
  at_work one(table_of({treatment(5, call_result::busy, next_in_chain, 1, 3, 60, 30)}), chain_of(2));
  CHECK(one.calls(call_result::busy) == strings{"1", "2", "1 after 60 min", "2", "1 after 90 min", "2"});
  CHECK(one.progress.chain_cycle == 3);
}

TEST_CASE("a chain is gone through in the order of its list") {
  at_work one(table_of({treatment(5, call_result::busy, next_in_chain, 1, 2, 60),
                        treatment(6, call_result::busy, redial, 2, 1, 5)}),
              chain_of(3), "chain_n DESC");
  CHECK(one.calls(call_result::busy) == strings{"3", "2", "1", "3 after 60 min", "2", "1", "1 after 5 min"});
  CHECK(one.stored[0].treatments == "6@1@1@2");
  CHECK_FALSE(one.stored[2].treatments);
}

TEST_CASE("next in chain after waits before each record") {
  at_work one(table_of({treatment(5, call_result::busy, next_in_chain_after, 1, 2, 20, 10)}), chain_of(3));
  CHECK(one.calls(call_result::busy) ==
        strings{"1", "2 after 20 min", "3 after 20 min", "1 after 20 min", "2 after 30 min", "3 after 30 min"});
}

TEST_CASE("at the date, or at once when it is over") {
  at_work one(table_of({treatment(5, call_result::busy, retry_at_date, 1, 2)}), chain_of(1));
  one.call_ends(call_result::busy);
  REQUIRE(one.step.next);
  CHECK(one.step.next->at_ms == now_ms + 60 * minute_ms);
  one.call_ends(call_result::busy);
  REQUIRE(one.step.next);
  CHECK(one.step.next->at_ms == one.clock_ms);
  one.call_ends(call_result::busy);
  CHECK_FALSE(one.step.next);
  at_work other(table_of({treatment(5, call_result::busy, next_in_chain_at_date)}), chain_of(2));
  other.call_ends(call_result::busy);
  REQUIRE(other.step.next);
  CHECK(other.step.next->position == 1);
  CHECK(other.step.next->at_ms == now_ms + 60 * minute_ms);
}

TEST_CASE("Ok and Unknown have no treatment") {
  for (const auto r : {call_result::ok, call_result::unknown}) {
    at_work one(table_of({treatment(5, call_result::ok, redial)}), chain_of(1));
    one.call_ends(r);
    CHECK_FALSE(one.step.next);
  }
}

TEST_CASE("Ok of a message in Power mode has its treatment, Unknown has none") {
  const auto table = table_of({treatment(5, call_result::ok, next_in_chain)});
  const auto position_after = [&](call_result r) -> std::optional<std::size_t> {
    const auto choice = choose_treatment(table, {}, r, 0, {true, true}, now_ms, true);
    return choice ? std::optional(choice->position) : std::nullopt;
  };
  CHECK(position_after(call_result::ok) == 1);
  CHECK_FALSE(position_after(call_result::unknown));
}

TEST_CASE("what ends the chain says so in the rows") {
  const auto ended = [](record_action action) {
    at_work one(table_of({treatment(5, call_result::fax, action), treatment(6, call_result::fax, redial, 2)}),
                chain_of(3));
    one.stored[1].record_type = record_type::no_call;
    one.c.put(1, one.stored[1]);
    one.call_ends(call_result::fax);
    CHECK_FALSE(one.step.next);
    CHECK(one.step.reason.empty());
    return one.stored;
  };
  for (const auto action : {none, mark_record}) {
    CHECK(ended(action)[0].record_status == record_status::retrieved);
    CHECK(ended(action)[2].call_result == call_result::unknown);
  }
  CHECK(ended(mark_chain)[1].call_result == call_result::unknown);
  CHECK(ended(mark_chain)[2].call_result == call_result::fax);
  CHECK(ended(mark_as_agent_error)[0].record_status == record_status::agent_error);
  CHECK(ended(mark_as_agent_error)[2].record_status == record_status::retrieved);
}

TEST_CASE("actions that dial the record again say what it is now") {
  const auto type_after = [](record_action action, record_type before, std::optional<std::string> agent) {
    auto records = chain_of(1);
    records.records[0].record_type = before;
    records.records[0].agent_id = std::move(agent);
    at_work one(
        table_of({treatment(5, call_result::agent_callback_error, redial), treatment(6, call_result::busy, action)}),
        records);
    one.call_ends(call_result::busy);
    REQUIRE(one.step.next);
    return std::pair(one.stored[0].record_type, one.stored[0].agent_id);
  };
  using enum record_type;
  using pair = std::pair<record_type, std::optional<std::string>>;
  CHECK(type_after(retry_in, general, {}) == pair(campaign_rescheduled, {}));
  CHECK(type_after(retry_in, personal_callback, "a7") == pair(campaign_rescheduled, "a7"));
  CHECK(type_after(redial, personal_callback, "a7") == pair(personal_callback, "a7"));
  CHECK(type_after(redial, general, {}) == pair(campaign_rescheduled, {}));
  CHECK(type_after(reschedule, personal_callback, {}) == pair(personal_rescheduled, {}));
  CHECK(type_after(reschedule, general, {}) == pair(campaign_rescheduled, {}));
  CHECK(type_after(assign_to_group, personal_callback, "a7") == pair(campaign_callback, {}));
}

TEST_CASE("a chain has no more attempts than it may, the script's included") {
  at_work one(table_of({treatment(5, call_result::busy, redial, 1, 1'000),
                        treatment(6, call_result::no_answer, redial, 1, 1'000)}),
              chain_of(1));
  one.terms.chain_attempts_max = 5;
  for (int i = 0; i < 5; ++i) one.call_ends(i % 2 ? call_result::busy : call_result::no_answer);
  CHECK_FALSE(one.step.next);
  CHECK(one.step.reason == "5 attempts were made, chain-attempts-max");
  treatment_progress fresh;
  CHECK(begin_course(one.c, fresh, one.terms, now_ms).reason == one.step.reason);
}

TEST_CASE("shorter waits than the threshold stay out of the rows") {
  at_work one(table_of({treatment(5, call_result::busy, redial, 1, 3, 1, 9), treatment(6, call_result::fax, retry_in)}),
              chain_of(1));
  one.terms.sched_threshold_s = 600;
  one.call_ends(call_result::busy);
  CHECK(one.step.rows.empty());
  one.call_ends(call_result::busy);
  CHECK(one.stored[0].treatments == "5@2@1@1");
  CHECK(one.stored[0].dial_sched_time == (one.clock_ms + 10 * minute_ms + 999) / 1'000);
  one.call_ends(call_result::fax); // rescheduled by its nature
  CHECK(one.stored[0].treatments == "6@1@1@1");
  one.call_ends(call_result::busy);
  CHECK_FALSE(one.stored[0].treatments); // it would say the wrong thing after a crash
}

TEST_CASE("a record that is on the do-not-call list is passed over") {
  at_work one(table_of({treatment(5, call_result::busy, next_in_chain, 1, 2),
                        treatment(6, call_result::do_not_call, redial, 1, 5),
                        treatment(7, call_result::do_not_call, next_in_chain, 2, 2)}),
              chain_of(3));
  one.call_ends(call_result::busy);
  one.call_ends(call_result::do_not_call); // of the second: redial is not for it
  CHECK(one.calls(call_result::busy) == strings{"3", "1", "3"});
}

TEST_CASE("a course is taken up where the rows say") {
  const auto table = table_of({treatment(5, call_result::busy, redial, 1, 3, 10, 5)});
  const course_terms terms{table, list, 100, 0};
  const auto taken_up = [&](auto&& change) {
    auto records = chain_of(3);
    change(records.records);
    auto c = *chain::make(records, 1);
    treatment_progress progress;
    const auto step = begin_course(c, progress, terms, now_ms);
    REQUIRE(step.next);
    CHECK(step.rows.empty());
    return std::tuple(step.next->position, (step.next->at_ms - now_ms) / 1'000, progress, step.warning.empty());
  };
  using type = record_type;
  const std::size_t first = 0, second = 1, third = 2;
  const std::int64_t soon = now_ms / 1'000 + 90;
  const treatment_progress fresh{0, 0, 1, 1};
  const auto at = [&](type t, std::int64_t when, std::optional<std::string> text) {
    return [=](std::vector<record>& rows) {
      rows[1].record_type = t;
      rows[1].dial_sched_time = when;
      rows[1].treatments = text;
    };
  };
  CHECK(taken_up([](auto&) {}) == std::tuple(first, 0, fresh, true));
  CHECK(taken_up(at(type::general, soon, "5@2@2@4")) == std::tuple(first, 0, fresh, true));
  CHECK(taken_up(at(type::no_call, soon, "5@2@2@4")) == std::tuple(first, 0, fresh, true));
  for (const auto t :
       {type::campaign_rescheduled, type::personal_rescheduled, type::personal_callback, type::campaign_callback}) {
    CHECK(taken_up(at(t, soon, "5@2@2@4")) == std::tuple(second, 90, treatment_progress{5, 2, 2, 4}, true));
    CHECK(taken_up(at(t, soon - 1'000, "5@2@2@4")) == std::tuple(second, 0, treatment_progress{5, 2, 2, 4}, true));
    CHECK(taken_up(at(t, soon, "5@2@3@4")) == std::tuple(third, 90, treatment_progress{5, 2, 3, 4}, true));
    CHECK(taken_up(at(t, soon, std::nullopt)) == std::tuple(second, 90, treatment_progress{0, 0, 2, 1}, true));
    CHECK(taken_up(at(t, soon, "nonsense")) == std::tuple(second, 90, treatment_progress{0, 0, 2, 1}, true));
    CHECK(taken_up(at(t, soon, "5@2@9@4")) == std::tuple(second, 90, treatment_progress{0, 0, 2, 1}, true));
    CHECK(taken_up(at(t, soon, "77@2@2@4")) == std::tuple(second, 90, treatment_progress{0, 0, 2, 4}, false));
  }
  CHECK(taken_up([](auto& rows) { rows[0].record_status = record_status::cancelled; }) ==
        std::tuple(second, 0, treatment_progress{0, 0, 2, 1}, true));
}

TEST_CASE("a call that ended just before a crash is followed, not made again") {
  at_work one(table_of({treatment(5, call_result::busy, redial, 1, 3, 10, 5)}), chain_of(1));
  one.call_ends(call_result::busy);
  one.call_ends(call_result::busy);
  REQUIRE(one.step.next);
  const auto due_ms = one.step.next->at_ms;
  // The result of the third call is in the store, and what follows from it is not.
  one.stored[0].attempt = 3;
  one.stored[0].call_time = due_ms / 1'000 + 7;
  auto again = *chain::make({7, one.stored}, 1);
  treatment_progress progress;
  const auto step = begin_course(again, progress, one.terms, due_ms + 60'000);
  REQUIRE(step.next);
  CHECK(step.next->at_ms == (due_ms / 1'000 + 7) * 1'000 + 20 * minute_ms);
  CHECK(progress == treatment_progress{5, 3, 1, 1});
  CHECK(step.rows.size() == 1);
}

TEST_CASE("the first call of a chain, of which its rows say nothing, is followed by who knows of it") {
  const auto answered = GENERATE(true, false);
  at_work one(table_of({treatment(5, call_result::busy, next_in_chain_after, 1, 2, 10)}), chain_of(2));
  REQUIRE(one.step.next);
  one.stored[0].attempt = 1;
  one.stored[0].call_result = answered ? call_result::answer : call_result::busy;
  one.stored[0].call_time = now_ms / 1'000 + 9;
  auto again = *chain::make({7, one.stored}, 1);
  treatment_progress progress;
  // The calls that a chain may have are used up: what has been said of the last one counts.
  one.terms.chain_attempts_max = answered ? 1 : limits::chain_attempts_max_default;
  const auto step = begin_course(again, progress, one.terms, now_ms + minute_ms, ended_call{0, now_ms + 9'123});
  CHECK(step.reason.empty());
  CHECK(step.next.has_value() != answered);
  if (answered) return;
  CHECK(step.next->position == 1);
  CHECK(step.next->at_ms == now_ms + 9'123 + 10 * minute_ms);
  CHECK(progress == treatment_progress{5, 1, 2, 1});
}

TEST_CASE("a chain of which no record can be dialed says so") {
  auto records = chain_of(2);
  records.records[0].record_type = record_type::no_call;
  records.records[1].call_result = call_result::do_not_call;
  at_work one({}, records);
  CHECK_FALSE(one.step.next);
  CHECK(one.step.reason == "no record of the chain can be dialed");
}

TEST_CASE(
    "whatever the treatments and results are, a chain ends, keeps its rules and could begin again from its rows") {
  const std::array results = {call_result::busy, call_result::no_answer, call_result::fax, call_result::do_not_call};
  for (std::uint32_t seed = 0; seed < 400; ++seed) {
    INFO("seed " << seed);
    std::mt19937 random(seed);
    const auto below = [&](std::uint32_t most) { return static_cast<std::int32_t>(random() % most); };
    std::vector<traditional_treatment> all;
    for (const auto r : results)
      for (std::int32_t number = 1; number <= below(4); ++number)
        all.push_back(treatment(static_cast<std::int64_t>(all.size()) + 1, r, static_cast<record_action>(below(12)),
                                number, 1 + below(4), below(100), below(20)));
    at_work one(table_of(all), chain_of(1 + below(4)));
    one.terms.chain_attempts_max = 60;
    int calls = 0;
    std::int32_t cycles = 1;
    for (; one.step.next; ++calls) {
      REQUIRE(calls < 60);
      if (!one.step.rows.empty()) { // the same call would follow from the rows alone
        treatment_progress again;
        auto anew = *chain::make({7, one.stored}, 1);
        const auto restored = begin_course(anew, again, one.terms, one.clock_ms);
        REQUIRE(restored.next);
        CHECK(restored.next->position == one.step.next->position);
        CHECK(restored.next->at_ms >= one.step.next->at_ms);
        CHECK(restored.next->at_ms <= one.step.next->at_ms + 1'000);
        CHECK(again == one.progress);
        CHECK(std::count_if(one.stored.begin(), one.stored.end(),
                            [](const record& r) { return r.treatments.has_value(); }) == 1);
      }
      CHECK(one.progress.chain_cycle >= cycles);
      cycles = one.progress.chain_cycle;
      CHECK(cycles <= 4);
      one.call_ends(results[static_cast<std::size_t>(below(4))]);
    }
    CHECK(std::all_of(one.stored.begin(), one.stored.end(), [](const record& r) {
      return r.record_status == record_status::retrieved || r.record_status == record_status::agent_error;
    }));
  }
}

TEST_CASE("with one result for ever a chain makes the calls that can be counted beforehand") {
  for (std::uint32_t seed = 0; seed < 300; ++seed) {
    INFO("seed " << seed);
    std::mt19937 random(seed);
    const auto below = [&](std::uint32_t most) { return static_cast<std::int32_t>(random() % most); };
    const auto records = 1 + below(4), redials = below(4), cycles = 1 + below(3);
    const auto interval = 1 + below(60), increment = below(30);
    std::vector<traditional_treatment> all;
    if (redials > 0) all.push_back(treatment(1, call_result::busy, redial, 1, redials, interval, increment));
    all.push_back(treatment(2, call_result::busy, next_in_chain_after, 2, cycles, interval, increment));
    at_work one(table_of(all), chain_of(records));
    one.terms.chain_attempts_max = limits::chain_attempts_max;
    strings expected;
    for (std::int32_t cycle = 1; cycle <= cycles; ++cycle)
      for (std::int32_t n = 1; n <= records; ++n) {
        const auto finished = n == 1 ? cycle - 1 : cycle; // the cycle whose delay led here
        expected.push_back(
            std::to_string(n) +
            (expected.empty() ? "" : " after " + std::to_string(interval + (finished - 1) * increment) + " min"));
        for (std::int32_t k = 1; k <= redials; ++k)
          expected.push_back(std::to_string(n) + " after " + std::to_string(interval + (k - 1) * increment) + " min");
      }
    CHECK(one.calls(call_result::busy, 1'000) == expected);
  }
}
