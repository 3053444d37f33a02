// heap.cpp: malloc with a count and a limit.
#include "scxml/models/ecmascript/heap.hpp"

#include <cstdlib>
#include <utility>

#include <malloc.h>

namespace chainring::scxml::ecmascript {
namespace {

// In bytes that might be written; a block counts for the work of whoever asked for it too.
constexpr std::size_t work_per_block = 4'096;
constexpr std::size_t work_between_polls = std::size_t{4} << 20;
constexpr std::size_t block_overhead = 8; // of the C library, per block
constexpr std::size_t small_block = 1'024;
// More than one call can take at once, its arguments and variables included: then nothing that a call needs is refused.
constexpr std::size_t reserve = std::size_t{8} << 20;

heap& of(JSMallocState* state) { return *static_cast<heap*>(state->opaque); }

bool may_grow(heap& h, std::size_t bytes) {
  h.work += work_per_block + bytes;
  if (h.work >= work_between_polls) {
    h.work = 0;
    h.poll(h.opaque);
  }
  if (h.limit == SIZE_MAX || h.used + bytes <= h.limit) return true;
  if (!std::exchange(h.passed, true)) h.on_passed(h.opaque);
  if (bytes <= small_block || h.used + bytes <= h.limit + reserve) return true;
  h.ever_refused = true;
  h.on_refusal(h.opaque);
  return false;
}

void* allocate(JSMallocState* state, std::size_t size) {
  heap& h = of(state);
  if (!may_grow(h, size)) return nullptr;
  void* block = std::malloc(size);
  if (!block) return nullptr;
  h.used += malloc_usable_size(block) + block_overhead;
  ++h.blocks;
  return block;
}

void release(JSMallocState* state, void* block) {
  if (!block) return;
  of(state).used -= malloc_usable_size(block) + block_overhead;
  --of(state).blocks;
  std::free(block);
}

void* resize(JSMallocState* state, void* block, std::size_t size) {
  if (!block) return size == 0 ? nullptr : allocate(state, size);
  if (size == 0) {
    release(state, block);
    return nullptr;
  }
  heap& h = of(state);
  const std::size_t before = malloc_usable_size(block);
  if (size > before && !may_grow(h, size - before)) return nullptr;
  void* moved = std::realloc(block, size);
  if (moved) h.used = h.used - before + malloc_usable_size(moved);
  return moved;
}

std::size_t usable(const void* block) { return malloc_usable_size(const_cast<void*>(block)); }

} // namespace

const JSMallocFunctions counted_allocation = {allocate, release, resize, usable};

} // namespace chainring::scxml::ecmascript
