// call_result_test.cpp: the 40 results: codes, names, tolerant reading.
#include "dialer/call_result.hpp"

#include <set>
#include <string>

#include "tests/catch.hpp"

using namespace chainring::dialer;

TEST_CASE("the guide's forty results have the codes of gcti.h") {
  const auto code = [](std::string_view name) {
    return static_cast<int>(call_result_from_name(name).value());
  };
  CHECK(code("Ok") == 0);
  CHECK(code("GeneralError") == 3);
  CHECK(code("SystemError") == 4);
  CHECK(code("RemoteRelease") == 5);
  CHECK(code("Busy") == 6);
  CHECK(code("NoAnswer") == 7);
  CHECK(code("SIT_Detected") == 8);
  CHECK(code("AnswMachine") == 9);
  CHECK(code("All_Trunks_Busy") == 10);
  CHECK(code("SIT_Invalid_Num") == 11);
  CHECK(code("SIT_Vacant") == 12);
  CHECK(code("SIT_Oper_Intercept") == 13);
  CHECK(code("SIT_Unknown") == 14);
  CHECK(code("SIT_No_Circuit") == 15);
  CHECK(code("SIT_Reorder") == 16);
  CHECK(code("Fax") == 17);
  CHECK(code("Abandoned") == 21);
  CHECK(code("Dropped") == 26);
  CHECK(code("DroppedNoAnswer") == 27);
  CHECK(code("Unknown") == 28);
  CHECK(code("Silence") == 32);
  CHECK(code("Answer") == 33);
  CHECK(code("NuTone") == 34);
  CHECK(code("NoDialTone") == 35);
  CHECK(code("NoProgress") == 36);
  CHECK(code("NoRingBack") == 37);
  CHECK(code("NoEstablished") == 38);
  CHECK(code("PagerDetected") == 39);
  CHECK(code("WrongParty") == 40);
  CHECK(code("DialError") == 41);
  CHECK(code("CallDropError") == 42);
  CHECK(code("SwitchError") == 43);
  CHECK(code("NoFreePortError") == 44);
  CHECK(code("TransferError") == 45);
  CHECK(code("Stale") == 46);
  CHECK(code("AgentCallbackError") == 47);
  CHECK(code("GroupCallbackError") == 48);
  CHECK(code("DoNotCall") == 51);
  CHECK(code("CancelRecord") == 52);
  CHECK(code("WrongNumber") == 53);
}

TEST_CASE("codes and names lead back to each other, in code order") {
  std::set<std::string_view> names;
  int previous = -1;
  for (const auto& entry : all_call_results()) {
    CHECK(static_cast<int>(entry.code) > previous);
    previous = static_cast<int>(entry.code);
    CHECK(name_of(entry.code) == entry.name);
    CHECK(call_result_from_code(previous) == entry.code);
    CHECK(call_result_from_name(entry.name) == entry.code);
    names.insert(entry.name);
  }
  CHECK(names.size() == 40);
}

TEST_CASE("codes reserved for T-Server are no results") {
  for (int code : {-1, 1, 2, 18, 19, 20, 22, 23, 24, 25, 29, 30, 31, 49, 50, 54, 255, 256 + 6})
    CHECK_FALSE(call_result_from_code(code));
}

TEST_CASE("display texts and loose spellings are read") {
  CHECK(call_result_from_name("Answering Machine") == call_result::answering_machine);
  CHECK(call_result_from_name("SIT Invalid Num") == call_result::sit_invalid_number);
  CHECK(call_result_from_name("Fax Detected") == call_result::fax);
  CHECK(call_result_from_name("NoEstablishe") == call_result::no_established);
  CHECK(call_result_from_name("no_answer") == call_result::no_answer);
  CHECK(call_result_from_name("DO NOT CALL") == call_result::do_not_call);
  CHECK_FALSE(call_result_from_name("Bussy"));
  CHECK_FALSE(call_result_from_name(""));
  CHECK_FALSE(call_result_from_name("Busy2"));
}
