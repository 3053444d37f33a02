// huge_pages.hpp: memory from the kernel for what there is very much of and what is visited in random order.
#pragma once

#include <cstddef>
#include <memory>
#include <memory_resource>

namespace chainring::actors {

inline constexpr std::size_t huge_page_bytes = std::size_t{2} << 20;

/// So many huge pages in a row, zeroed, or null. The kernel is asked for huge ones, and may give small ones.
void* map_huge_pages(std::size_t pages);
void unmap_huge_pages(void* from, std::size_t pages);

/// For small pieces of few sizes, one thread's: pools on huge pages, which go back to the kernel with the resource alone. What is
/// larger than `pooled_bytes_max` comes from the heap.
std::shared_ptr<std::pmr::memory_resource> make_pools(std::size_t pooled_bytes_max);

} // namespace chainring::actors
