// chain_home.hpp: what the chains of one lane share: session driver, data models, timer wheel, and the outboxes that turn their
// wishes into one message per batch.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "actors/assignment.hpp"
#include "actors/chain.hpp"
#include "actors/daytime_rounds.hpp"
#include "actors/document_claims.hpp"
#include "actors/event_gate.hpp"
#include "actors/lane.hpp"
#include "actors/outbox.hpp"
#include "actors/protocols.hpp"
#include "actors/timer_wheel.hpp"
#include "dialer/versions.hpp"
#include "scxml/session_driver.hpp"

namespace chainring::actors {

/// Read by the stats endpoint from other threads; the lane writes.
struct chain_home_counters {
  std::atomic<std::uint64_t> events{0};
  std::atomic<std::uint64_t> actions{0};
  std::atomic<std::uint64_t> timers{0}; // pending, those cancelled lazily included
  std::atomic<std::uint64_t> documents_awaited{0}; // invocations whose document is on its way
};

class chain_home final : public scxml::host {
 public:
  /// `number` is the lane's, as chain_tag::lane has it. Sets the lane's hooks: before lane::start().
  chain_home(std::uint32_t number, lane& here, clock& time, std::uint64_t seed);
  ~chain_home() override;
  /// Where call requests go, and requests for documents, and whose chains may be passive; before the first chain starts.
  /// `gate` null: no events by HTTP. `saved_chains` null: they are saved in the newest format.
  void connect(caf::actor dialer, caf::actor document_desk, event_gate* gate, std::vector<const assignment*> jobs,
               const std::atomic<std::int64_t>* saved_chains = nullptr) {
    dialer_ = std::move(dialer);
    document_desk_ = std::move(document_desk);
    gate_ = gate;
    jobs_ = std::move(jobs);
    saved_chains_ = saved_chains;
  }
  /// On the lane: sends all that waits, whatever the credit; the node stops.
  void send_all();
  const chain_home_counters& counters() const { return counters_; }

  /// The treatment that a chain of this lane is in, or was last. Any thread.
  std::shared_ptr<const scxml::document> treatment_at_work() const;

  // -- scxml::host ---------------------------------------------------------------------------------------------------------
  std::int64_t now_ms() const override { return lane_.now_ms(); }
  std::uint64_t random_seed(const scxml::session& s) const override;
  reach reachable(const scxml::session& from, std::string_view type, std::string_view target) const override;
  const std::vector<std::pair<std::string, std::string>>& io_processors(const scxml::session& s) const override;

  // -- for the chains, on the lane -----------------------------------------------------------------------------------------
  scxml::session_driver& driver() { return driver_; }
  /// A chain of this job begins a step.
  void begin_step(const assignment& job, std::int64_t chain_id) {
    at_work_.store(&job, std::memory_order_relaxed);
    chain_at_work_ = chain_id;
    came_from_ = nullptr;
    daytime_.begin(lane_.now_ms()); // before anything of this instant: so chains hear the same whatever the number of lanes
  }
  /// The step is the first one of a chain that was saved.
  void came_from(std::shared_ptr<const dialer::saved_instance> saved) { came_from_ = std::move(saved); }
  /// The store has these bytes of it: nothing has changed in the step in which it came back.
  bool is_as_it_came(const std::string& bytes) const { return came_from_ && came_from_->bytes == bytes; }
  daytime_rounds& daytime() { return daytime_; }
  bool awaits_daytime(const scxml::session& s) { return daytime_transitions_.awaited_by(s); }
  bool is_virtual() const { return time_.is_virtual(); }
  /// Chains can hear events that nothing of this node sends, and there is time for it.
  bool hears_others() const { return gate_ != nullptr && !time_.is_virtual(); }
  std::uint32_t number() const { return number_; }
  std::int64_t saved_chain_format() const { return saved_chains_ ? saved_chains_->load() : dialer::this_version().saved_chains; }
  /// False: limits::timers_per_lane_max are pending.
  [[nodiscard]] bool arm(const chain& who, std::uint32_t sequence, std::int64_t due_ms);
  /// To be sent when the chain's step ends: send_calls().
  void ask_for_call(dialer::call_request request) { asked_.push_back(std::move(request)); }
  bool has_asked() const { return !asked_.empty(); }
  /// What the chain has asked for in its step goes to the dialer, with the chain as it waits for that; null: not saved.
  void send_calls(const std::shared_ptr<const dialer::write_instance>& waiting);
  void ask_for_document(const chain& who, const scxml::document& from, const std::string& src, std::uint32_t ticket);
  result<std::shared_ptr<scxml::datamodel>> open_model(const std::shared_ptr<const scxml::document>& d) { return models_->open(d); }
  /// A document that stands in content; equal texts are compiled once as long as one of them is in use.
  result<std::shared_ptr<const scxml::document>> compile(const scxml::document& from, const std::string& text);
  /// For the store; made once for all its sessions.
  result<std::shared_ptr<const dialer::kept_document>> to_keep(const std::shared_ptr<const scxml::document>& d);
  /// By the BasicHTTP processor.
  void post(const chain& who, std::int64_t chain_id, const scxml::session& from, const scxml::send_effect& what);
  /// The chain has ended: nothing can be sent to it any more.
  void forget(const assignment& job, std::int64_t chain_id);
  /// To the store, through the campaign. `before`: what the last report of the chain returned, 0: none; while that waits here, the
  /// two become one.
  std::uint64_t report(const assignment& job, chain_finished now, std::uint64_t before = 0);
  void count_action() { counters_.actions.store(counters_.actions.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed); }

 private:
  void on_message(caf::mailbox_element& message, lane& here);
  std::int64_t on_turn(std::int64_t now_ms);
  void tell_daytime(std::int64_t now_ms);
  void start(start_chains& batch);
  void hand_over(const document_arrived& d);
  void refuse_documents_unnamed();
  void hand_over(event_arrived& e);
  void hand_over(post_failed& f);
  chain* find_chain(dialer::list_id list, std::int64_t chain_id);
  template <class Message>
  bool call_for_chain(Message& what);
  bool restore_one(const start_chains& batch, const dialer::chain_of_records& who);
  void put_away(const put_chains_away& order);
  void start_one(const start_chains& batch, const dialer::chain_of_records& who, std::uint64_t handle_base);
  void hand_back(const start_chains& batch, const dialer::chain_of_records& who);
  void refuse(const start_chains& batch, const dialer::chain_of_records& who, std::string reason);
  void flush();
  void send(outbox<dialer::call_request>::batch calls);
  void send(const assignment& job, outbox<chain_finished>::batch all);

  const std::uint32_t number_;
  lane& lane_;
  clock& time_;
  const std::uint64_t seed_;
  scxml::session_driver driver_;
  std::unique_ptr<scxml::datamodel_source> models_;
  std::unordered_map<std::string, std::weak_ptr<const scxml::document>> compiled_; // by where it stands, and its text
  struct document_kept {
    std::shared_ptr<const scxml::document> document; // passive chains come back to it, whatever the campaign runs then
    std::shared_ptr<const dialer::kept_document> bytes;
  };
  std::unordered_map<std::string, document_kept> kept_; // by hash
  timer_wheel wheel_;
  daytime_rounds daytime_;
  daytime_transitions daytime_transitions_;
  caf::actor dialer_, document_desk_;
  event_gate* gate_ = nullptr;
  std::vector<const assignment*> jobs_;
  const std::atomic<std::int64_t>* saved_chains_ = nullptr;
  std::vector<chain_called_for> called_for_; // until nothing of their lists waits here that may make them passive
  struct place {
    std::uint32_t slot = 0, generation = 0;
  };
  std::map<std::pair<dialer::list_id, std::int64_t>, place> chains_; // by list and chain_id, when there is a gate
  mutable std::vector<std::pair<std::string, std::string>> io_processors_;
  std::vector<dialer::call_request> asked_; // in the step at hand
  outbox<dialer::call_request> calls_;
  std::map<const assignment*, outbox<chain_finished>> reports_;
  document_claims documents_;
  std::vector<std::pair<document_claims::claim, error>> documents_refused_;
  taken_batches events_taken_;
  std::map<std::uint32_t, taken_batches> starts_taken_; // by campaign
  std::vector<batches_taken> thanks_owed_;              // for chains, until nothing of this lane has to wait
  chain_home_counters counters_;
  std::atomic<const assignment*> at_work_{nullptr};
  std::int64_t chain_at_work_ = 0;
  std::shared_ptr<const dialer::saved_instance> came_from_; // null in all but the first step of a chain that was saved
  mutable std::mutex treatments_mutex_;
  std::map<const assignment*, std::shared_ptr<const scxml::document>> treatments_; // guarded by it
};

} // namespace chainring::actors
