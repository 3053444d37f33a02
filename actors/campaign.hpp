// campaign.hpp: one campaign: gets the treatments of its lists, restores the chains that were put away, admits ready ones up to
// its limit, has their ends stored, puts them away when it is unloaded, knows when all is done.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <vector>

#include "actors/assignment.hpp"
#include "actors/back_off.hpp"
#include "actors/clock.hpp"
#include "actors/control_actor.hpp"
#include "actors/fetcher.hpp"
#include "actors/outbox.hpp"
#include "actors/protocols.hpp"
#include "actors/refused_treatments.hpp"

namespace chainring::actors {

struct campaign_terms {
  std::string name;
  std::uint32_t number = 0; // on this node
  std::vector<const assignment*> jobs; // one per list
  std::size_t chains_live_max = 0;
  std::size_t admission_batch = 0; // chains taken from the store at once
  std::int64_t app_id = 1;
  caf::actor keeper, dialer;
  std::vector<caf::actor> lanes;
  actors::fetchers* fetchers = nullptr;
  actors::clock* clock = nullptr;
  campaign_counters* counters = nullptr;
  std::atomic<std::uint64_t>* handles = nullptr; // next record handle of the node
  const std::vector<refused_treatment>* refused = nullptr;
  const scxml::vocabulary* actions = nullptr; // of documents that chains were put away in
  std::uint64_t seed = 1; // of the jitter between two tries to get a treatment
};

/// How many chains of a list have not ended, while its treatment cannot be had. The campaign has the keeper send it.
struct chains_counted {
  const assignment* job = nullptr;
  std::uint64_t left = 0;
  work token;
};

class campaign final : public control_actor {
 public:
  campaign(caf::actor_config& cfg, campaign_terms terms);
  const char* name() const override { return "campaign"; }
  caf::behavior make_behavior() override;
  void on_exit() override;

 private:
  /// One list of the campaign, as far as it has been worked off.
  struct work_list {
    const assignment* job = nullptr;
    std::shared_ptr<const scxml::document> treatment;
    std::int64_t last_chain_id = INT64_MIN;
    bool told = false;      // passive chains that listen have been taken
    bool restored = false;  // those that were put away have been taken
    bool exhausted = false; // and the others
    bool asking = false; // for the treatment or for chains
    bool asking_for_newer = false; // treatment, while chains are started with the one that there is
    std::int64_t newer_due_ms = never;
    std::uint64_t without_treatment = 0; // chains that wait for it
    std::int64_t try_again_ms = 0;
    back_off waits;
    std::int64_t passive_due_ms = never; // the first of the passive chains, as far as it is known
    bool activating = false;             // the keeper is asked for those that are due
    back_off passive_waits;              // of a store that is away
    std::vector<taken_batches> ends_taken; // by lane
    dialer::shard_set untold;              // shards whose passive chains that listen are to be taken; all at a load
    std::uint64_t looks = 0;               // from the first chain on: an answer of an earlier look moves nothing
    std::array<std::uint32_t, dialer::shards_count> live{}; // chains in memory, by shard
    // Out of memory, by shard: since the node has it. Below 0 where another campaign with the list has sent them there.
    std::array<std::int32_t, dialer::shards_count> passive{};
  };

  /// Chains whose end is at the keeper, in the order of their writes.
  struct ends {
    struct chain {
      std::int64_t chain_id = 0;
      std::size_t first_write = 0;
      bool faulted = false, switched = false, goes_on = false, put_away = false;
      std::int64_t passive_until_ms = 0;
    };
    const assignment* job = nullptr;
    std::uint32_t lane = 0; // which is thanked when they are stored
    bool instead = false;   // of what the store has refused
    std::vector<chain> chains;
  };

  // -- life cycle (campaign_orders.cpp) --------------------------------------------------------------------------------------
  result<campaign_state> obey(campaign_order& order);
  void load(const work& token);
  void let_call(bool may, const work& token);
  void begin_unload(bool forced, const work& token);
  void put_chains_away(const work& token);
  void release(const work_list& w, const std::vector<dialer::chain_of_records>& chains, const work& token);
  void see_whether_unloaded();
  campaign_state state() const { return terms_.counters->state; }
  bool is_loaded() const { return state() == campaign_state::loaded || state() == campaign_state::running; }

  // -- admission -------------------------------------------------------------------------------------------------------------
  void admit_all();
  bool wants_chains(const work_list& w) const;
  void get_documents(const work& token);
  void put_on(document_shelf& shelf, const dialer::kept_document& one) const;
  bool is_refused(const std::string& hash) const;
  void get_treatment(work_list& w);
  void look_for_newer_treatment(work_list& w);
  void take_treatment(work_list& w, fetched& f);
  void treatment_failed(work_list& w, const error& why);
  void treatment_came(work_list& w, fetched& f);
  void count_without_treatment();
  void take_chains(work_list& w, const work& token);
  void store_failed(work_list& w, const error& why);
  bool has_room() const;
  void hand_out(work_list& w, std::vector<dialer::chain_of_records> chains, bool loaded, const work& token);

  // -- passive chains (campaign_passive.cpp) ---------------------------------------------------------------------------------
  void activate_due(work_list& w, std::int64_t now_ms);
  void call_for(chain_called_for& call);
  void restore_listeners(work_list& w, const work& token);
  void take_up(work_list& w, std::vector<dialer::chain_of_records> chains, bool loaded, const work& token);
  work_list& list_of(const assignment* job);
  void count_passive(work_list& w, std::size_t shard, std::int32_t more);

  // -- shards (campaign_shards.cpp) ------------------------------------------------------------------------------------------
  void take_on(const shards_gained& g);
  caf::result<chains_are_away> put_away(const put_shards_away& p);
  void look_from_the_first(work_list& w);
  void see_whether_shards_are_away();
  work_list* find_list(dialer::list_id list);

  // -- ends ------------------------------------------------------------------------------------------------------------------
  void take_ends(chains_finished& f);
  void store(ends storing, std::vector<dialer::write> writes, const work& token);
  void ends_stored(const ends& stored, const std::vector<refused_writes>& refused, const work& token);
  void count_end(const assignment* job, const ends::chain& ended);
  void thank(const ends& stored, const work& token);
  void conclude();

  campaign_terms terms_;
  std::vector<work_list> lists_;
  std::vector<std::size_t> batches_at_lanes_; // of chains, by lane
  std::unique_ptr<deadline> deadline_;
  std::chrono::steady_clock::time_point loaded_at_; // treatments that were had before are asked for again
  bool closed_ = false;      // the node stops: nobody is admitted any more
  std::int64_t passive_ = 0; // chains out of memory
  std::size_t storing_ = 0;  // chains whose end is at the keeper
  std::size_t taking_ = 0;   // lists whose chains the keeper is asked for, or is to release
  std::shared_ptr<const document_shelf> documents_; // of chains that were put away; null: not asked for yet
  bool asking_for_documents_ = false;
  std::vector<chain_called_for> called_early_; // before the documents were there
  bool calls_are_over_ = true, told_lanes_ = false; // while it is being unloaded
  bool forced_ = false;                             // calls in progress were not waited for
  std::vector<caf::typed_response_promise<chains_are_away>> waiting_for_unload_;
  std::vector<std::pair<dialer::shard_set, caf::typed_response_promise<chains_are_away>>> shards_leaving_;
};

} // namespace chainring::actors

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chainring::actors::chains_counted)
