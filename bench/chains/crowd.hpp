// crowd.hpp: sends an event to each of very many actors, in batches to their lanes, with credit; the same for the chains and for
// what they are measured against.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "actors/lane.hpp"
#include "actors/limits.hpp"

namespace chainring::bench {

/// Batches on their way to one lane.
class credit {
 public:
  void spend() {
    for (auto now = out_.load(std::memory_order_acquire); now >= actors::limits::batches_in_flight_max;
         now = out_.load(std::memory_order_acquire))
      out_.wait(now);
    out_.fetch_add(1, std::memory_order_relaxed);
  }
  void give_back() {
    out_.fetch_sub(1, std::memory_order_release);
    out_.notify_one();
  }
  void drain() {
    for (auto now = out_.load(std::memory_order_acquire); now > 0; now = out_.load(std::memory_order_acquire)) out_.wait(now);
  }

 private:
  std::atomic<std::size_t> out_{0};
};

/// Numbers of chains begin with 0.
template <class Actor, class Event>
class crowd {
 public:
  struct member {
    std::uint32_t slot = 0, generation = 0, chain = 0;
  };
  void add_lane(actors::lane& runs) { lanes_.push_back(std::make_unique<one_lane>(runs)); }
  /// In the order in which they are to have their events.
  void add(std::size_t lane, member m) { lanes_[lane]->members.push_back(m); }

  /// Each gets make(number of the chain). Returns when all have taken theirs; how many were there to do so.
  template <class Make>
  std::uint64_t deliver(Make&& make) {
    const auto before = found();
    for (std::size_t first = 0, sent = 1; sent > 0; first += actors::limits::batch_events_max) {
      sent = 0;
      for (auto& l : lanes_) sent += send(*l, first, make);
    }
    for (auto& l : lanes_) l->out.drain();
    return found() - before;
  }
  std::int64_t lane_cpu_ns(std::int64_t (*cpu_ns)(clockid_t)) const {
    std::int64_t sum = 0;
    for (const auto& l : lanes_) sum += cpu_ns(l->runs.cpu_clock());
    return sum;
  }

 private:
  struct one_lane {
    explicit one_lane(actors::lane& l) : runs(l) {}
    actors::lane& runs;
    std::vector<member> members;
    credit out;
    std::uint64_t found = 0; // the lane's
  };
  std::uint64_t found() const {
    std::uint64_t sum = 0;
    for (const auto& l : lanes_) sum += l->found;
    return sum;
  }
  template <class Make>
  std::size_t send(one_lane& to, std::size_t first, Make& make) {
    const auto end = std::min(first + actors::limits::batch_events_max, to.members.size());
    if (first >= end) return 0;
    std::vector<actors::addressed<Event>> batch;
    batch.reserve(end - first);
    for (auto i = first; i < end; ++i) {
      const auto& m = to.members[i];
      batch.push_back({m.slot, m.generation, make(m.chain)});
    }
    to.out.spend();
    to.runs.post([&to, events = std::move(batch)](actors::lane& here) {
      to.found += here.deliver_batch<Actor, Event>(events);
      to.out.give_back();
    });
    return end - first;
  }

  std::vector<std::unique_ptr<one_lane>> lanes_;
};

} // namespace chainring::bench
