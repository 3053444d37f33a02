// query_test.cpp: values of a query by their keys, whole keys alone.
#include "actors/http/query.hpp"

#include "tests/catch.hpp"

using chainring::actors::query_value;

TEST_CASE("a value of a query is found by its whole key", "[http]") {
  CHECK_FALSE(query_value("", "list"));
  CHECK_FALSE(query_value("list", "list"));
  CHECK_FALSE(query_value("lists=a&mylist=b", "list"));
  CHECK(query_value("list=", "list") == "");
  CHECK(query_value("node=b&list=people", "list") == "people");
  CHECK(query_value("list=a&list=b", "list") == "a");
  CHECK(query_value("mylist=b&list=looked%20at%26", "list") == "looked at&");
  CHECK(query_value("list=a%zz", "list") == "a%zz"); // nothing that anybody has encoded
}
