// supervisor.hpp: watches the control actors of a node and takes it down in order. An actor whose state is the truth about
// calls in progress is not restarted with an empty mind: its death ends the node, whose next start recovers from the store.
#pragma once

#include <atomic>
#include <chrono>
#include <string>
#include <vector>

#include "actors/control_actor.hpp"
#include "actors/protocols.hpp"

namespace chainring::actors {

/// Read by the main thread.
struct supervisor_view {
  std::atomic<bool> failed{false};  // a control actor has died: drain and exit with an error
  std::atomic<bool> drained{false}; // no call is in progress and every result is stored
  mailbox_count mailbox;
};

struct supervisor_terms {
  caf::actor keeper, dialer, document_desk, history;
  caf::actor member = nullptr; // of a cluster, if it is one
  caf::actor peers = nullptr;  // if it talks to the others
  std::vector<caf::actor> campaigns;
  supervisor_view* view = nullptr;
};

/// Takes `drain`: campaigns admit no more, the dialer starts no more calls, calls in progress end and are stored.
class supervisor final : public control_actor {
 public:
  supervisor(caf::actor_config& cfg, supervisor_terms terms);
  const char* name() const override { return "supervisor"; }
  caf::behavior make_behavior() override;

 private:
  void died(const caf::down_msg& who);
  void begin_drain();

  supervisor_terms terms_;
  bool draining_ = false;
};

} // namespace chainring::actors
