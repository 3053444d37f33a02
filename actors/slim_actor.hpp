// slim_actor.hpp: monitors, links and exit messages on CAF's abstract_actor in 16 bytes, where CAF's monitorable_actor
// takes 64 (it carries a condition variable that only blocking actors use). The semantics are those of CAF 0.17.6.
#pragma once

#include <cstddef>
#include <utility>

#include <caf/abstract_actor.hpp>
#include <caf/attachable.hpp>
#include <caf/error.hpp>

namespace chainring::actors {

class slim_actor : public caf::abstract_actor {
 public:
  void attach(caf::attachable_ptr observer) override;
  std::size_t detach(const caf::attachable::token& what) override;
  void add_link(caf::abstract_actor* other) override;
  void remove_link(caf::abstract_actor* other) override;
  bool add_backlink(caf::abstract_actor* other) override;
  bool remove_backlink(caf::abstract_actor* other) override;

  /// Why the actor ended; any thread, once it has.
  caf::error end_reason() const;
  virtual const char* name() const { return "slim_actor"; }

 protected:
  explicit slim_actor(caf::actor_config& setup) : abstract_actor(setup) {}

  /// The owner's thread, before announce_end().
  void set_end_reason(caf::error reason) { end_reason_ = std::move(reason); }
  /// Marks the actor as ended and tells everyone attached. False: that had been done before.
  bool announce_end(caf::execution_unit* here);

 private:
  void push(caf::attachable_ptr& observer);
  std::size_t detach_locked(const caf::attachable::token& what, bool first_only, bool count_only);
  void send_exit_to(caf::abstract_actor* other);

  caf::attachable_ptr observers_;
  caf::error end_reason_; // others read it only once is_terminated_flag, set under mtx_ after it, is there
};

} // namespace chainring::actors
