// document_cache_test.cpp: the cache holds as many bytes as it may, each document once, and what was used last.
#include "actors/fetch/document_cache.hpp"

#include <malloc.h>

#include "scxml/compile.hpp"
#include "tests/actors/fetching_node.hpp"
#include "tests/catch.hpp"
#include "tests/sanitized.hpp"

using namespace chainring;
using namespace chainring::actors;

namespace {

std::shared_ptr<const scxml::document> compiled(const std::string& state, int states = 1) {
  std::string inside;
  for (int n = 1; n < states; ++n)
    inside += "<state id=\"s" + std::to_string(n) + "\"><onentry><log expr=\"'" + state + "' + In('s" + std::to_string(n) +
              "')\"/></onentry><transition event=\"e.f\" cond=\"_event.data &gt; " + std::to_string(n) + "\" target=\"" + state +
              "\"/></state>";
  return scxml::compile(tests::document(state, inside), {}).document;
}

document_cache::entry entry_of(std::shared_ptr<const scxml::document> d) {
  auto last = std::make_shared<loaded>();
  last->document = std::move(d);
  return {last, {}, {}, {}};
}

} // namespace

TEST_CASE("what was not used for the longest goes first") {
  const auto one = compiled("s", 50), two = compiled("t", 50), three = compiled("u", 50);
  document_cache cache{bytes_of(*one) + bytes_of(*two) + bytes_of(*three) / 2};
  const auto share = std::make_shared<cache_share>();
  cache.put("one", entry_of(one), share);
  cache.put("two", entry_of(two), share);
  CHECK(cache.find("one"));
  cache.put("three", entry_of(three), share);
  CHECK_FALSE(cache.find("two"));
  CHECK(cache.find("one")->last->document == one);
  CHECK(cache.find("three")->last->document == three);
  CHECK(cache.bytes() <= cache.bytes_max());
  CHECK(share->documents == 2);
}

TEST_CASE("a document at several URIs is counted once, and one that is too large alone is kept alone") {
  const auto shared = compiled("s", 10), large = compiled("t", 500);
  document_cache cache{bytes_of(*large) - 1};
  const auto here = std::make_shared<cache_share>(), there = std::make_shared<cache_share>();
  cache.put("a", entry_of(shared), here);
  cache.put("b", entry_of(shared), there);
  cache.put("b", entry_of(shared), there);
  CHECK(cache.bytes() == bytes_of(*shared));
  CHECK(here->documents == 1);
  CHECK(there->documents == 1);
  cache.put("large", entry_of(large), here);
  CHECK(cache.find("large"));
  CHECK(cache.bytes() == bytes_of(*large));
  CHECK(here->documents == 1);
  CHECK(there->documents == 0);
}

TEST_CASE("documents that cannot be renewed are counted") {
  document_cache cache{1 << 20};
  const auto share = std::make_shared<cache_share>();
  auto one = entry_of(compiled("s"));
  cache.put("a", one, share);
  CHECK(share->kept == 0);
  one.problem = {"it is broken", "a", "mend it"};
  cache.put("a", one, share);
  CHECK(share->kept == 1);
  one.problem = {};
  cache.put("a", one, share);
  CHECK(share->kept == 0);
  CHECK(share->documents == 1);
}

TEST_CASE("the bytes of a document are about what it takes") {
  if (tests::under_sanitizer) return; // their heap is another one
  for (const int states : {20, 200, 2'000}) {
    const auto before = ::mallinfo2().uordblks + ::mallinfo2().hblkhd;
    const auto d = compiled("state", states);
    REQUIRE(d);
    const auto taken = ::mallinfo2().uordblks + ::mallinfo2().hblkhd - before;
    CHECK(bytes_of(*d) > taken / 2);
    CHECK(bytes_of(*d) < taken * 2);
  }
}
