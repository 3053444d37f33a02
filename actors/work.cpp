// work.cpp: counting what is in flight.
#include "actors/work.hpp"

#include <thread>

namespace chainring::actors {

void work_counter::begin() noexcept {
  constexpr std::uint64_t one_begun = (std::uint64_t{1} << 32) + 1;
  auto word = word_.fetch_add(one_begun, std::memory_order_acq_rel);
  while (word & frozen) { // a few instructions of the coordinator: now_ms() may not change under work
    std::this_thread::yield();
    word = word_.load(std::memory_order_acquire);
  }
}

void work_counter::end() noexcept {
  if (in_flight(word_.fetch_sub(1, std::memory_order_acq_rel)) == 1) on_idle();
}

} // namespace chainring::actors
