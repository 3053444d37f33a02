// lane.cpp: the loop of a lane, its sleep, and the hand-over from other threads.
#include "actors/lane.hpp"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <fstream>
#include <string>

#include <linux/futex.h>
#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <caf/actor_cast.hpp>
#include <caf/actor_registry.hpp>
#include <caf/scheduler/abstract_coordinator.hpp>
#include <caf/system_messages.hpp>

namespace chainring::actors {
namespace {

/// A function to run on the lane.
struct lane_call {
  std::function<void(lane&)> run;
};

} // namespace

/// The lane's own actor. The only one that is registered: ~actor_system waits for it.
class lane_self final : public lane_actor {
 public:
  lane_self(caf::actor_config& setup, lane& home) : lane_actor(setup, home) { register_at_system(); }
  const char* name() const override { return "lane"; }
  /// An exception here is a bug of the node, not of one chain: there is nothing to end but the process.
  void on_message(caf::mailbox_element& message, lane& here) noexcept override {
    here.now_ms_ = here.time_.now_ms(); // nothing happens before what has caused it
    if (auto* call = local_element<lane_call>::in(message)) call->run(here);
    else if (message.content().match_elements<caf::exit_msg>()) here.begin_stop(message.content().get_as<caf::exit_msg>(0).reason);
    else if (here.on_message_) here.on_message_(message, here);
    else unknown(message, here);
  }
  void finish() { quit(); }
};

lane::lane(std::size_t actor_block_bytes, clock& time)
    : time_(time), slab_(this, std::max(actor_block_bytes, sizeof(block<lane_self>))) {}

lane::~lane() { assert(!thread_.joinable()); }

void lane::start(caf::actor_system& system) {
  system_ = &system;
  awake_ = time_.begin_work();
  now_ms_ = time_.now_ms();
  if (time_.is_virtual()) {
    deadline_ = time_.join({.name = "lane", .order = 0, .wake = [this](work) { nudge(); }, .settle = nullptr});
  }
  current() = this; // until the thread runs, we are the lane
  self_actor_ = spawn<lane_self>();
  assert(self_actor_);
  self_ = self_actor_->handle();
  current() = nullptr;
  thread_ = std::thread{[this] { loop(); }};
}

void lane::stop(caf::error exit_all) {
  post([exit_all = std::move(exit_all)](lane& here) { here.begin_stop(exit_all); });
}

void lane::join() {
  if (thread_.joinable()) thread_.join();
}

void lane::post(std::function<void(lane&)> call) {
  auto* self = caf::actor_cast<caf::abstract_actor*>(self_);
  self->enqueue(local_element<lane_call>::make({std::move(call)}), current());
}

std::vector<actor_counters> lane::counters() const {
  std::vector<actor_counters> all;
  for (const auto& count : tallies_) {
    const char* name = count.name.load(std::memory_order_acquire);
    if (!name) continue;
    const auto get = [](const std::atomic<std::uint64_t>& n) { return n.load(std::memory_order_relaxed); };
    actor_counters one{name, get(count.live), get(count.spawned), get(count.events), get(count.messages), 0, get(count.faults)};
    // A message may be taken before its sender has counted it.
    const auto enqueued = get(count.enqueued_here) + get(count.enqueued_elsewhere);
    one.waiting = enqueued > one.messages ? enqueued - one.messages : 0;
    all.push_back(std::move(one));
  }
  return all;
}

clockid_t lane::cpu_clock() const {
  clockid_t id{};
  ::pthread_getcpuclockid(const_cast<std::thread&>(thread_).native_handle(), &id);
  return id;
}

bool lane::runnable() const {
  // proc(5): "tid (name) S ..."; the name may hold anything but a line's end.
  std::ifstream stat("/proc/self/task/" + std::to_string(thread_id_.load()) + "/stat");
  std::string line;
  std::getline(stat, line);
  const auto name_end = line.rfind(')');
  return name_end != std::string::npos && line.compare(name_end + 1, 2, " R") == 0;
}

void lane::exec_later(caf::resumable* job) { system().scheduler().enqueue(job); }

std::uint8_t lane::next_kind() noexcept {
  static std::atomic<std::uint8_t> kinds{0};
  const auto kind = kinds.fetch_add(1);
  assert(kind < limits::actor_kinds_max);
  return kind;
}

void lane::adopt(lane_actor& actor, void* storage, std::uint8_t kind) {
  const auto slot = slab::number_of(storage);
  if (slot >= generations_.size()) generations_.resize(slab_.numbers());
  if (++last_generation_ == 0) ++last_generation_;
  actor.generation_ = last_generation_;
  actor.kind_ = kind;
  generations_[slot] = actor.generation_;
  auto& count = tallies_[kind];
  add(count.spawned);
  add(count.live);
  if (!count.name.load(std::memory_order_relaxed)) count.name.store(actor.name(), std::memory_order_release);
  ++live_; // the strong count of 1 belongs to the lane
}

void lane::release(lane_actor& actor) {
  --live_;
  add(tallies_[actor.kind_].live, -1);
  caf::intrusive_ptr_release(actor.ctrl());
}

void lane::give_back(void* storage) noexcept {
  if (here()) slab_.give_local(storage);
  else slab_.give_remote(storage);
}

// -- run-queue ----------------------------------------------------------------------------------------------------------------

void lane::push_local(lane_actor& actor) {
  actor.next_ = nullptr;
  (tail_ ? tail_->next_ : head_) = &actor;
  tail_ = &actor;
}

lane_actor& lane::pop_local() {
  auto* actor = head_;
  head_ = actor->next_;
  if (!head_) tail_ = nullptr;
  return *actor;
}

// One compare-and-swap pushes and learns whether the lane sleeps. An actor is in one queue at most, so next_ serves both.
void lane::push_remote(lane_actor& actor) {
  work waking;
  auto* head = remote_.load(std::memory_order_relaxed);
  do {
    assert(head != closed()); // an actor that has not been released keeps the loop alive
    if (head == asleep_tag() && !waking) waking = time_.begin_work(); // before the lane can find the actor
    actor.next_ = head == asleep_tag() ? nullptr : head;
  } while (!remote_.compare_exchange_weak(head, &actor, std::memory_order_acq_rel, std::memory_order_relaxed));
  if (head != asleep_tag()) return;
  waking.abandon(); // the lane adopts it
  wake();
}

bool lane::take_remote() {
  if (!remote_.load(std::memory_order_relaxed)) return false;
  auto* newest = remote_.exchange(nullptr, std::memory_order_acq_rel);
  if (!newest) return false;
  lane_actor* oldest = nullptr;
  auto* last = newest;
  while (newest) {
    auto* next = newest->next_;
    newest->next_ = oldest;
    oldest = newest;
    newest = next;
  }
  last->next_ = nullptr;
  (tail_ ? tail_->next_ : head_) = oldest;
  tail_ = last;
  return true;
}

void lane::run_one(lane_actor& actor) {
  switch (actor.run(*this, &actor == self_actor_ ? limits::lane_messages_per_turn : limits::messages_per_actor_turn)) {
  case lane_actor::turn::again: push_local(actor); break;
  case lane_actor::turn::ended: release(actor); break;
  case lane_actor::turn::blocked: break;
  }
}

void lane::run_local() {
  for (std::size_t n = 0; head_ && n < limits::actors_per_lane_turn; ++n) run_one(pop_local());
}

// -- sleep ----------------------------------------------------------------------------------------------------------------------

void lane::sleep(std::int64_t next_due_ms) {
  std::int64_t ms = -1;
  if (time_.is_virtual()) {
    deadline_->set(next_due_ms);
  } else if (next_due_ms != never) {
    ms = std::min(next_due_ms - now_ms_, limits::lane_sleep_ms_max);
  }
  lane_actor* head = nullptr;
  if (!remote_.compare_exchange_strong(head, asleep_tag(), std::memory_order_acq_rel)) return;
  awake_ = {}; // from here on, whoever wakes us brings work along
  wait(ms);
  head = asleep_tag();
  const bool by_ourselves = remote_.compare_exchange_strong(head, nullptr, std::memory_order_acq_rel);
  awake_ = by_ourselves ? time_.begin_work() : work::adopt(time_.counter_);
}

void lane::wait(std::int64_t ms) {
  wakeups_.fetch_add(1, std::memory_order_relaxed);
  const timespec limit{ms / 1000, ms % 1000 * 1'000'000};
  while (wake_word_.load(std::memory_order_acquire) == 0) {
    const auto rc = ::syscall(SYS_futex, &wake_word_, FUTEX_WAIT_PRIVATE, 0, ms < 0 ? nullptr : &limit, nullptr, 0);
    if (rc != 0 && errno == ETIMEDOUT) break;
  }
  wake_word_.store(0, std::memory_order_relaxed);
}

void lane::wake() {
  wake_word_.store(1, std::memory_order_release);
  ::syscall(SYS_futex, &wake_word_, FUTEX_WAKE_PRIVATE, INT_MAX, nullptr, nullptr, 0);
}

// The virtual clock has reached our deadline. A lane that is awake looks at its timers before it sleeps anyway.
void lane::nudge() {
  auto waking = time_.begin_work();
  auto* head = asleep_tag();
  if (!remote_.compare_exchange_strong(head, nullptr, std::memory_order_acq_rel)) return;
  waking.abandon();
  wake();
}

// -- life -----------------------------------------------------------------------------------------------------------------------

void lane::begin_stop(const caf::error& exit_all) {
  stopping_ = true;
  if (!exit_all) return;
  for (std::uint32_t slot = 0; slot < generations_.size(); ++slot) {
    if (generations_[slot] == 0 || at(slot) == self_actor_) continue;
    auto& actor = *at(slot);
    actor.eq_impl(caf::make_message_id(), nullptr, this, caf::exit_msg{actor.address(), exit_all});
  }
}

bool lane::finish() {
  auto& self = static_cast<lane_self&>(*self_actor_);
  if (!self.ended()) {
    self.finish();
    settle_step(self);
  }
  if (live_ == 0) return true;
  std::this_thread::yield(); // another thread is still handing our actor over
  return false;
}

void lane::loop() {
  current() = this;
  thread_id_ = ::gettid();
  for (;;) {
    add(beats_);
    now_ms_ = time_.now_ms();
    take_remote();
    for (std::size_t n = 0; head_ && n < limits::actors_per_lane_turn; ++n) {
      auto& next = pop_local();
      const bool batches = &next == self_actor_;
      run_one(next);
      if (batches) break; // each is long: other threads and timers wait for no more than a few
    }
    const auto next_due_ms = timers_ ? timers_(*this, now_ms_) : never;
    if (head_) continue;
    if (stopping_ && live_ <= 1) {
      if (live_ == 0 || finish()) break;
      continue;
    }
    if (next_due_ms > now_ms_) sleep(next_due_ms);
  }
  remote_.store(closed(), std::memory_order_release);
  current() = nullptr;
  deadline_.reset();
  awake_ = {};
}

} // namespace chainring::actors
