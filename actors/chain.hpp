// chain.hpp: one chain of records at work: a lean actor that owns an SCXML session, what this has invoked, and the chain's
// records; feeds events to the sessions and carries out their effects. Without a session it is in its traditional treatment.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "actors/assignment.hpp"
#include "actors/daytime_rounds.hpp"
#include "actors/lane.hpp"
#include "actors/protocols.hpp"
#include "dialer/chain.hpp"
#include "dialer/ocs_actions.hpp"
#include "dialer/traditional_course.hpp"
#include "scxml/rare_list.hpp"
#include "scxml/session_driver.hpp"

namespace chainring::actors {

class chain_home;

/// What a chain waits for.
struct chain_place {
  std::int32_t calls = 0;          // in progress or asked for
  std::int64_t begins_ms = 0;      // its script: its rows are scheduled for then; 0: it has begun
  std::int64_t timeout_due_ms = 0; // of its ocs:timeout; 0: none is pending
  bool sends = false;              // delayed events of its own
  bool documents = false;          // that it invokes
  bool daytime = false;            // ocs.daytime_change
  bool traditional = false;
};

class chain final : public lane_actor, public daytime_listener, private scxml::outside_world {
 public:
  /// A session without a document: none, the traditional treatment from the start. `saves`: write_instance::version of what the
  /// store has of the chain; 0: nothing.
  chain(caf::actor_config& setup, lane& here, chain_home& home, const assignment& job, dialer::chain records,
        scxml::session session, std::uint32_t saves);
  /// As it was saved: goes on with chain_restored.
  chain(caf::actor_config& setup, lane& here, chain_home& home, const assignment& job, dialer::chain records,
        scxml::session_tree sessions, std::uint32_t saves);
  const char* name() const override { return "chain"; }
  /// Fetches what a step touches besides the actor.
  void prefetch() const noexcept {
    const auto* data = static_cast<const char*>(sessions_.root().data.pointer);
    prefetch_line(data);
    prefetch_line(data + slab::line_bytes);
  }

  /// One event and everything that follows from it, until the chain waits again or has ended.
  void step(const chain_event& e, lane& here);
  /// The first step of a chain that was saved.
  void step(const chain_restored& r, lane& here);
  /// What an <invoke> waited for.
  void step(const chain_document& d, lane& here);
  /// From outside of its sessions: by HTTP, or that a post has failed.
  void step(const chain_message& m, lane& here);
  void step(const chain_columns& c, lane& here);
  void step(const chain_fault& f, lane& here);
  bool works_for(const assignment& job) const { return &job_ == &job; }
  bool is_of(const dialer::shard_set& shards) const { return shards[dialer::shard_of(job_.list, records_.chain_id())]; }
  /// The timer of that sequence number has not been cancelled or replaced.
  bool wants(std::uint32_t sequence) const;
  /// scxml::session::id by session_address::session; none: it has ended or never was.
  std::optional<std::uint64_t> session_at(std::uint32_t number) const;
  bool is(const assignment& job, std::int64_t chain_id) const { return &job == &job_ && chain_id == records_.chain_id(); }
  chain_place place() const;

 private:
  void on_message(caf::mailbox_element& message, lane& here) override;
  void on_exception(const std::string& what) noexcept override;
  void on_end(lane& here) override;

  // -- events in -------------------------------------------------------------------------------------------------------------
  void begin();
  bool has_begun() const;
  [[nodiscard]] bool wake();
  void take_up();
  void hear_of_daytime(dialer::daytime_code code);
  const scxml::session* forwarder_to(const scxml::session& s);
  std::uint64_t session_id(std::uint32_t number) const;
  void timer_expired(std::uint32_t sequence);
  void call_ended(const chain_event& e);
  void run();
  /// With an event that comes before all else.
  void run(std::uint64_t session, const scxml::event& first);
  void after_run(scxml::session_driver::outcome done);

  // -- scxml::outside_world --------------------------------------------------------------------------------------------------
  result<std::shared_ptr<scxml::datamodel>> open_model(const std::shared_ptr<const scxml::document>& d) override;
  std::uint64_t new_session_id() override;
  result<std::shared_ptr<const scxml::document>> compile(const scxml::document& from, const std::string& text) override;
  void fetch(const scxml::document& from, const std::string& src, std::uint32_t ticket) override;
  void carry_out(scxml::session& from, scxml::effect& wanted) override;
  void session_ended(const scxml::session& s) override;

  // -- effects out -----------------------------------------------------------------------------------------------------------
  void send_later(const scxml::session& from, scxml::send_effect& wanted);
  void log(const scxml::log_effect& wanted);
  void answer(const scxml::session& from, dialer::action_outcome done);
  void ask_for_call(const scxml::session& from, std::size_t position);
  void set_timeout(const scxml::session& from, std::int64_t delay_ms);
  void arm(std::uint32_t sequence, std::int64_t delay_ms);

  // -- traditional treatment (chain_traditional.cpp) -------------------------------------------------------------------------
  dialer::course_terms course() const;
  void take_up_treatments(const chain_restored* from);
  std::optional<dialer::ended_call> ended_since_saved(const chain_restored& from) const;
  void switch_over();
  void step_traditional(const chain_event& e);
  void follow_call();
  void go_on(dialer::course_step step);
  void dial(std::size_t position);

  // -- saved and restored (chain_saving.cpp) ---------------------------------------------------------------------------------
  void keep();
  void wait_to_begin();
  void put_away();
  std::optional<std::int64_t> may_leave_until() const;
  std::int64_t earliest_timer_ms() const;
  result<dialer::write_instance> save();
  void restore_waits(const chain_restored& r);
  void restore_calls(const chain_restored& r);
  void hear_of_daytime_now();
  void hear_of_daytime_since(std::int64_t since_ms);

  // -- the end ---------------------------------------------------------------------------------------------------------------
  void settle();
  bool awaits_daytime();
  void listen_to_daytime();
  bool is_alone_too_long();
  void finish(std::string reason, std::optional<dialer::call_result> result);
  void conclude();
  void report_end();
  bool switches() const;
  bool is_waiting() const;
  bool waits_for_answer() const; // to what it has asked for itself

  /// A delayed <send> that has not arrived yet.
  struct pending_send {
    std::uint32_t sequence = 0;
    std::uint64_t sender = 0;
    std::int64_t due_ms = 0;
    scxml::send_effect what;
  };
  struct end_wanted {
    std::string reason; // empty: in order
    std::optional<dialer::call_result> result;
    bool in_order = false; // for all its reason
  };
  /// What only chains have whose treatments invoke others.
  struct of_invoked {
    struct timeout {
      std::uint64_t session = 0;
      std::uint32_t sequence = 0;
      std::int64_t due_ms = 0;
    };
    struct caller {
      std::uint64_t session = 0;
      std::size_t position = 0;
    };
    std::uint32_t sessions_made = 0;
    std::vector<timeout> timeouts;
    std::vector<caller> callers;
  };
  of_invoked& invoked();
  /// What only chains have that are in their traditional treatment.
  struct traditional {
    dialer::treatment_progress progress;
    std::size_t position = 0;   // of the record that is due next
    std::uint32_t sequence = 0; // of the wait for it; 0: none
    std::int64_t due_ms = 0;    // of that wait
  };

  chain_home& home_;
  const assignment& job_;
  dialer::chain records_;
  scxml::session_tree sessions_;
  scxml::rare_list<pending_send> pending_sends_;
  scxml::rare_list<dialer::write_row> rows_; // what has changed in them, until it is sent to the store
  std::unique_ptr<of_invoked> invoked_;
  std::unique_ptr<traditional> traditional_;
  std::unique_ptr<end_wanted> end_;
  std::uint64_t report_ = 0; // the last: see chain_home::report()
  std::uint32_t last_sequence_ = 0;
  std::uint32_t saves_ = 0; // so far: the version of the last
  std::uint32_t timeout_sequence_ = 0; // of the root; 0: no ocs:timeout is pending
  std::int32_t calls_ = 0;             // asked for, without a result yet
  std::int32_t last_called_ = -1;      // position of the record whose call ended last; -1: none
  bool ok_is_treated_ = false;         // of the call that ended last: a message, in Power mode
  bool cannot_be_saved_ = false;       // counted as such
  bool idle_ = false;                  // counted as waiting for what nothing will send
  bool just_back_ = false;             // was passive: what it has been called back for is still to come
};

} // namespace chainring::actors
