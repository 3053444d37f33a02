// freshness_test.cpp: what servers say of the time of their documents, in all the ways that they say it.
#include "actors/fetch/freshness.hpp"

#include "tests/catch.hpp"

using namespace chainring::actors;

namespace {

constexpr std::int64_t now_s = 784'111'777; // Sun, 06 Nov 1994 08:49:37 GMT
constexpr const char* now_text = "Sun, 06 Nov 1994 08:49:37 GMT";

} // namespace

TEST_CASE("dates of HTTP in their three forms") {
  CHECK(http_date(now_text) == now_s);
  CHECK(http_date("Sunday, 06-Nov-94 08:49:37 GMT") == now_s);
  CHECK(http_date("Sun Nov  6 08:49:37 1994") == now_s);
  for (const char* none : {"", "0", "-1", "tomorrow", "Sun, 06 Nov 1994 08:49:37 GMT and more", "1994-11-06T08:49:37Z"})
    CHECK_FALSE(http_date(none));
}

TEST_CASE("a server that says nothing") { CHECK_FALSE(fresh_seconds({}, now_s)); }

TEST_CASE("Cache-Control") {
  const auto said = [](std::string_view text) { return fresh_seconds({.cache_control = text}, now_s); };
  CHECK(said("max-age=60") == 60);
  CHECK(said("public, Max-Age = 60 , must-revalidate") == 60);
  CHECK(said("max-age=\"60\"") == 60);
  CHECK(said("no-cache") == 0);
  CHECK(said("max-age=60, no-store") == 0);
  CHECK(said("max-age=soon") == 0);
  CHECK(said("max-age=99999999999999999999") == 366 * 86'400);
  CHECK_FALSE(said("private"));
  CHECK_FALSE(said("s-maxage=60")); // of caches that others share
  CHECK_FALSE(said("no-cache=\"set-cookie, set-cookie2\"")); // of these fields alone
  CHECK(said("no-cache=\"set-cookie, no-store\", max-age=7") == 7);
}

TEST_CASE("Expires counts from the server's own clock, and Cache-Control wins") {
  CHECK(fresh_seconds({.expires = "Sun, 06 Nov 1994 08:50:37 GMT", .date = now_text}, 0) == 60);
  CHECK(fresh_seconds({.expires = "Sun, 06 Nov 1994 08:50:37 GMT"}, now_s) == 60);
  CHECK(fresh_seconds({.expires = "Thu, 01 Jan 1970 00:00:00 GMT", .date = now_text}, 0) == 0);
  CHECK(fresh_seconds({.expires = "-1", .date = now_text}, 0) == 0);
  CHECK(fresh_seconds({.cache_control = "max-age=5", .expires = "0"}, now_s) == 5);
  CHECK(fresh_seconds({.cache_control = "no-cache=\"set-cookie\"", .expires = "Thu, 01 Dec 1994 16:00:00 GMT"},
                      1'700'000'000) == 0);
}

TEST_CASE("Age is time that has passed, and Pragma is no-cache of old") {
  CHECK(fresh_seconds({.cache_control = "max-age=60", .age = "50"}, now_s) == 10);
  CHECK(fresh_seconds({.cache_control = "max-age=60", .age = "70"}, now_s) == 0);
  CHECK(fresh_seconds({.cache_control = "max-age=60", .age = "young"}, now_s) == 60);
  CHECK(fresh_seconds({.pragma = "No-Cache"}, now_s) == 0);
  CHECK(fresh_seconds({.cache_control = "max-age=60", .pragma = "no-cache"}, now_s) == 60);
}
