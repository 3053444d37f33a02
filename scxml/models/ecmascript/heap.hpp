// heap.hpp: the memory of one QuickJS runtime, counted, so that its use is known at any time without walking
// it.
#pragma once

#include <cstddef>
#include <cstdint>

#include <quickjs/quickjs.h>

namespace chainring::scxml::ecmascript {

/// Asked for every allocation. Past its limit it does not simply refuse: QuickJS is not safe on every way out of a
/// failed allocation (it frees objects twice, and aborts). So the script is stopped at its next call or turn of a loop,
/// and until then small blocks are given all the same, large ones as long as a reserve lasts. What is refused in the end
/// are large blocks in straight code: texts, arrays and tables that grow, whose failing is well-trodden.
struct heap {
  std::size_t used = 0;
  std::size_t blocks = 0;
  std::size_t limit = SIZE_MAX;
  bool passed = false;       // the limit, since this was last set to false
  bool ever_refused = false; // a block, at some time
  std::size_t work = 0;      // since the last poll
  void (*poll)(void*) = nullptr;      // called every few hundred blocks, sooner when they are large
  void (*on_passed)(void*) = nullptr; // called when the limit is passed for the first time
  void (*on_refusal)(void*) = nullptr;
  void* opaque = nullptr;
};

/// Functions for JS_NewRuntime2; its `opaque` must be a heap that outlives the runtime.
extern const JSMallocFunctions counted_allocation;

} // namespace chainring::scxml::ecmascript
