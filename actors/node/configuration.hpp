// configuration.hpp: everything that a node is told by its TOML file, typed, checked and with its defaults.
// conf/node.toml shows every option; a test holds the two together.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/fetch/tls_settings.hpp"
#include "actors/limits.hpp"
#include "actors/node/message_settings.hpp"
#include "dialer/call_result.hpp"
#include "dialer/daytime.hpp"
#include "dialer/dialing_mode.hpp"
#include "dialer/limits.hpp"
#include "dialer/traditional_treatment.hpp"
#include "dialer/trunks/simulated.hpp"
#include "scxml/result.hpp"

namespace chainring::actors {

/// 2026-01-05T15:00:00Z: a Monday, working hours in all of the Americas.
inline constexpr std::int64_t virtual_time_start_ms_default = 1'767'625'200'000;
inline constexpr std::int32_t stats_port_default = 8480;
inline constexpr std::int32_t events_port_default = 8481;

// Paths in these structs are absolute when the configuration came from a file: relative ones are taken from its folder.
// Empty texts mean "none".

/// [node]
struct node_settings {
  std::string name = "chainring";
  std::int32_t lanes = 0;                   // threads that run chains; 0: one per core
  std::vector<std::string> treatment_roots = {"."}; // folders whose file: treatments may be used
  std::map<char, std::string> treatment_drives; // folders that stand for drives of Windows, by upper-case letter; roots too
  bool legacy_expressions = false;          // of all treatments: those of OCS 8.0
  std::int64_t passivate_after_s = 600;     // chains that wait as long or longer leave memory; 0: none does
  std::string log_level = "info";           // trace, debug, info, warning, error, off
  std::string log_file;                     // empty: stderr
  std::int64_t virtual_time_start_ms = virtual_time_start_ms_default; // where --virtual-time begins in a new store
  friend bool operator==(const node_settings&, const node_settings&) = default;
};

/// [store]
struct store_settings {
  std::string path = "chainring.db"; // an SQLite file
  friend bool operator==(const store_settings&, const store_settings&) = default;
};

/// [cluster]: several nodes on one store.
struct cluster_settings {
  bool enabled = false;
  std::int32_t lease_s = 10; // after so long without a sign of life the others take this node's chains over
  std::string address;     // "host:port" where the other nodes reach this one; empty: nodes say nothing to each other
  std::string listen;      // "host:port" where it listens; empty: at the address
  std::string certificate, key, ca; // PEM files, all or none; without them only loopback addresses are taken
  const std::string& listens_at() const { return listen.empty() ? address : listen; }
  friend bool operator==(const cluster_settings&, const cluster_settings&) = default;
};

/// [stats]
struct stats_settings {
  bool enabled = true;
  std::string address = "127.0.0.1";
  std::int32_t port = stats_port_default; // 0: any free one, named in the log
  std::string token;                      // empty: changes over the API are refused
  friend bool operator==(const stats_settings&, const stats_settings&) = default;
};

/// [events]: SCXML's BasicHTTP event I/O processor.
struct events_settings {
  bool enabled = false;
  std::string address = "127.0.0.1";
  std::int32_t port = events_port_default; // 0: any free one, named in the log
  std::string location;                    // what others reach the endpoint as; empty: http://ADDRESS:PORT
  std::string secret;                      // keys the paths; needed when enabled
  std::vector<std::string> post_to;        // servers that treatments may post to
  friend bool operator==(const events_settings&, const events_settings&) = default;
};

/// [http]: what is asked of other servers.
struct http_settings {
  std::int32_t connection_pool_size = 5; // OCS http-connection-pool-size: of pre-dial validation
  std::int32_t response_timeout_s = 10;  // OCS http-response-timeout
  std::string ca_file;                   // trusted-ca of [tls] by another name
  std::vector<std::string> redirect_to;  // servers at private addresses that others may send us to
  std::int32_t document_check_interval_s = 60; // of treatments whose servers do not say how long they are good for
  std::int64_t document_cache_bytes = limits::document_cache_bytes_default;
  friend bool operator==(const http_settings&, const http_settings&) = default;
};

/// [do-not-call]
struct do_not_call_settings {
  std::string csv;         // columns phone and customer_id; read at every start
  std::string customer_id; // OCS customer_id: the list column that holds the customer
  friend bool operator==(const do_not_call_settings&, const do_not_call_settings&) = default;
};

/// [daytime.weekdays] and [daytime.holidays]: OCS's two Statistical Tables of type Special Day, for
/// dialer::daytime_tables::make, which has accepted them. Not configured and empty are two things.
struct daytime_settings {
  std::optional<dialer::weekday_table> weekdays;
  std::optional<std::vector<dialer::holiday>> holidays;
};

/// [[list]]
struct list_settings {
  std::string name;
  std::string csv;           // imported at start, rows that are there stay as they are; empty: it is in the store
  std::string treatment_uri; // wins over the campaign's
  std::string preferred_contact_field; // OCS treatment-preferred-contact-field; wins over the campaign's
  std::vector<std::string> treatments; // names of [[treatment]]: without a treatment-uri, and after Switch
  std::string order_by;      // of the records of a chain, as "priority DESC, chain_n"; empty: by chain_n
  std::string history_uri;   // wins over the campaign's
};

/// [[campaign]]
struct campaign_settings {
  std::string name;
  std::vector<std::string> lists;      // names of [[list]], dialed in this order
  std::vector<std::string> trunks;     // names of [[trunk]]; all of them when the file names none
  std::string treatment_uri;           // absolute
  std::string preferred_contact_field; // OCS treatment-preferred-contact-field: the list column with the contact type
  dialer::dialing_mode mode = dialer::dialing_mode::power; // OCS dialing mode
  std::int32_t channels = 0;         // OCS numOfChannels: calls at once; 0: as the trunks allow
  std::int32_t calls_per_minute = 0; // of Power; 0: as the trunks allow
  std::int32_t agents = 0;           // of Progressive, until the API says otherwise
  double lines_per_agent = 1;        // of Progressive
  std::int32_t chains_live_max = 100'000;
  std::int32_t admission_batch = 1'000; // chains taken from the store at once
  std::int32_t redial_gap_s = 900;      // no second call of a record whose attempt ended unknown before this
  // Of chains in their traditional treatment.
  std::int64_t chain_attempts_max = dialer::limits::chain_attempts_max_default; // calls of a chain, then it ends
  std::int64_t treatment_sched_threshold_s = 0; // OCS treatment_sched_threshold: waits as long or longer are in the rows
  bool pre_dial_validation = false;     // of every record; a record's OPTIONS win
  std::string validation_uri;           // empty: nothing is validated
  dialer::call_result validation_timeout_result = dialer::call_result::general_error; // without a usable answer
  std::string history_uri;              // who is told of each attempt; empty: nobody
  bool auto_start = true;               // load and start with the node
};

struct configuration {
  std::string file; // where it came from; empty: built in
  node_settings node;
  store_settings store;
  cluster_settings cluster;
  stats_settings stats;
  events_settings events;
  http_settings http;
  tls_settings tls;
  do_not_call_settings do_not_call;
  std::map<std::int32_t, std::string> time_zones = {{122, "America/Los_Angeles"}}; // tz_dbid → IANA
  daytime_settings daytime;
  std::vector<dialer::simulated_options> trunks;
  std::vector<message_trunk_settings> message_trunks; // numbered behind the others
  std::vector<dialer::traditional_treatment> treatments;
  std::vector<list_settings> lists;
  std::vector<campaign_settings> campaigns;

  const list_settings* find_list(std::string_view name) const;
  /// Of all [[trunk]]: the simulated ones, then those of messages.
  std::vector<std::string> trunk_names() const;
  /// The treatment of a list within a campaign: the list's own, or the campaign's; empty: its traditional treatments.
  const std::string& treatment_of(const campaign_settings& campaign, const list_settings& list) const;
  /// The redial gap of each list that a campaign dials, the longest of several.
  std::map<std::string, std::int64_t> redial_gaps_ms() const;
  /// The traditional treatments that a list names. Error: they do not go together.
  result<dialer::treatment_table> treatments_of(const list_settings& list) const;
};

/// A configuration, or every complaint about its file, in the order of the file. Warnings come with both.
struct configuration_outcome {
  std::optional<configuration> settings; // none: see errors
  std::vector<error> errors;             // where is FILE:LINE:COLUMN
  std::vector<error> warnings;
  std::vector<std::string> defaulted;    // options that the file leaves to their defaults, as "node.lanes"
};

/// `file` is the path of the bytes: for complaints, and its folder for relative paths.
configuration_outcome read_configuration(std::string_view bytes, const std::string& file);

/// Reads the file; that it cannot be read is a complaint like any other.
configuration_outcome load_configuration(const std::string& path);

} // namespace chainring::actors
