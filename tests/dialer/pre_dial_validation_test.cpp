// pre_dial_validation_test.cpp: what a server is asked, and what each of its answers means.
#include "dialer/pre_dial_validation.hpp"

#include "scxml/value.hpp"
#include "tests/catch.hpp"

using namespace chainring;
using namespace chainring::dialer;

namespace {

const calling_list form{"people", {"crm_id", "note"}};

validation_verdict judged(unsigned status, std::string body, std::string etag = {}) {
  return judge({status, std::move(etag), std::move(body), {}}, form, 7, call_result::no_progress);
}

} // namespace

TEST_CASE("the question holds the record as it is attached to calls, and the user columns", "[validation]") {
  record row;
  row.contact_info = "16505550100";
  row.chain_id = 12;
  row.chain_n = 2;
  row.attempt = 3;
  row.call_result = call_result::busy;
  row.user = {"c-1", std::nullopt};
  scxml::value asked;
  REQUIRE(scxml::from_json(validation_question(row, form, 7, "spring"), asked));
  CHECK(asked == scxml::value{scxml::object{{{"GSW_RECORD_HANDLE", 7},
                                             {"GSW_PHONE", "16505550100"},
                                             {"GSW_CHAIN_ID", 12},
                                             {"GSW_CHAIN_N", 2},
                                             {"GSW_ATTEMPTS", 3},
                                             {"GSW_CALL_RESULT", 6},
                                             {"GSW_CALLING_LIST", "people"},
                                             {"GSW_CAMPAIGN_NAME", "spring"},
                                             {"crm_id", "c-1"},
                                             {"note", scxml::null{}}}}});
}

TEST_CASE("200 dials and may change user columns", "[validation]") {
  for (const char* body : {"", "OK", "{}", "[1]", "{\"GSW_PHONE\":\"other\",\"record_status\":3,\"nobody\":1}"}) {
    INFO(body);
    const auto v = judged(200, body);
    CHECK(v.dial);
    CHECK(v.columns.empty());
    CHECK(v.complaints.empty());
  }
  const auto v = judged(200, R"({"crm_id": 17, "NOTE": null, "GSW_RECORD_HANDLE": 7})");
  CHECK(v.dial);
  CHECK(v.columns == column_texts{{"crm_id", "17"}, {"note", std::nullopt}});
  const auto wrong = judged(200, R"({"crm_id": {"deep": 1}, "note": "fine"})");
  CHECK(wrong.dial);
  CHECK(wrong.columns == column_texts{{"note", "fine"}});
  CHECK(wrong.complaints == std::vector<std::string>{"column crm_id of the validation's answer is neither text nor number"});
}

TEST_CASE("409 does not dial, with the result that it gives", "[validation]") {
  CHECK(judged(409, R"({"GSW_CALL_RESULT": 52})").result == call_result::cancel_record);
  CHECK(judged(409, R"({"GSW_CALL_RESULT": "53"})").result == call_result::wrong_number);
  CHECK(judged(409, R"({"GSW_CALL_RESULT": "DoNotCall"})").result == call_result::do_not_call);
  CHECK_FALSE(judged(409, R"({"GSW_CALL_RESULT": 52})").dial);
  for (const char* body : {"", "no", "{}", "{\"GSW_CALL_RESULT\": 1}", "{\"GSW_CALL_RESULT\": 6.5}", "{\"GSW_CALL_RESULT\": 1e300}",
                           "{\"GSW_CALL_RESULT\": []}", "{\"GSW_CALL_RESULT\": \"Transferred\"}"}) {
    INFO(body);
    const auto v = judged(409, body);
    CHECK_FALSE(v.dial);
    CHECK(v.result == call_result::no_progress);
    CHECK(v.complaints.size() == 1);
  }
}

TEST_CASE("whatever else a server says, or does not say, is the configured result", "[validation]") {
  for (const unsigned status : {201u, 204u, 302u, 400u, 404u, 500u, 503u}) {
    const auto v = judged(status, R"({"GSW_CALL_RESULT": 52})");
    CHECK_FALSE(v.dial);
    CHECK(v.result == call_result::no_progress);
    REQUIRE(v.complaints.size() == 1);
    CHECK_THAT(v.complaints[0], Catch::Contains(std::to_string(status)));
  }
  const auto none = judge({0, {}, {}, "timed out"}, form, 7, call_result::no_progress);
  CHECK_FALSE(none.dial);
  CHECK(none.complaints == std::vector<std::string>{"validation had no answer: timed out"});
}

TEST_CASE("an answer to another record is none", "[validation]") {
  for (const char* etag : {"", "7", "\"7\"", "W/\"7\""}) CHECK(judged(200, "{}", etag).dial);
  for (const char* etag : {"8", "\"77\"", "\"\"", "\""}) CHECK_FALSE(judged(200, "{}", etag).dial);
}
