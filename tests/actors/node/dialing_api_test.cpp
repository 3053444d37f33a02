// dialing_api_test.cpp: what the API refuses before anybody hears of it.
#include "actors/node/dialing_api.hpp"

#include <string>

#include <boost/json.hpp>

#include "tests/catch.hpp"

using namespace chainring;
using namespace chainring::actors;

namespace {

/// "STATUS WHAT: WHERE" of the answer.
std::string refused(const std::string& body) {
  router routes;
  add_dialing_routes(routes, {});
  http_request request{.method = "POST", .path = "/api/v1/do-not-call"};
  request.body = body;
  std::string said;
  (*routes.find(request).handler)(request, [&](const http_response& answer) {
    const auto why = boost::json::parse(answer.body);
    const auto part = [&](const char* name) { return std::string(why.at(name).as_string()); };
    said = std::to_string(answer.status) + " " + part("what") + ": " + part("where");
  });
  return said;
}

} // namespace

TEST_CASE("an entry of the do-not-call list that is no contact is refused by its name and place", "[api]") {
  CHECK(refused(R"({"phones":["+1 555 0100","hello"]})") == "400 phone 'hello' has no digit and is no address: phones[1]");
  CHECK(refused(R"({"phones":["-"]})") == "400 phone '-' has no digit and is no address: phones[0]");
  CHECK(refused(R"({"phones":[" "]})") == "400 an entry is empty: phones[0]");
  CHECK(refused(R"({"phones":["ann@example.com"],"customers":["C 1", ""]})") == "400 an entry is empty: customers[1]");
}
