// prefetch.hpp: fetching memory ahead of its use.
#pragma once

namespace chainring::actors {

/// Has the cache line fetched. The empty statement is why this exists: g++ takes a function that does nothing but fetch for one
/// that does nothing, and drops the calls of it that it has not inlined.
[[gnu::always_inline]] inline void prefetch_line(const void* of) noexcept {
  __builtin_prefetch(of);
  asm volatile("");
}

} // namespace chainring::actors
