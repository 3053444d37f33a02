// explanation.hpp: why a record is or is not dialed now, from the store and the configuration.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "actors/assignment.hpp"
#include "actors/chain.hpp"
#include "dialer/calling_list.hpp"
#include "dialer/do_not_call.hpp"
#include "dialer/store/store.hpp"
#include "dialer/switchboard.hpp"
#include "dialer/time_zones.hpp"
#include "scxml/result.hpp"

namespace chainring::actors {

struct explanation_terms {
  const dialer::time_zones& zones;
  const dialer::do_not_call_list& no_calls;
  std::string customer_column; // of the list: its customer id; empty: none
  std::map<std::string, std::int64_t> redial_gaps_ms; // configuration::redial_gaps_ms()
  std::int64_t now_ms = 0;
  bool running = false; // a node answers: what is not at work is not begun
};

/// The campaign that dials a list.
struct campaign_facts {
  std::string name;
  campaign_state state = campaign_state::not_loaded;
  std::uint64_t chains_live = 0, chains_live_max = 0;
  std::string treatment_failure; // why its treatment cannot be had; empty: it can
};

/// Which node of a cluster has the chain of a record.
struct chain_whereabouts {
  enum class place : std::uint8_t { here, other_node, no_node };
  place is = place::here;
  std::int64_t epoch = 0;          // of that node as a member
  std::string node;                // empty: the node works alone, or none has it
  std::optional<std::string> said; // what that other node says of the record
  std::string why_not;             // why it says nothing; empty: it was not asked
};

/// What a store knows of one record of one list, and a running node besides.
struct record_facts {
  dialer::list_id list = 0;
  dialer::calling_list form;
  dialer::record row;
  std::vector<dialer::attempt> attempts;
  dialer::chain_of_records chain; // its own row among them
  std::optional<campaign_facts> campaign;
  std::optional<chain_place> at_work;            // its chain has an actor
  std::optional<dialer::request_place> request; // its call has been asked for
  chain_whereabouts at;
};

struct record_wanted {
  std::int64_t record_id = 0;
  std::string list; // empty: every list
};

/// Of each list that has such a record. Error: the store cannot be read.
result<std::vector<record_facts>> facts_of(dialer::store& s, const record_wanted& wanted);

/// None has it.
error no_such_record(const record_wanted& wanted);

/// A campaign may take its row, or has taken it.
bool is_open(const dialer::record& row);

/// Lines for people: row, attempts, and what holds the record; a paragraph per list.
std::string explain(const std::vector<record_facts>& facts, const explanation_terms& terms);

} // namespace chainring::actors
