// supervisor.cpp: see supervisor.hpp.
#include "actors/supervisor.hpp"

#include <caf/actor_system.hpp>
#include <spdlog/spdlog.h>

namespace chainring::actors {

supervisor::supervisor(caf::actor_config& cfg, supervisor_terms terms)
    : control_actor(cfg, terms.view->mailbox), terms_(std::move(terms)) {
  set_down_handler([this](caf::down_msg& down) { died(down); });
}

caf::behavior supervisor::make_behavior() {
  monitor(terms_.keeper);
  monitor(terms_.dialer);
  monitor(terms_.document_desk);
  monitor(terms_.history);
  if (terms_.member) monitor(terms_.member);
  if (terms_.peers) monitor(terms_.peers);
  for (const auto& c : terms_.campaigns) monitor(c);
  return counted([this](drain) { begin_drain(); });
}

void supervisor::died(const caf::down_msg& down) {
  count_taken();
  if (!down.reason || down.reason == caf::exit_reason::user_shutdown) return;
  const char* who = down.source == terms_.keeper.address()          ? "the keeper"
                    : down.source == terms_.dialer.address()        ? "the dialer"
                    : down.source == terms_.document_desk.address() ? "the document desk"
                    : down.source == terms_.history.address()       ? "the sender of history records"
                    : terms_.member && down.source == terms_.member.address() ? "the membership of the cluster"
                    : terms_.peers && down.source == terms_.peers.address()   ? "the line to the other nodes"
                                                                    : "a campaign";
  if (terms_.view->failed.exchange(true)) // whoever waited for its answer
    spdlog::error("{} has ended with it", who);
  else
    spdlog::critical("{} has failed: {}: the node stops; its next start goes on from the store", who,
                     system().render(down.reason));
  begin_drain();
}

void supervisor::begin_drain() {
  if (draining_) return;
  draining_ = true;
  for (const auto& c : terms_.campaigns) send(c, stop_admission{});
  if (terms_.member) send(terms_.member, stop_admission{});
  request(terms_.dialer, caf::infinite, drain{})
      .then([this](drained) { terms_.view->drained = true; },
            [this](const caf::error&) { terms_.view->drained = true; }); // it is gone: nothing is left to wait for
}

} // namespace chainring::actors
