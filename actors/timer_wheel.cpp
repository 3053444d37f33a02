// timer_wheel.cpp: slots, levels and chunks.
#include "actors/timer_wheel.hpp"

#include <algorithm>
#include <bit>
#include <utility>

namespace chainring::actors {
namespace {

constexpr std::int64_t farthest_ms = std::numeric_limits<std::int64_t>::max() / 4; // sums of it cannot overflow
constexpr std::size_t purge_timers_min = 65'536;

} // namespace

timer_wheel::timer_wheel(std::int64_t now_ms, std::int64_t tick_ms) : base_ms_(now_ms), tick_ms_(tick_ms) {
  static_assert(sizeof(chunk) == 1024);
  assert(tick_ms > 0);
}

timer_wheel::~timer_wheel() {
  const auto free_all = [](chunk* c) {
    while (c) delete std::exchange(c, c->next);
  };
  for (const auto& level : wheel_)
    for (const auto& slot : level) free_all(slot.head);
  free_all(beyond_.head);
  free_all(due_.head);
  free_all(free_);
}

bool timer_wheel::arm(const timer& t) {
  if (pending_ >= limits::timers_per_lane_max) return false;
  put(t);
  ++pending_;
  return true;
}

std::int64_t timer_wheel::next_due_ms() const noexcept {
  if (due_.head) return ms_of(tick_);
  const auto where = first();
  if (where.level < 0) return never;
  if (where.level == 0) return ms_of(start_of(where));
  return ms_of(where.level == levels ? beyond_.earliest : wheel_[where.level][where.digit].earliest);
}

bool timer_wheel::worth_purging() const noexcept {
  return cancelled_ >= purge_timers_min && cancelled_ > pending_ / 2;
}

std::size_t timer_wheel::bytes() const noexcept {
  return sizeof(*this) + (chunks_used_ + chunks_free_) * sizeof(chunk);
}

// -- ticks --------------------------------------------------------------------------------------------------------------------

std::int64_t timer_wheel::tick_of(std::int64_t due_ms) const noexcept {
  const auto ms = std::min(due_ms, farthest_ms) - base_ms_;
  return ms <= 0 ? 0 : (ms + tick_ms_ - 1) / tick_ms_; // up: never early
}

std::int64_t timer_wheel::ms_of(std::int64_t tick) const noexcept { return base_ms_ + tick * tick_ms_; }

// A timer stands on the level of the highest digit in which its tick differs from the current one. So every slot of a level
// lies in the future, whole slots become due or come down one by one, and those of one tick never change their order.
timer_wheel::place timer_wheel::place_of(std::int64_t tick) const noexcept {
  const auto difference = static_cast<std::uint64_t>(tick ^ tick_);
  const int level = difference == 0 ? 0 : (std::bit_width(difference) - 1) / digit_bits;
  if (level >= levels) return {levels, 0};
  return {level, digit_of(tick, level)};
}

timer_wheel::place timer_wheel::first() const noexcept {
  for (int level = 0; level < levels; ++level) {
    const auto from = digit_of(tick_, level) + (level == 0 ? 0 : 1);
    for (auto word = from / 64; word < digits / 64; ++word) {
      auto bits = occupied_[level][word];
      if (word == from / 64) bits &= ~std::uint64_t{0} << from % 64;
      if (bits) return {level, word * 64 + static_cast<std::size_t>(std::countr_zero(bits))};
    }
  }
  return {beyond_.head ? levels : -1, 0};
}

std::int64_t timer_wheel::start_of(place where) const noexcept {
  if (where.level == levels) return beyond_.earliest >> (levels * digit_bits) << (levels * digit_bits);
  const auto shift = where.level * digit_bits;
  const auto above = tick_ >> (shift + digit_bits) << (shift + digit_bits);
  return above | static_cast<std::int64_t>(where.digit) << shift;
}

// -- slots --------------------------------------------------------------------------------------------------------------------

void timer_wheel::put(const timer& t) {
  const auto tick = std::max(tick_of(t.due_ms), tick_);
  const auto where = place_of(tick);
  auto& to = at(where);
  append(to, t);
  to.earliest = std::min(to.earliest, tick);
  if (where.level < levels) occupied_[where.level][where.digit / 64] |= std::uint64_t{1} << where.digit % 64;
}

void timer_wheel::append(list& to, const timer& t) {
  if (!to.tail || to.tail->used == chunk::timers_max) {
    auto* c = new_chunk();
    (to.tail ? to.tail->next : to.head) = c;
    to.tail = c;
  }
  to.tail->timers[to.tail->used++] = t;
}

timer_wheel::list timer_wheel::take(place where) noexcept {
  if (where.level < levels) occupied_[where.level][where.digit / 64] &= ~(std::uint64_t{1} << where.digit % 64);
  return std::exchange(at(where), {});
}

// Appends what is due by now to due_, slot by slot in the order of time; slots of higher levels come down on the way.
void timer_wheel::collect(std::int64_t now_ms) {
  const auto target = (std::max(now_ms, base_ms_) - base_ms_) / tick_ms_;
  for (;;) {
    const auto where = first();
    if (where.level < 0) break;
    const auto start = start_of(where);
    if (start > target) break;
    tick_ = std::max(tick_, start);
    auto taken = take(where);
    if (where.level > 0) {
      spread(taken);
      continue;
    }
    (due_.tail ? due_.tail->next : due_.head) = taken.head;
    due_.tail = taken.tail;
  }
  tick_ = std::max(tick_, target);
}

void timer_wheel::spread(list from) {
  for (auto* c = from.head; c;) {
    for (std::uint32_t i = 0; i < c->used; ++i) put(c->timers[i]);
    auto* next = c->next;
    free_chunk(c);
    c = next;
  }
}

// -- chunks -------------------------------------------------------------------------------------------------------------------

timer_wheel::chunk* timer_wheel::new_chunk() {
  ++chunks_used_;
  chunk* c = free_;
  if (c) {
    free_ = c->next;
    --chunks_free_;
  } else {
    c = new chunk;
  }
  c->next = nullptr;
  c->used = 0;
  return c;
}

void timer_wheel::free_chunk(chunk* c) noexcept {
  --chunks_used_;
  if (chunks_free_ >= limits::timer_chunks_kept_max) {
    delete c;
    return;
  }
  ++chunks_free_;
  c->next = free_;
  free_ = c;
}

void timer_wheel::pop_due() noexcept {
  auto* c = due_.head;
  due_.head = c->next;
  if (!due_.head) due_ = {};
  due_read_ = 0;
  free_chunk(c);
}

} // namespace chainring::actors
