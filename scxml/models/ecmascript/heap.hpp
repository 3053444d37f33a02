// heap.hpp: the memory of one QuickJS runtime, counted, so that its use is known at any time without walking
// it.
#pragma once

#include <cstddef>
#include <cstdint>

#include <quickjs/quickjs.h>

namespace chainring::scxml::ecmascript {

/// Asked for every allocation. `past_deadline` is called every few hundred of them, sooner when they are large;
/// when it says so they fail, which ends built-ins that allocate and never ask the interrupt handler.
struct heap {
  std::size_t used = 0;
  std::size_t limit = SIZE_MAX;
  bool refused = false;     // an allocation would have passed the limit
  bool ever_failed = false; // an allocation failed at some time
  std::size_t work = 0;     // since the last poll
  bool (*past_deadline)(void*) = nullptr;
  void (*failing)(void*) = nullptr; // called before an allocation fails
  void* opaque = nullptr;
};

/// Functions for JS_NewRuntime2; its `opaque` must be a heap that outlives the runtime.
extern const JSMallocFunctions counted_allocation;

} // namespace chainring::scxml::ecmascript
