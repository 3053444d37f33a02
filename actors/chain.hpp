// chain.hpp: one chain of records at work: a lean actor that owns an SCXML session and the chain's records, feeds events to
// the interpreter and carries out its effects.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "actors/assignment.hpp"
#include "actors/lane.hpp"
#include "actors/protocols.hpp"
#include "dialer/chain.hpp"
#include "dialer/ocs_actions.hpp"
#include "scxml/effect.hpp"
#include "scxml/session.hpp"

namespace chainring::actors {

class chain_home;

class chain final : public lane_actor {
 public:
  chain(caf::actor_config& setup, lane& here, chain_home& home, const assignment& job, dialer::chain records,
        scxml::session session);
  const char* name() const override { return "chain"; }

  /// One event and everything that follows from it, until the chain waits again or has ended.
  void step(const chain_event& e, lane& here);
  /// The timer of that sequence number has not been cancelled or replaced.
  bool wants(std::uint32_t sequence) const;

 private:
  void on_message(caf::mailbox_element& message, lane& here) override;
  void on_end(lane& here) override;

  // -- events in -----------------------------------------------------------------------------------------------------------
  void start();
  void timer_expired(std::uint32_t sequence);
  void call_ended(const chain_event& e);
  void take(scxml::event e);
  void take_all();

  // -- effects out -----------------------------------------------------------------------------------------------------------
  void carry_out(scxml::effects& wanted);
  void carry_out(scxml::send_effect& wanted);
  void carry_out(const scxml::cancel_effect& wanted);
  void carry_out(const scxml::log_effect& wanted);
  void carry_out(const scxml::action_effect& wanted);
  void carry_out(const scxml::action_failed_effect& wanted);
  void refuse_invoke(const scxml::invoke_effect& wanted);
  void carry_out(dialer::action_outcome done);
  void ask_for_call(std::size_t position);
  void set_timeout(std::int64_t delay_ms);
  void arm(std::uint32_t sequence, std::int64_t delay_ms);

  // -- the end -----------------------------------------------------------------------------------------------------------------
  void settle();
  void finish(std::string reason, std::optional<dialer::call_result> result);

  /// A delayed <send> to this session that has not arrived yet.
  struct pending_send {
    std::uint32_t sequence = 0;
    scxml::event what;
    std::string sendid;
  };

  chain_home& home_;
  const assignment& job_;
  dialer::chain records_;
  scxml::session session_;
  std::vector<pending_send> pending_sends_;
  std::vector<dialer::write> writes_; // of USERDATA, until the chain ends
  std::uint32_t last_sequence_ = 0;
  std::uint32_t timeout_sequence_ = 0; // 0: no ocs:timeout is pending
  std::int32_t calls_ = 0;             // asked for, without a result yet
  bool idle_ = false;                  // counted as waiting for what nothing will send
};

} // namespace chainring::actors
