// traditional_treatment_test.cpp: names and codes of OCS, delays, what a treatment and a table of them may not be.
#include "dialer/traditional_treatment.hpp"

#include "dialer/limits.hpp"
#include "tests/catch.hpp"

using namespace chainring;
using namespace chainring::dialer;

namespace {

traditional_treatment redial(std::int64_t dbid, call_result r, std::int32_t number) {
  return {.dbid = dbid,
          .name = std::to_string(dbid),
          .result = r,
          .action = record_action::redial,
          .number_in_sequence = number,
          .destination = {}};
}

std::string line(const result<void>& what) { return what ? "" : to_line(what.error()); }

} // namespace

TEST_CASE("actions have OCS's codes and are read by name, constant and number") {
  int code = 0;
  for (const auto& entry : all_record_actions()) {
    CHECK(static_cast<int>(entry.code) == code);
    CHECK(record_action_from_text(entry.name) == entry.code);
    CHECK(record_action_from_text(entry.constant) == entry.code);
    CHECK(record_action_from_text(std::to_string(code)) == entry.code);
    CHECK(name_of(entry.code) == entry.name);
    ++code;
  }
  CHECK(record_action_from_text("next-in-chain_AFTER") == record_action::next_in_chain_after);
  CHECK(record_action_from_text("cycle") == record_action::redial);
  for (const auto* wrong : {"", "Redail", "12", "-1", "3 times"}) CHECK_FALSE(record_action_from_text(wrong));
  code = 0;
  for (const auto& entry : all_call_actions()) {
    CHECK(static_cast<int>(entry.code) == code);
    CHECK(call_action_from_text(entry.name) == entry.code);
    CHECK(call_action_from_text(std::to_string(code++)) == entry.code);
  }
  CHECK(call_action_from_text("SendEmail") == call_action::send_email);
  CHECK_FALSE(call_action_from_text("10"));
}

TEST_CASE("application k waits for interval and k - 1 increments") {
  auto t = redial(1, call_result::busy, 1);
  t.interval_min = 5;
  t.increment_min = 2;
  CHECK(delay_ms(t, 1) == 300'000);
  CHECK(delay_ms(t, 2) == 420'000);
  CHECK(delay_ms(t, 7) == 1'020'000);
  t.interval_min = t.increment_min = limits::treatment_interval_min_max;
  CHECK(delay_ms(t, limits::cycle_attempts_max) == limits::treatment_delay_ms_max);
}

TEST_CASE("a treatment that cannot be meant is refused by option") {
  auto t = redial(1, call_result::busy, 1);
  CHECK(check(t).ok());
  const auto refused = [&](auto&& change, const std::string& option) {
    auto wrong = t;
    change(wrong);
    const auto why = check(wrong);
    REQUIRE_FALSE(why.ok());
    CHECK(why.error().where == option);
    CHECK_FALSE(why.error().mend.empty());
  };
  refused([](auto& w) { w.dbid = 0; }, "dbid");
  refused([](auto& w) { w.result = call_result::unknown; }, "call-result");
  refused([](auto& w) { w.number_in_sequence = 0; }, "number-in-sequence");
  refused([](auto& w) { w.cycle_attempts = 0; }, "cycle-attempt");
  refused([](auto& w) { w.cycle_attempts = limits::cycle_attempts_max + 1; }, "cycle-attempt");
  refused([](auto& w) { w.interval_min = -1; }, "interval");
  refused([](auto& w) { w.increment_min = limits::treatment_interval_min_max + 1; }, "increment");
  refused([](auto& w) { w.action = record_action::retry_at_date; }, "apply-to-record");
  refused([](auto& w) { w.action = record_action::next_in_chain_at_date; }, "apply-to-record");
}

TEST_CASE("a personal callback without its agent has the five treatments of OCS") {
  int allowed = 0;
  for (const auto& entry : all_record_actions()) {
    auto t = redial(1, call_result::agent_callback_error, 1);
    t.action = entry.code;
    t.date_time = 1'800'000'000;
    allowed += check(t).ok();
    CHECK(check(t).ok() == (entry.code == record_action::redial || entry.code == record_action::retry_in ||
                            entry.code == record_action::retry_at_date ||
                            entry.code == record_action::assign_to_group ||
                            entry.code == record_action::mark_as_agent_error));
  }
  CHECK(allowed == 5);
}

TEST_CASE("a table gives each result its sequence by number") {
  const auto table = treatment_table::make({redial(7, call_result::busy, 30), redial(8, call_result::no_answer, 1),
                                            redial(9, call_result::busy, 2), redial(6, call_result::busy, 5)});
  REQUIRE(table.ok());
  std::vector<std::int64_t> numbers;
  for (const auto& t : table->sequence(call_result::busy)) numbers.push_back(t.dbid);
  CHECK(numbers == std::vector<std::int64_t>{9, 6, 7});
  CHECK(table->sequence(call_result::no_answer).size() == 1);
  CHECK(table->sequence(call_result::fax).empty());
  REQUIRE(table->find(8));
  CHECK(table->find(8)->result == call_result::no_answer);
  CHECK_FALSE(table->find(1));
  CHECK(treatment_table().empty());
  CHECK_FALSE(table->empty());
}

TEST_CASE("a table has each DBID and each place once") {
  const auto same_dbid = treatment_table::make({redial(7, call_result::busy, 1), redial(7, call_result::fax, 1)});
  REQUIRE_FALSE(same_dbid.ok());
  CHECK(same_dbid.error().what == "treatments \"7\" and \"7\" have the same dbid");
  const auto same_place = treatment_table::make({redial(7, call_result::busy, 1), redial(8, call_result::busy, 1)});
  REQUIRE_FALSE(same_place.ok());
  CHECK(same_place.error().what == "treatments \"7\" and \"8\" are both number 1 of Busy");
  CHECK_FALSE(treatment_table::make({redial(0, call_result::busy, 1)}).ok());
  CHECK(line(check(redial(0, call_result::busy, 1))).starts_with("dbid is no DBID"));
}
