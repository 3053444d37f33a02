// gzip_test.cpp: streams of gzip, whole, damaged, and far too long.
#include "actors/fetch/gzip.hpp"

#include <zlib.h>

#include "tests/actors/gzipped.hpp"
#include "tests/catch.hpp"

using namespace chainring::actors;
using chainring::tests::gzipped;

TEST_CASE("what was compressed comes out as it was") {
  for (const auto& text : {std::string{}, std::string{"a"}, std::string(100'000, 'x'), std::string{"\0\1\2", 3}}) {
    std::string out = "before";
    CHECK(gunzip(gzipped(text), 100'000, out) == gzip_end::done);
    CHECK(out == text);
  }
  std::string out;
  CHECK(gunzip(gzipped("one ") + gzipped("two"), 7, out) == gzip_end::done);
  CHECK(out == "one two");
}

TEST_CASE("a little that becomes a lot is not made a lot of") {
  const auto bomb = gzipped(std::string(std::size_t{64} << 20, 'x'));
  CHECK(bomb.size() < 100'000);
  std::string out;
  CHECK(gunzip(bomb, 1'000'000, out) == gzip_end::too_long);
  CHECK(out.capacity() < 4'000'000);
  CHECK(gunzip(gzipped(std::string(11, 'x')), 10, out) == gzip_end::too_long);
}

TEST_CASE("bytes cut off, changed or behind the end are damage") {
  const auto whole = gzipped("a document that is long enough to be cut anywhere");
  std::string out;
  for (std::size_t size = 0; size < whole.size(); ++size)
    CHECK(gunzip(whole.substr(0, size), 1'000, out) == gzip_end::damaged);
  auto changed = whole;
  changed[changed.size() - 5] ^= 1; // of the checksum
  CHECK(gunzip(changed, 1'000, out) == gzip_end::damaged);
  CHECK(gunzip(whole + "more", 1'000, out) == gzip_end::damaged);
  CHECK(gunzip("<scxml/>", 1'000, out) == gzip_end::damaged);
}
