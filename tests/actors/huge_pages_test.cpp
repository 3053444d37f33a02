// huge_pages_test.cpp: memory from the kernel, and pools in it.
#include "actors/huge_pages.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <set>
#include <vector>

#include "tests/catch.hpp"

using namespace chainring::actors;

TEST_CASE("huge pages begin at a multiple of their size, are zeroed, and all of them can be used") {
  for (const std::size_t pages : {1, 3}) {
    auto* const got = static_cast<unsigned char*>(map_huge_pages(pages));
    REQUIRE(got);
    CHECK(reinterpret_cast<std::uintptr_t>(got) % huge_page_bytes == 0);
    CHECK(got[0] == 0);
    got[pages * huge_page_bytes - 1] = 1;
    unmap_huge_pages(got, pages);
  }
}

TEST_CASE("pools hand out pieces that lie close together, and again what has come back") {
  constexpr std::size_t bytes = 96, count = 100'000;
  const auto pools = make_pools(1'024);
  std::vector<char*> pieces;
  for (std::size_t i = 0; i < count; ++i) {
    pieces.push_back(static_cast<char*>(pools->allocate(bytes, 8)));
    std::memset(pieces.back(), static_cast<int>(i % 251), bytes);
  }
  std::set<std::uintptr_t> chunks;
  for (std::size_t i = 0; i < count; ++i) {
    REQUIRE(std::all_of(pieces[i], pieces[i] + bytes, [&](char c) { return c == static_cast<char>(i % 251); }));
    chunks.insert(reinterpret_cast<std::uintptr_t>(pieces[i]) / huge_page_bytes);
  }
  CHECK(chunks.size() <= 2 + count * bytes / huge_page_bytes);
  const std::set<char*> given(pieces.begin(), pieces.end());
  CHECK(given.size() == count);
  for (char* const piece : pieces) pools->deallocate(piece, bytes, 8);
  const std::size_t before = chunks.size();
  for (std::size_t i = 0; i < count; ++i)
    chunks.insert(reinterpret_cast<std::uintptr_t>(pools->allocate(bytes, 8)) / huge_page_bytes);
  CHECK(chunks.size() <= before + 1);
}

TEST_CASE("what is larger than the pools' pieces comes from the heap, and goes back there") {
  const auto pools = make_pools(1'024);
  for (int turn = 0; turn < 1'000; ++turn) { // a gigabyte, were it kept
    void* const large = pools->allocate(1 << 20, 16);
    std::memset(large, 1, 1 << 20);
    pools->deallocate(large, 1 << 20, 16);
  }
}
