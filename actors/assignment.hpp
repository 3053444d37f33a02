// assignment.hpp: what chains work for: a campaign, one of its lists, the list's treatment. Made once per campaign and
// list at load; read by lanes, the dialer and the stats endpoint; outlives them.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include <caf/actor.hpp>

#include "actors/control_actor.hpp"
#include "dialer/compliance.hpp"
#include "dialer/dialing_mode.hpp"
#include "dialer/ocs_actions.hpp"
#include "dialer/store/store.hpp"
#include "dialer/traditional_treatment.hpp"
#include "dialer/trunks/trunk.hpp"
#include "scxml/value.hpp"

namespace chainring::dialer {
struct validation_wanted;
}

namespace chainring::actors {

/// OCS's states of a campaign group (facts of its operation: load, start, stop, unload, force-unload).
enum class campaign_state : std::uint8_t {
  not_loaded, // none of its chains lives
  loaded,     // chains that were put away go on; nobody is called, no other chain begins
  running,
  unloading,  // its chains are being put away
};
/// "not loaded", "loaded", "running", "unloading".
std::string_view name_of(campaign_state s);

/// Progress of a campaign, written by its actors, read by anybody.
struct campaign_counters {
  std::atomic<std::uint64_t> chains{0};          // in the lists, those of earlier runs included
  std::atomic<std::uint64_t> chains_ended{0};    // ended before this run and in it; stored
  std::atomic<std::uint64_t> chains_admitted{0}; // in this run
  std::atomic<std::uint64_t> chains_live{0};    // in memory
  std::atomic<std::uint64_t> chains_passive{0}; // out of memory until they are due
  std::atomic<std::uint64_t> chains_idle{0}; // live, but waiting for an event that nothing will send
  std::atomic<std::uint64_t> chains_faulted{0};
  std::atomic<std::uint64_t> chains_switched{0};
  std::atomic<std::uint64_t> chains_restored{0};  // of those admitted: they had been put away
  std::atomic<std::uint64_t> chains_put_away{0};  // in this run
  std::atomic<std::uint64_t> chains_not_saved{0}; // of those: their data cannot be saved
  std::atomic<std::uint64_t> attempts{0};
  std::array<std::atomic<std::uint64_t>, 64> results{}; // by call_result code
  std::atomic<std::uint64_t> treatment_failures{0}; // in a row; chains wait
  std::atomic<std::uint64_t> chains_without_treatment{0}; // that wait for it before they start
  std::atomic<bool> all_admitted{false};            // no chain is Ready any more
  std::atomic<bool> done{false};                    // and none lives
  std::atomic<std::uint64_t> chains_ended_before{0}; // of chains_ended: found in the store at the start
  std::atomic<std::int32_t> agents{-1};             // that it dials against here; -1: it does not dial against agents
  std::atomic<bool> lacks_validation{false};        // a treatment wants it, there is no server; has been said
  std::atomic<campaign_state> state{campaign_state::not_loaded};
  mailbox_count mailbox;                            // of the campaign's actor

  /// Why the treatment could not be had the last time.
  void treatment_failure(const error& why);
  error last_treatment_failure() const;

 private:
  mutable std::mutex mutex_;
  error last_treatment_failure_;
};

/// OCS pre-dial validation.
struct validation_terms {
  std::string uri;  // empty: no server
  bool all = false; // every record, unless its options say no
  dialer::call_result otherwise = dialer::call_result::general_error; // without a usable answer
};

struct assignment {
  assignment(const dialer::calling_list& list_form, const dialer::time_zones& zones, const dialer::daytime_tables& daytime)
      : form(list_form), environment{form, 0, zones, daytime} {}
  assignment(const assignment&) = delete;

  std::uint32_t number = 0;   // of this assignment on this node
  std::uint32_t campaign = 0; // number of the campaign on this node
  std::string campaign_name;
  dialer::list_id list = 0;
  dialer::calling_list form;
  dialer::chain_environment environment; // refers to `form`
  std::string treatment_uri;                // empty: the traditional treatments from the start
  scxml::object parameters; // of the treatment URI
  dialer::treatment_table treatments;       // traditional; of the list
  std::int64_t chain_attempts_max = 0;
  std::int64_t treatment_sched_threshold_s = 0;
  bool saves = true; // chains that wait; false: only those that are put away, where nothing has to outlast the process
  std::int64_t passivate_after_ms = 0; // chains that wait as long or longer leave memory; 0: none does
  std::string preferred_contact_field;
  std::optional<std::size_t> customer_column;                        // among form.user_columns
  std::unordered_map<std::int64_t, std::int64_t> not_before_ms;      // record_id → end of its redial gap
  validation_terms validation;
  dialer::dialing_mode mode = dialer::dialing_mode::power;
  std::map<std::string, dialer::medium> message_trunks; // of the campaign, by name; others carry voice
  std::string history_uri; // who is told of the attempts; empty: nobody
  caf::actor campaign_actor;
  campaign_counters* counters = nullptr;

  /// What the trunk of that name carries.
  dialer::medium medium_of(const std::string& trunk) const;
  /// What is asked before the record of that handle, with these options, is dialed; null: nothing.
  std::shared_ptr<const dialer::validation_wanted> validation_of(const dialer::record& row, std::uint64_t handle,
                                                                 const dialer::text_pairs& options) const;
};

/// A chain's lane: the same for every run with as many lanes, spread evenly whatever the chain ids are.
std::size_t lane_of(std::int64_t chain_id, std::size_t lanes);

} // namespace chainring::actors
