// outbox.hpp: what one actor has for another one. CAF's mailboxes have no bound, so the sender has a credit: few batches at a
// time that the receiver has not said to have taken; the rest waits here, and what is admitted waits for it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <utility>
#include <vector>

#include "actors/clock.hpp"
#include "actors/limits.hpp"

namespace chainring::actors {

template <class Item>
class outbox {
 public:
  struct batch {
    std::vector<Item> items;
    work token;
  };

  /// Returns its number.
  std::uint64_t add(Item item, clock& time) {
    if (items_.empty()) token_ = time.begin_work(); // virtual time stands still while anything waits
    items_.push_back(std::move(item));
    return sent_ + items_.size();
  }
  /// The item of that number while it still waits; null: it has been sent.
  Item* find(std::uint64_t number) {
    return number > sent_ && number <= sent_ + items_.size() ? &items_[number - sent_ - 1] : nullptr;
  }
  bool empty() const { return items_.empty(); }
  std::size_t waiting() const { return items_.size(); }

  /// Another batch may be sent.
  bool has_credit() const { return on_their_way_ < limits::batches_in_flight_max; }
  /// Spends credit. The oldest items, as many as a batch holds; none when none wait.
  batch next() {
    ++on_their_way_;
    if (items_.size() <= limits::batch_events_max) return take_all();
    const auto end = items_.begin() + static_cast<std::ptrdiff_t>(limits::batch_events_max);
    batch first{{std::make_move_iterator(items_.begin()), std::make_move_iterator(end)}, token_};
    items_.erase(items_.begin(), end);
    sent_ += first.items.size();
    return first;
  }
  /// Credit is irrelevant: nothing else will come. Everything.
  batch all() {
    ++on_their_way_;
    return take_all();
  }
  /// The receiver thanks for batches.
  void taken() { on_their_way_ -= limits::batches_thanked_at_once; }

 private:
  batch take_all() {
    sent_ += items_.size();
    return {std::exchange(items_, {}), std::exchange(token_, {})};
  }

  std::vector<Item> items_;
  std::uint64_t sent_ = 0; // items, so far
  work token_;
  std::size_t on_their_way_ = 0;
};

/// The receiver's side of one outbox.
class taken_batches {
 public:
  /// One more has been taken. True: thanks are due, for all since the last.
  [[nodiscard]] bool take() {
    taken_ = (taken_ + 1) % limits::batches_thanked_at_once;
    return taken_ == 0;
  }

 private:
  std::size_t taken_ = 0;
};

} // namespace chainring::actors
