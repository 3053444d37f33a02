// slab.cpp: chunks from the kernel.
#include "actors/slab.hpp"

#include <bit>
#include <cassert>

#include "actors/huge_pages.hpp"
#include "actors/limits.hpp"

namespace chainring::actors {

slab::slab(lane* owner, std::size_t block_bytes)
    : owner_(owner), block_bytes_((block_bytes + line_bytes - 1) / line_bytes * line_bytes),
      blocks_per_chunk_(static_cast<std::uint32_t>((chunk_bytes - line_bytes) / block_bytes_)),
      shift_(std::bit_width(blocks_per_chunk_ - 1)) {
  static_assert(sizeof(header) <= line_bytes && chunk_bytes == huge_page_bytes);
  assert(blocks_per_chunk_ > 0);
}

slab::~slab() {
  for (auto* chunk : chunks_) unmap_huge_pages(chunk, 1);
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
  auto* chunk = static_cast<char*>(map_huge_pages(1));
  if (!chunk) return false;
  ::new (chunk) header{owner_, numbers(), static_cast<std::uint32_t>(block_bytes_)};
  chunks_.push_back(chunk);
  fresh_ = 0;
  return true;
}

} // namespace chainring::actors
