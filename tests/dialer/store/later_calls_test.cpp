// later_calls_test.cpp: logs of calls, whatever is in them.
#include "dialer/store/later_calls.hpp"

#include <sstream>

#include "tests/catch.hpp"
#include "tests/dialer/scratch.hpp"
#include "tests/dialer/store_contract.hpp"

using namespace chainring::dialer;

namespace {

struct reading {
  later_calls calls;
  std::vector<std::string> complaints;
  chainring::result<void> outcome;

  explicit reading(const std::string& text) {
    std::istringstream in(text);
    outcome = read_later_calls(in, "calls", calls, [&](const chainring::error& e) { complaints.push_back(to_line(e)); });
  }
};

} // namespace

TEST_CASE("A trunk's log and an export of attempts say the same", "[later_calls]") {
  const reading log(R"({"ms":1000,"trunk":"sim","list":"people","record_id":11,"attempt":2,"number":"1","options":{"a":"b"}}
{"ms":2000,"trunk":"sim","list":"people","record_id":11,"attempt":3,"number":"1"}
)");
  const reading csv("list,record_id,chain_id,chain_n,attempt,contact_info,started_ms,ended_ms,trunk,result\r\n"
                 "people,11,1,1,2,1,1000,1500,sim,Busy\r\npeople,11,1,1,3,1,2000,0,sim,\r\n");
  for (const auto* one : {&log, &csv}) {
    CHECK(one->outcome.ok());
    CHECK(one->complaints.empty());
    REQUIRE(one->calls.size() == 1);
    const auto& calls = one->calls.at({"people", 11});
    REQUIRE(calls.size() == 2);
    CHECK(calls.at(2).ms == 1'000);
    CHECK(calls.at(3).trunk == "sim");
  }
}

TEST_CASE("Lines that are no calls are named and left out", "[later_calls]") {
  const std::string good = R"({"ms":1,"trunk":"t","list":"l","record_id":1,"attempt":1})";
  const std::string bad[] = {"{", "null", "[1]", R"({"ms":1})", R"({"ms":1,"trunk":"t","list":"l","record_id":1.5,"attempt":1})",
                             R"({"ms":1,"trunk":"t","list":7,"record_id":1,"attempt":1})",
                             R"({"ms":1,"trunk":"t","list":"l","record_id":1e300,"attempt":1})",
                             R"({"ms":1,"trunk":"t","list":"l","record_id":1,"attempt":0})",
                             R"({"ms":1,"trunk":"t","list":"l","record_id":1,"attempt":4294967297})",
                             R"({"ms":-1,"trunk":"t","list":"l","record_id":1,"attempt":1})", "{\"ms\":1,\"trunk\":\"t"};
  for (const auto& one : bad) {
    INFO(one);
    const reading got(good + "\n" + one + "\n\n" + good);
    CHECK(got.outcome.ok());
    CHECK(got.calls.size() == 1);
    REQUIRE(got.complaints.size() == 1);
    CHECK(got.complaints[0].find("calls:2: ") != std::string::npos);
  }
  const reading csv("list,record_id,attempt,started_ms,trunk\nl,one,1,1,t\nl,1\nl,2,1,1,t\n");
  CHECK(csv.complaints.size() == 2);
  CHECK(csv.calls.size() == 1);
}

TEST_CASE("A file that is no log of calls is refused, an empty one has no calls", "[later_calls]") {
  CHECK(reading("").outcome.ok());
  for (const char* text : {"record_id,chain_id\n1,1\n", "SQLite format 3", "\n\n"}) {
    INFO(text);
    const reading got(text);
    REQUIRE_FALSE(got.outcome.ok());
    CHECK(got.outcome.error().where == "calls");
  }
}

TEST_CASE("Calls that a store does not know become attempts without an end, the last in flight", "[later_calls]") {
  scratch_folder folder;
  auto in = good(open_sqlite(folder.file("s.db")));
  const auto list = people(*in, 3);
  good(in->own("restore"));
  good(in->commit(
    {intent_of(list, 1, 1, 1, 500), intent_of(list, 2, 1, 1, 500), result_of(list, 2, 1, 1, call_result::busy, 1'500)}));
  later_calls calls;
  calls[{"people", 11}] = {{1, {500, "a"}}, {3, {3'000, "b"}}}; // the second never left
  calls[{"people", 21}] = {{1, {500, "a"}}, {2, {2'000, "a"}}};
  calls[{"people", 31}] = {{1, {700, "c"}}};
  calls[{"people", 999}] = {{1, {1, "a"}}, {2, {2, "a"}}};
  calls[{"others", 11}] = {{1, {1, "a"}}};
  const auto taken = good(take_in(*in, calls));
  CHECK(taken.added == 4);
  CHECK(taken.known == 2);
  CHECK(taken.strangers == 3);
  const auto states = [&](std::int64_t record) {
    std::string told;
    for (const auto& a : good(in->attempts_of(list, record)))
      told += std::to_string(a.n) + ":" + std::to_string(static_cast<int>(a.state)) + "@" + std::to_string(a.started_ms) + " ";
    return told;
  };
  CHECK(states(11) == "1:2@500 2:2@3000 3:0@3000 ");
  CHECK(states(21) == "1:2@1000 2:0@2000 ");
  CHECK(states(31) == "1:0@700 ");
  CHECK(good(in->find_record(list, 11))->attempt == 3);
  CHECK(good(in->recover(list, 9'000)).size() == 3);
  CHECK(good(take_in(*in, calls)).added == 0);
  calls[{"people", 12}] = {{20'000, {1, "a"}}};
  CHECK_FALSE(take_in(*in, calls).ok());
}
