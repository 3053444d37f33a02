// slab.cpp: chunks from the kernel.
#include "actors/slab.hpp"

#include <bit>
#include <cassert>

#include <sys/mman.h>

#include "actors/limits.hpp"

namespace chainring::actors {
namespace {

/// 2 MiB aligned to 2 MiB, or null.
char* map_chunk() {
  constexpr auto bytes = slab::chunk_bytes;
  void* mapped = ::mmap(nullptr, 2 * bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapped == MAP_FAILED) return nullptr;
  auto* from = static_cast<char*>(mapped);
  auto* chunk = reinterpret_cast<char*>((reinterpret_cast<std::uintptr_t>(from) + bytes - 1) & ~(bytes - 1));
  if (chunk != from) ::munmap(from, static_cast<std::size_t>(chunk - from));
  if (chunk != from + bytes) ::munmap(chunk + bytes, static_cast<std::size_t>(from + bytes - chunk));
  ::madvise(chunk, bytes, MADV_HUGEPAGE); // only advice: 4 KiB pages cost a third more per event in random order
  return chunk;
}

} // namespace

slab::slab(lane* owner, std::size_t block_bytes)
    : owner_(owner), block_bytes_((block_bytes + line_bytes - 1) / line_bytes * line_bytes),
      blocks_per_chunk_(static_cast<std::uint32_t>((chunk_bytes - line_bytes) / block_bytes_)),
      shift_(std::bit_width(blocks_per_chunk_ - 1)) {
  static_assert(sizeof(header) <= line_bytes);
  assert(blocks_per_chunk_ > 0);
}

slab::~slab() {
  for (auto* chunk : chunks_) ::munmap(chunk, chunk_bytes);
}

void* slab::take() {
  if (!free_) free_ = returned_.exchange(nullptr, std::memory_order_acquire);
  if (free_) {
    auto* block = free_;
    free_ = block->next;
    return block;
  }
  if ((chunks_.empty() || fresh_ == blocks_per_chunk_) && !grow()) return nullptr;
  return chunks_.back() + line_bytes + fresh_++ * block_bytes_;
}

std::uint32_t slab::numbers() const noexcept {
  return static_cast<std::uint32_t>(chunks_.size()) << shift_;
}

std::uint32_t slab::number_of(const void* block) noexcept {
  const auto* head = header_of(block);
  const auto offset = static_cast<const char*>(block) - reinterpret_cast<const char*>(head);
  return head->first_number + static_cast<std::uint32_t>((static_cast<std::size_t>(offset) - line_bytes) / head->block_bytes);
}

bool slab::grow() {
  if ((chunks_.size() + 1) << shift_ > limits::actor_slots_per_lane_max) return false;
  auto* chunk = map_chunk();
  if (!chunk) return false;
  ::new (chunk) header{owner_, numbers(), static_cast<std::uint32_t>(block_bytes_)};
  chunks_.push_back(chunk);
  fresh_ = 0;
  return true;
}

} // namespace chainring::actors
