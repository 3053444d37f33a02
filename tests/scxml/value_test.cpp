// value_test.cpp: values at the border: JSON in and out, text.
#include "scxml/value.hpp"

#include <cmath>
#include <limits>

#include "scxml/limits.hpp"
#include "tests/catch.hpp"

using namespace chainring::scxml;

namespace {

value json(std::string_view text) {
  value v;
  REQUIRE(from_json(text, v));
  return v;
}
bool refused(std::string_view text) {
  value v = "untouched";
  const bool read = from_json(text, v);
  REQUIRE(v == (read ? v : value("untouched")));
  return !read;
}

} // namespace

TEST_CASE("JSON text becomes values", "[value]") {
  CHECK(json("null") == value(null{}));
  CHECK(json(" true ") == value(true));
  CHECK(json("-12.5e1") == value(-125));
  CHECK(json("\"a\\u00e4\\n\"") == value("a\xc3\xa4\n"));
  CHECK(json("[1,[],{}]") == value(array{1, array{}, object{}}));
  const value v = json(R"({"b":1,"a":{"c":[null,"x"]}})");
  REQUIRE(v.find("a"));
  CHECK(v.as<object>()->members[0].first == "b");
  CHECK(*v.find("a")->find("c") == value(array{null{}, "x"}));
  CHECK(v.find("d") == nullptr);
}

TEST_CASE("numbers are read to the last place", "[value]") {
  CHECK(*json("0.1").as<double>() == 0.1);
  CHECK(*json("1.7976931348623157e308").as<double>() == std::numeric_limits<double>::max());
  CHECK(*json("5e-324").as<double>() == std::numeric_limits<double>::denorm_min());
  CHECK(*json("3.0000000000000004").as<double>() == 3.0000000000000004);
  CHECK(*json("12345678901234567890").as<double>() == 12345678901234567890.0);
  CHECK(*json("0.30000000000000004").as<double>() == 0.30000000000000004);
  CHECK(std::isinf(*json("1e400").as<double>()));
}

TEST_CASE("a repeated name keeps its first place and its last value", "[value]") {
  CHECK(to_json(json(R"({"a":1,"b":2,"a":3})")) == R"({"a":3,"b":2})");
  CHECK(to_json(json(R"({"a":1,"a":2,"b":3,"a":4,"b":5,"c":6})")) == R"({"a":4,"b":5,"c":6})");
}

TEST_CASE("what is no JSON is refused and leaves the value alone", "[value]") {
  for (const char* text : {"", " ", "{", "[1,]", "nul", "1 2", "'a'", "{a:1}", "\"\xff\"",
                           "\"\\ud800\"", "01", "NaN", "[1] x"})
    CHECK(refused(text));
  const auto nested = [](std::size_t n) { return std::string(n, '[') + std::string(n, ']'); };
  CHECK_FALSE(refused(nested(limits::value_depth_max)));
  CHECK(refused(nested(limits::value_depth_max + 1)));
  CHECK(refused(nested(1'000'000)));
}

TEST_CASE("values become JSON", "[value]") {
  object o;
  o.set("s", "a\"\\\n\x01\xe2\x82\xac");
  o.set("u", undefined{});
  o.set("a", array{undefined{}, true, xml{"<x/>"}, std::numeric_limits<double>::quiet_NaN()});
  CHECK(to_json(o) ==
        "{\"s\":\"a\\\"\\\\\\n\\u0001\xe2\x82\xac\",\"a\":[null,true,\"<x/>\",null]}");
  CHECK(to_json(undefined{}) == "null");
  CHECK(to_json(json(to_json(o))) == to_json(o));
}

TEST_CASE("numbers are written as ECMAScript writes them", "[value]") {
  const std::pair<double, const char*> cases[] = {
      {0, "0"},
      {-0.0, "0"},
      {1, "1"},
      {-1.5, "-1.5"},
      {0.1, "0.1"},
      {1e21, "1e+21"},
      {1e20, "100000000000000000000"},
      {123456789.125, "123456789.125"},
      {1e-6, "0.000001"},
      {1.5e-7, "1.5e-7"},
      {5e-324, "5e-324"},
      {1.7976931348623157e308, "1.7976931348623157e+308"},
      {1e-7, "1e-7"},
      {0.30000000000000004, "0.30000000000000004"}};
  for (const auto& [number, text] : cases) CHECK(to_text(number) == text);
  CHECK(to_text(std::nan("")) == "NaN");
  CHECK(to_text(-std::numeric_limits<double>::infinity()) == "-Infinity");
}

TEST_CASE("text of the other kinds", "[value]") {
  CHECK(to_text(undefined{}) == "undefined");
  CHECK(to_text(null{}) == "null");
  CHECK(to_text(true) == "true");
  CHECK(to_text("a \"b\"") == "a \"b\"");
  CHECK(to_text(array{1, "x"}) == "[1,\"x\"]");
  CHECK(to_text(xml{"<x/>"}) == "<x/>");
}

TEST_CASE("objects are equal whatever the order of their members", "[value]") {
  CHECK(json(R"({"a":1,"b":2})") == json(R"({"b":2,"a":1})"));
  CHECK_FALSE(json(R"({"a":1,"b":2})") == json(R"({"a":1,"c":2})"));
  CHECK_FALSE(json(R"({"a":1})") == json(R"({"a":1,"b":2})"));
}
