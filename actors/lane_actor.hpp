// lane_actor.hpp: a CAF actor that a lane runs, never CAF's scheduler. 168 bytes with its control block; the derived class
// adds its state.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include <caf/actor.hpp>
#include <caf/fwd.hpp>
#include <caf/intrusive/lifo_inbox.hpp>
#include <caf/mailbox_element.hpp>

#include "actors/slim_actor.hpp"

namespace chainring::actors {

class lane;

/// An ordinary actor to the rest of CAF: address, monitor, link, request, response, bounce, delayed_send to it. It has no
/// behavior and no send() of its own: it takes mailbox elements, and events by plain calls (lane::deliver).
///
/// 1. Only its lane runs, steps or ends it.
/// 2. The lane owns one strong reference until it has ended, so it never dies as "unreachable" on a foreign thread.
/// 3. on_end() runs on the lane and gives back what belongs there; the destructor may run on any thread and frees only
///    plain memory.
class lane_actor : public slim_actor {
 public:
  using signatures = caf::none_t;
  using behavior_type = caf::behavior;

  // -- any thread ---------------------------------------------------------------------------------------------------------
  using caf::abstract_actor::enqueue;
  void enqueue(caf::mailbox_element_ptr message, caf::execution_unit* from) override;

  lane& home() const noexcept { return *lane_; }
  /// With generation(), what an event names it by.
  std::uint32_t slot() const noexcept;
  std::uint32_t generation() const noexcept { return generation_; }
  caf::actor handle();
  const char* name() const override { return "lane_actor"; }

  // -- its lane only --------------------------------------------------------------------------------------------------------
  /// No message waits, so an event may be delivered by a plain call without overtaking any.
  bool idle() const noexcept { return inbox_.blocked(); }
  bool ended() const noexcept { return ended_; }

  void on_destroy() override;

 protected:
  lane_actor(caf::actor_config& setup, lane& home) : slim_actor(setup), lane_(&home) { inbox_.try_block(); }

  /// Take what you know, local elements first (local_element<T>::in), CAF messages next; give the rest to unknown().
  virtual void on_message(caf::mailbox_element& message, lane& here) = 0;
  /// Its step or message has thrown, and it ends: say so to whoever counts on it. On the lane, before on_end().
  virtual void on_exception(const std::string&) noexcept {}
  /// Once, on the lane, before monitors hear of the end: give back realm objects, timers, counters.
  virtual void on_end(lane&) {}

  /// Ends the actor when the current step or message is over.
  void quit(caf::error reason = {});
  /// Answers a request; other messages have no answer. Declared here, defined in lane.hpp.
  template <class... Values>
  void respond(caf::mailbox_element& request, lane& here, Values&&... values);
  /// Obeys exit messages (a normal exit of a linked actor is ignored, as by every CAF actor) and bounces requests.
  void unknown(caf::mailbox_element& message, lane& here);

 private:
  friend class lane;
  struct inbox_policy {
    using mapped_type = caf::mailbox_element;
    using unique_pointer = caf::mailbox_element_ptr;
  };
  using inbox = caf::intrusive::lifo_inbox<inbox_policy>;
  enum class turn : std::uint8_t { blocked, again, ended };

  turn run(lane& here, std::size_t messages_max);
  void take(caf::mailbox_element& message, lane& here);
  /// False: a foreign thread still has to hand the actor to the lane, which must not let go of it yet.
  [[nodiscard]] bool end(lane& here);
  /// In a catch block: ends the actor for what its step threw.
  void quit_for_exception();

  inbox inbox_;                  // | these are in one cache line with the
  lane_actor* next_ = nullptr;   // | first bytes of the derived class
  lane* lane_;                   // |
  std::uint32_t generation_ = 0; // |
  std::uint8_t kind_ = 0;        // |
  bool ended_ = false;           // |
};

} // namespace chainring::actors
