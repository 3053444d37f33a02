// control_actor.hpp: what the actors on CAF's scheduler have in common: their messages are counted, and what goes wrong in
// them is logged, not printed.
#pragma once

#include <atomic>
#include <cstdint>
#include <utility>

#include <caf/event_based_actor.hpp>

namespace chainring::actors {

/// Messages and requests to one control actor; the answers to its own requests, of which it has a bounded number open, are
/// not counted. Outlives the actor. Any thread reads.
class mailbox_count {
 public:
  std::uint64_t taken() const noexcept { return taken_.load(std::memory_order_relaxed); }
  std::uint64_t waiting() const noexcept {
    return live() ? more(put_.load(std::memory_order_relaxed), taken_.load(std::memory_order_relaxed)) : 0;
  }
  /// The most that has waited at once.
  std::uint64_t waiting_most() const noexcept { return most_.load(std::memory_order_relaxed); }
  bool live() const noexcept { return live_.load(std::memory_order_relaxed); }

 private:
  friend class control_actor;
  /// What others have put may have been taken in between.
  static std::uint64_t more(std::uint64_t put, std::uint64_t taken) noexcept { return put > taken ? put - taken : 0; }
  void put() noexcept {
    const auto now = more(put_.fetch_add(1, std::memory_order_relaxed) + 1, taken_.load(std::memory_order_relaxed));
    auto most = most_.load(std::memory_order_relaxed);
    while (now > most && !most_.compare_exchange_weak(most, now, std::memory_order_relaxed)) {
    }
  }
  void take() noexcept { taken_.store(taken_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed); }

  std::atomic<std::uint64_t> put_{0}, taken_{0}, most_{0};
  std::atomic<bool> live_{false};
};

class control_actor : public caf::event_based_actor {
 public:
  using caf::event_based_actor::enqueue;
  void enqueue(caf::mailbox_element_ptr message, caf::execution_unit* from) override;
  bool cleanup(caf::error&& reason, caf::execution_unit* host) override;

 protected:
  control_actor(caf::actor_config& cfg, mailbox_count& mailbox);

  /// The behavior of these handlers, each a lambda of one message.
  template <class... Handlers>
  caf::behavior counted(Handlers... handlers) {
    return {counting(std::move(handlers), &Handlers::operator())...};
  }
  /// A system message (caf::down_msg) has come.
  void count_taken() noexcept { mailbox_.take(); }

 private:
  template <class Handler, class Result, class Message>
  auto counting(Handler handler, Result (Handler::*)(Message) const) {
    return [this, handler = std::move(handler)](Message message) -> Result {
      mailbox_.take();
      return handler(static_cast<Message&&>(message));
    };
  }

  mailbox_count& mailbox_;
};

} // namespace chainring::actors
