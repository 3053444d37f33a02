// treatment_uri_test.cpp: parameters in the URI of a treatment.
#include "dialer/treatment_uri.hpp"

#include "dialer/limits.hpp"
#include "tests/catch.hpp"

using namespace chainring;
using namespace chainring::dialer;

namespace {
std::string read(std::string_view uri) {
  const auto parameters = treatment_parameters(uri);
  return parameters ? scxml::to_json(*parameters) : "!" + parameters.error().what;
}
} // namespace

TEST_CASE("names and values become start parameters") {
  CHECK(read("http://h/a.scxml") == "{}");
  CHECK(read("http://h/a.scxml?") == "{}");
  CHECK(read("file:///a.scxml?maxAttempts=5&_data.greeting=hello%20you&flag") ==
        R"({"maxAttempts":5,"greeting":"hello you","flag":""})");
  CHECK(read("http://h/a?x=1&x=2&#x=3") == R"({"x":2})");
  CHECK(read("http://h/a?x=a%3Db%26c") == R"({"x":"a=b&c"})");
}

TEST_CASE("numbers, booleans and quoted text keep their kinds; phone numbers stay whole") {
  CHECK(read("?a=-1.5&b=true&c='7'&d=0&e=false") ==
        R"({"a":-1.5,"b":true,"c":"7","d":0,"e":false})");
  CHECK(
      read(
          "?a=0044&b=+15551234&c=1e3&d=1.50&e=.5&f=1.&g=--1&h=1234567890123456&i=-0&j=0.0000001") ==
      R"({"a":"0044","b":"+15551234","c":"1e3","d":"1.50","e":".5","f":"1.","g":"--1","h":"1234567890123456",)"
      R"("i":"-0","j":"0.0000001"})");
}

TEST_CASE("what is no parameter is refused") {
  CHECK(read("?=5") == "!the parameter name '' is no data id");
  CHECK(read("?a-b=5") == "!the parameter name 'a-b' is no data id");
  CHECK(read("?_data.=5") == "!the parameter name '' is no data id");
  CHECK(read("?a=%zz").starts_with("!the parameter 'a=%zz' is not percent-encoded UTF-8"));
  CHECK(read("?a=%4").starts_with("!the parameter"));
  CHECK(read("?a=%ff").starts_with("!the parameter"));
  CHECK(read("?a=%00").starts_with("!the parameter"));
  std::string many = "?";
  for (std::size_t i = 0; i <= limits::treatment_parameters_max; ++i)
    many += "p" + std::to_string(i) + "=1&";
  CHECK(read(many) == "!more than 64 parameters");
}

TEST_CASE("a file is named without its parameters") {
  CHECK(without_parameters("file:///a.scxml?x=1#f") == "file:///a.scxml");
  CHECK(without_parameters("file:///a.scxml") == "file:///a.scxml");
}
