// element_pool.cpp: thread caches and the depot where they trade full batches.
#include "actors/element_pool.hpp"

#include <mutex>
#include <vector>

namespace chainring::actors {
namespace {

struct node {
  node* next;
};

constexpr std::size_t batch_blocks = 256;

void free_list(node* head) noexcept {
  while (head) {
    auto* block = head;
    head = head->next;
    ::operator delete(block);
  }
}

struct depot {
  std::mutex mutex;
  std::vector<node*> batches;
  ~depot() {
    for (auto* batch : batches) free_list(batch);
  }
};

depot& shared() {
  static depot all;
  return all;
}

struct cache {
  node* head = nullptr;
  std::size_t count = 0;
  ~cache() { free_list(head); }

  void refill() {
    auto& all = shared();
    std::lock_guard<std::mutex> guard{all.mutex};
    if (all.batches.empty()) return;
    head = all.batches.back();
    all.batches.pop_back();
    count = batch_blocks;
  }

  void spill() {
    node* first = head;
    node* last = first;
    for (std::size_t i = 1; i < batch_blocks; ++i) last = last->next;
    head = last->next;
    last->next = nullptr;
    count -= batch_blocks;
    auto& all = shared();
    std::lock_guard<std::mutex> guard{all.mutex};
    all.batches.push_back(first);
  }
};

cache& mine() {
  thread_local cache blocks;
  return blocks;
}

} // namespace

void* element_pool::take() {
  auto& blocks = mine();
  if (!blocks.head) blocks.refill();
  if (!blocks.head) return ::operator new(block_bytes);
  auto* block = blocks.head;
  blocks.head = block->next;
  --blocks.count;
  return block;
}

void element_pool::give(void* block) noexcept {
  auto& blocks = mine();
  blocks.head = ::new (block) node{blocks.head};
  if (++blocks.count >= 2 * batch_blocks) blocks.spill();
}

} // namespace chainring::actors
