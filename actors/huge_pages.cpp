// huge_pages.cpp: see huge_pages.hpp.
#include "actors/huge_pages.hpp"

#include <cstdint>
#include <new>

#include <sys/mman.h>

namespace chainring::actors {

void* map_huge_pages(std::size_t pages) {
  const std::size_t bytes = pages * huge_page_bytes, mapped_bytes = bytes + huge_page_bytes; // one more, to begin at a multiple
  void* mapped = ::mmap(nullptr, mapped_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapped == MAP_FAILED) return nullptr;
  auto* const from = static_cast<char*>(mapped);
  auto* const begin =
      reinterpret_cast<char*>((reinterpret_cast<std::uintptr_t>(from) + huge_page_bytes - 1) & ~(huge_page_bytes - 1));
  const auto before = static_cast<std::size_t>(begin - from);
  if (before > 0) ::munmap(from, before);
  if (before < huge_page_bytes) ::munmap(begin + bytes, huge_page_bytes - before);
  ::madvise(begin, bytes, MADV_HUGEPAGE); // only advice: 4 KiB pages cost a third more per event in random order
  return begin;
}

void unmap_huge_pages(void* from, std::size_t pages) { ::munmap(from, pages * huge_page_bytes); }

namespace {

class huge_pages final : public std::pmr::memory_resource {
  static std::size_t pages(std::size_t bytes) { return (bytes + huge_page_bytes - 1) / huge_page_bytes; }
  void* do_allocate(std::size_t bytes, std::size_t) override {
    void* const got = map_huge_pages(pages(bytes));
    if (!got) throw std::bad_alloc();
    return got;
  }
  void do_deallocate(void* from, std::size_t bytes, std::size_t) override { unmap_huge_pages(from, pages(bytes)); }
  bool do_is_equal(const memory_resource& other) const noexcept override { return this == &other; }
};

class pools final : public std::pmr::memory_resource {
 public:
  explicit pools(std::size_t pooled_bytes_max) : pooled_bytes_max_(pooled_bytes_max), pools_({0, pooled_bytes_max}, &pages_) {}

 private:
  memory_resource* source(std::size_t bytes) {
    return bytes <= pooled_bytes_max_ ? static_cast<memory_resource*>(&pools_) : std::pmr::new_delete_resource();
  }
  void* do_allocate(std::size_t bytes, std::size_t alignment) override { return source(bytes)->allocate(bytes, alignment); }
  void do_deallocate(void* from, std::size_t bytes, std::size_t alignment) override {
    source(bytes)->deallocate(from, bytes, alignment);
  }
  bool do_is_equal(const memory_resource& other) const noexcept override { return this == &other; }

  const std::size_t pooled_bytes_max_;
  huge_pages kernel_;
  std::pmr::monotonic_buffer_resource pages_{huge_page_bytes, &kernel_}; // pools never give a chunk back before their end
  std::pmr::unsynchronized_pool_resource pools_;
};

} // namespace

std::shared_ptr<std::pmr::memory_resource> make_pools(std::size_t pooled_bytes_max) {
  return std::make_shared<pools>(pooled_bytes_max);
}

} // namespace chainring::actors
