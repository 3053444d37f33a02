// slab.hpp: storage of one lane's actors: blocks of one size in chunks of 2 MiB, on huge pages where the kernel grants them.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <new>
#include <vector>

namespace chainring::actors {

class lane;

/// A block has a number, so that an event names its actor in four bytes and the address is computed, not looked up. The
/// head of its chunk says whose it is, so a block carries nothing. Blocks come back from any thread; chunks go back to the
/// kernel only with the slab.
class slab {
 public:
  static constexpr std::size_t chunk_bytes = std::size_t{2} << 20;
  static constexpr std::size_t line_bytes = 64;

  slab(lane* owner, std::size_t block_bytes);
  slab(const slab&) = delete;
  slab& operator=(const slab&) = delete;
  ~slab();

  /// A free block, or null when the slab is full or the kernel has no memory. Owner's thread only.
  void* take();
  /// Returns a block; the owner's thread only.
  void give_local(void* block) noexcept { free_ = ::new (block) node{free_}; }
  /// Returns a block from any other thread. Push only, and take() takes all at once: no ABA.
  void give_remote(void* block) noexcept {
    auto* b = ::new (block) node{returned_.load(std::memory_order_relaxed)};
    while (!returned_.compare_exchange_weak(b->next, b, std::memory_order_release, std::memory_order_relaxed)) {}
  }

  void* at(std::uint32_t number) const noexcept {
    return chunks_[number >> shift_] + line_bytes + (number & ((1u << shift_) - 1)) * block_bytes_;
  }
  std::size_t block_bytes() const noexcept { return block_bytes_; }
  /// One more than the highest number so far.
  std::uint32_t numbers() const noexcept;

  static std::uint32_t number_of(const void* block) noexcept;
  static lane* owner_of(const void* block) noexcept { return header_of(block)->owner; }

 private:
  struct node {
    node* next;
  };
  struct header {
    lane* owner;
    std::uint32_t first_number;
    std::uint32_t block_bytes;
  };
  static const header* header_of(const void* block) noexcept {
    return reinterpret_cast<const header*>(reinterpret_cast<std::uintptr_t>(block) & ~(chunk_bytes - 1));
  }
  bool grow();

  lane* const owner_;
  const std::size_t block_bytes_;
  const std::uint32_t blocks_per_chunk_;
  const int shift_; // numbers have holes at the end of each chunk, so that an address costs a shift and not a division
  std::uint32_t fresh_ = 0;
  node* free_ = nullptr;
  std::vector<char*> chunks_;
  alignas(line_bytes) std::atomic<node*> returned_{nullptr};
};

} // namespace chainring::actors
