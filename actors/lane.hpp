// lane.hpp: a thread that runs the actors bound to it: their storage, their run-queue, the messages of other threads, and a
// hook for timers. Events travel to it in batches and reach their actors by plain calls.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <functional>
#include <memory>
#include <new>
#include <span>
#include <string>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include <caf/actor.hpp>
#include <caf/actor_config.hpp>
#include <caf/actor_system.hpp>
#include <caf/execution_unit.hpp>

#include "actors/clock.hpp"
#include "actors/element_pool.hpp"
#include "actors/lane_actor.hpp"
#include "actors/limits.hpp"
#include "actors/prefetch.hpp"
#include "actors/slab.hpp"

namespace chainring::actors {

/// An event for the actor that {slot, generation} names, if it still lives.
template <class Event>
struct addressed {
  std::uint32_t slot = 0;
  std::uint32_t generation = 0;
  Event event;
};

/// One class of actors on one lane, for the stats page.
struct actor_counters {
  std::string name;
  std::uint64_t live = 0;
  std::uint64_t spawned = 0;
  std::uint64_t events = 0;   // delivered by plain calls
  std::uint64_t messages = 0; // taken from mailboxes
  std::uint64_t waiting = 0;  // in mailboxes now
  std::uint64_t faults = 0;   // ended by an exception
};

/// Lanes outlive the actor system and every thread that holds a handle to one of their actors: declare them before it. And
/// a lane must have been stopped and joined before the actor system is destroyed, which waits for the lane's own actor.
class lane final : public caf::execution_unit {
 public:
  /// Called once per turn: fires what is due and returns the next deadline, or `never`.
  using timers_hook = std::function<std::int64_t(lane&, std::int64_t now_ms)>;
  /// A message to the lane itself, a batch most often.
  using message_hook = std::function<void(caf::mailbox_element&, lane&)>;

  /// What `spawn` of any of these needs.
  template <class... Actors>
  static constexpr std::size_t block_bytes() {
    std::size_t bytes = 0;
    ((bytes = std::max(bytes, sizeof(block<Actors>))), ...);
    return bytes;
  }

  /// `actor_block_bytes`: block_bytes() of every class of actors that will live here.
  lane(std::size_t actor_block_bytes, clock& time);
  lane(const lane&) = delete;
  lane& operator=(const lane&) = delete;
  ~lane() override;

  void start(caf::actor_system& system);
  /// Ends the lane once its last actor has ended; with a reason, every actor gets an exit message now. Then join().
  void stop(caf::error exit_all = {});
  void join();

  // -- any thread -----------------------------------------------------------------------------------------------------------
  /// The lane as an actor, once started: batches and calls go there.
  const caf::actor& handle() const noexcept { return self_; }
  /// Runs `call` on the lane; dropped when the lane has ended. For control, not for events.
  void post(std::function<void(lane&)> call);
  /// The calling thread is this lane's.
  bool here() const noexcept { return current() == this; }
  std::uint64_t wakeups() const noexcept { return wakeups_.load(std::memory_order_relaxed); }
  std::vector<actor_counters> counters() const;
  clockid_t cpu_clock() const;
  /// Its thread computes, or would if it had a processor; false: it waits for something. Asks the kernel.
  bool runnable() const;
  /// Grows with each step and each turn of the loop; stands still while the lane sleeps, or hangs.
  std::uint64_t beats() const noexcept { return beats_.load(std::memory_order_relaxed); }
  bool asleep() const noexcept { return remote_.load(std::memory_order_relaxed) == asleep_tag(); }

  /// CAF may hand us its own actors (a reply to a scheduled actor, sent from here): they go on to its scheduler.
  void exec_later(caf::resumable* job) override;

  // -- this lane's thread -----------------------------------------------------------------------------------------------------
  void on_message(message_hook hook) { on_message_ = std::move(hook); }
  void timers(timers_hook hook) { timers_ = std::move(hook); }
  clock& time() const noexcept { return time_; }
  /// The instant of this turn, or of the message to the lane that is at hand.
  std::int64_t now_ms() const noexcept { return now_ms_; }
  std::size_t live() const noexcept { return live_ - 1; } // without the lane's own actor

  /// A new actor, which lives until it calls quit(). Null: the lane is full (limits) or memory is short.
  template <class Actor, class... Args>
  Actor* spawn(Args&&... args);

  /// The actor that an event names; null when it has ended or is none of `Actor`. Independent loads, so that the look-ups of
  /// a batch overlap.
  template <class Actor>
  Actor* find(std::uint32_t slot, std::uint32_t generation) const {
    if (slot >= generations_.size() || generation == 0 || generations_[slot] != generation) return nullptr;
    auto* found = at(slot);
    return found->kind_ == kind_of<Actor>() ? static_cast<Actor*>(found) : nullptr;
  }
  /// Slots below are used, or were.
  std::uint32_t slots() const noexcept { return static_cast<std::uint32_t>(generations_.size()); }
  /// Who lives in that slot; null: nobody, or none of `Actor`.
  template <class Actor>
  Actor* find(std::uint32_t slot) const {
    return find<Actor>(slot, slot < generations_.size() ? generations_[slot] : 0);
  }
  /// Fetches the lines of a named actor that an event touches: its mailbox and the first 88 bytes of its class, or all lines of
  /// the class if it says prefetch() itself, which fetches what the actor points to.
  template <class Actor>
  void prefetch(std::uint32_t slot) const noexcept {
    if (slot >= generations_.size()) return;
    constexpr std::size_t lines = points_elsewhere<Actor> ? (sizeof(block<Actor>) - 1) / slab::line_bytes : 3;
    const auto* storage = static_cast<const char*>(slab_.at(slot));
    for (std::size_t line = 2; line <= lines; ++line) prefetch_line(storage + line * slab::line_bytes);
  }

  /// Delivers by a plain call of the final class' step(const Event&, lane&) when no message waits, by the mailbox otherwise,
  /// where it arrives as local_element<Event>; so the order per sender is kept. Only from the lane's top level (its hooks): a
  /// step sends with enqueue, so that macrosteps never nest.
  template <class Actor, class Event>
  void deliver(Actor& to, const Event& event);
  /// Delivers each to its actor and then runs what they sent to each other here. Returns how many found theirs.
  template <class Actor, class Event>
  std::size_t deliver_batch(std::span<const addressed<Event>> batch);
  /// Runs the local run-queue until it is empty, or a turn's worth of it: two actors may send to each other for ever.
  void run_local();

 private:
  friend class lane_actor;
  friend class lane_self;

  template <class Actor>
  struct block;
  template <class Actor>
  static constexpr bool points_elsewhere = requires(const Actor& a) { a.prefetch(); };

  /// Who counts a class. The lane writes, the stats page reads; senders on other threads have their own count.
  struct alignas(slab::line_bytes) tally {
    std::atomic<const char*> name{nullptr};
    std::atomic<std::uint64_t> live{0}, spawned{0}, events{0}, messages{0}, enqueued_here{0}, faults{0};
    alignas(slab::line_bytes) std::atomic<std::uint64_t> enqueued_elsewhere{0};
  };
  static void add(std::atomic<std::uint64_t>& count, std::int64_t n = 1) noexcept { // one writer: no locked instruction
    count.store(count.load(std::memory_order_relaxed) + static_cast<std::uint64_t>(n), std::memory_order_relaxed);
  }
  void count_message(std::uint8_t kind) noexcept { add(tallies_[kind].messages); }
  void count_fault(std::uint8_t kind) noexcept { add(tallies_[kind].faults); }
  void count_enqueued(std::uint8_t kind, bool local) noexcept {
    if (local) add(tallies_[kind].enqueued_here);
    else tallies_[kind].enqueued_elsewhere.fetch_add(1, std::memory_order_relaxed);
  }

  static lane*& current() noexcept {
    thread_local lane* running = nullptr;
    return running;
  }
  static std::uint8_t next_kind() noexcept;
  template <class Actor>
  static std::uint8_t kind_of() noexcept {
    static const std::uint8_t kind = next_kind();
    return kind;
  }

  lane_actor* at(std::uint32_t slot) const noexcept {
    return reinterpret_cast<lane_actor*>(static_cast<char*>(slab_.at(slot)) + slab::line_bytes);
  }
  void adopt(lane_actor& actor, void* storage, std::uint8_t kind);
  void forget(lane_actor& actor) { generations_[actor.slot()] = 0; }
  void release(lane_actor& actor);
  void give_back(void* storage) noexcept;
  void settle_step(lane_actor& stepped) {
    if (stepped.ended_ && stepped.end(*this)) release(stepped);
  }

  void push_local(lane_actor& actor);
  void push_remote(lane_actor& actor);
  lane_actor& pop_local();
  bool take_remote();
  void run_one(lane_actor& actor);

  void loop();
  bool finish(); // true: the lane's own actor is gone too
  void sleep(std::int64_t next_due_ms);
  void wait(std::int64_t ms);
  void wake();
  void nudge();
  void begin_stop(const caf::error& exit_all);

  // Addresses that are no actor's: the head of the list of other threads' actors when the lane sleeps or has ended.
  lane_actor* asleep_tag() const noexcept {
    return reinterpret_cast<lane_actor*>(reinterpret_cast<std::uintptr_t>(this) + 1);
  }
  lane_actor* closed() noexcept { return reinterpret_cast<lane_actor*>(reinterpret_cast<std::uintptr_t>(this) + 2); }

  clock& time_;
  std::int64_t now_ms_ = 0;
  lane_actor* head_ = nullptr;
  lane_actor* tail_ = nullptr;
  std::size_t live_ = 0;
  bool stopping_ = false;
  bool stepping_ = false;
  std::uint32_t last_generation_ = 0;
  std::vector<std::uint32_t> generations_; // by slot; 0: nobody lives there
  lane_actor* self_actor_ = nullptr;
  slab slab_;
  timers_hook timers_;
  message_hook on_message_;
  caf::actor self_;
  work awake_; // held unless asleep: virtual time stands still while a lane runs
  std::unique_ptr<deadline> deadline_;
  std::thread thread_;
  std::atomic<int> thread_id_{0}; // the kernel's; 0: has not begun
  alignas(slab::line_bytes) std::atomic<lane_actor*> remote_{nullptr};
  std::atomic<std::uint32_t> wake_word_{0};
  std::atomic<std::uint64_t> wakeups_{0};
  alignas(slab::line_bytes) std::atomic<std::uint64_t> beats_{0};
  std::array<tally, limits::actor_kinds_max> tallies_;
};

/// The layout of CAF's actor_storage with a release function of our own.
template <class Actor>
struct lane::block {
  caf::actor_control_block control;
  void* padding = nullptr; // CAF finds the actor one cache line after its control block
  union {
    Actor actor;
  };

  template <class... Args>
  block(lane& home, caf::actor_id id, caf::node_id node, Args&&... args)
      : control(id, node, &home.system(), destroy_actor, destroy_block) {
    static_assert(sizeof(caf::actor_control_block) == 56 && CAF_CACHE_LINE_SIZE == slab::line_bytes);
    static_assert(alignof(Actor) <= slab::line_bytes);
    ::new (&actor) Actor(std::forward<Args>(args)...);
    assert(reinterpret_cast<char*>(&actor) - reinterpret_cast<char*>(this) == CAF_CACHE_LINE_SIZE);
    assert(static_cast<caf::abstract_actor*>(&actor) == static_cast<void*>(&actor));
  }
  ~block() {} // the actor has been destroyed by destroy_actor

  static void destroy_actor(caf::abstract_actor* base) {
    base->on_destroy();
    static_cast<Actor*>(base)->~Actor();
  }
  static void destroy_block(caf::actor_control_block* control_block) {
    auto* storage = reinterpret_cast<block*>(control_block);
    auto* home = slab::owner_of(storage);
    storage->~block();
    home->give_back(storage);
  }
};

template <class Actor, class... Args>
Actor* lane::spawn(Args&&... args) {
  static_assert(std::is_base_of_v<lane_actor, Actor> && std::is_final_v<Actor>);
  assert(here() && sizeof(block<Actor>) <= slab_.block_bytes());
  void* storage = slab_.take();
  if (!storage) return nullptr;
  caf::actor_config setup;
  block<Actor>* made = nullptr;
  try {
    made = ::new (storage) block<Actor>(*this, system().next_actor_id(), system().node(), setup, *this,
                                        std::forward<Args>(args)...);
  } catch (...) {
    slab_.give_local(storage);
    throw;
  }
  adopt(made->actor, storage, kind_of<Actor>());
  return &made->actor;
}

template <class Actor, class Event>
void lane::deliver(Actor& to, const Event& event) {
  static_assert(std::is_final_v<Actor>);
  assert(!stepping_);
  add(beats_);
  if (to.idle()) [[likely]] {
    add(tallies_[kind_of<Actor>()].events);
    stepping_ = true;
    try {
      to.step(event, *this);
    } catch (...) {
      static_cast<lane_actor&>(to).quit_for_exception();
    }
    stepping_ = false;
    settle_step(to);
  } else if (!to.ended()) {
    to.enqueue(local_element<Event>::make(event), this);
  }
}

template <class Actor, class Event>
std::size_t lane::deliver_batch(std::span<const addressed<Event>> batch) {
  std::size_t found = 0;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const auto soon = i + limits::prefetch_distance, later = soon + (points_elsewhere<Actor> ? limits::prefetch_distance : 0);
    if (const auto last = later + limits::prefetch_distance; last < batch.size() && batch[last].slot < generations_.size())
      prefetch_line(&generations_[batch[last].slot]);
    if (later < batch.size()) prefetch<Actor>(batch[later].slot);
    if constexpr (points_elsewhere<Actor>)
      if (soon < batch.size())
        if (const auto* next = find<Actor>(batch[soon].slot, batch[soon].generation)) next->prefetch();
    if (auto* actor = find<Actor>(batch[i].slot, batch[i].generation)) {
      deliver(*actor, batch[i].event);
      ++found;
    }
  }
  run_local();
  return found;
}

template <class... Values>
void lane_actor::respond(caf::mailbox_element& request, lane& here, Values&&... values) {
  if (!request.sender || !request.mid.is_request()) return;
  request.sender->get()->eq_impl(request.mid.response_id(), caf::strong_actor_ptr{ctrl()}, &here,
                                 std::forward<Values>(values)...);
}

} // namespace chainring::actors
