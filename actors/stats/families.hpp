// families.hpp: every metric family of the program: name, meaning, labels. Nothing else invents
// one.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <string_view>

namespace chainring::actors {

enum class family_kind : std::uint8_t { counter, gauge, histogram };

/// Names follow Prometheus: base units, _total for counters. Labels never hold a chain, a record or
/// a phone.
struct family {
  std::string_view name;
  std::string_view help;
  family_kind kind;
  std::array<std::string_view, 2> labels; // empty: none

  constexpr std::size_t label_count() const {
    return labels[0].empty() ? 0 : labels[1].empty() ? 1 : 2;
  }
};

namespace families {

using enum family_kind;

// the work
inline constexpr family chains{"chainring_chains", "Chains by phase", gauge, {"campaign", "phase"}};
inline constexpr family chains_total{
    "chainring_chains_total", "Chains that came to their end", counter, {"campaign", "end"}};
inline constexpr family attempts_total{
    "chainring_attempts_total", "Calls started", counter, {"trunk"}};
inline constexpr family results_total{
    "chainring_results_total", "Calls ended", counter, {"campaign", "result"}};
inline constexpr family blocked_total{"chainring_blocked_total",
                                      "Calls held back or refused before dialing",
                                      counter,
                                      {"reason"}};
inline constexpr family treatment_failures_total{"chainring_treatment_failures_total",
                                                 "Treatments that could not be had",
                                                 counter,
                                                 {"campaign"}};

// events by HTTP
inline constexpr family events_by_http_total{
    "chainring_events_by_http_total", "Events that came for chains", counter, {"outcome"}};
inline constexpr family posts_total{"chainring_posts_total", "Events that chains posted", counter, {}};
inline constexpr family posts_failed_total{
    "chainring_posts_failed_total", "Posts that no server took", counter, {}};

// history records
inline constexpr family history_waiting{
    "chainring_history_waiting", "History records of this node's chains that their receivers have not confirmed", gauge, {}};
inline constexpr family history_sent_total{
    "chainring_history_sent_total", "History records that were confirmed", counter, {}};
inline constexpr family history_failures_total{
    "chainring_history_failures_total", "Posts of history records that were not confirmed", counter, {}};

// trunks
inline constexpr family calls{"chainring_calls", "Calls in progress", gauge, {"trunk"}};
inline constexpr family trunk_capacity{"chainring_trunk_capacity", "Channels", gauge, {"trunk"}};
inline constexpr family calls_waiting{
    "chainring_calls_waiting", "Requests by what they wait for", gauge, {"what"}};

// actors and lanes
inline constexpr family actors{"chainring_actors", "Actors that live", gauge, {"class"}};
inline constexpr family actor_messages_total{
    "chainring_actor_messages_total", "Messages and events handled", counter, {"class"}};
inline constexpr family mailbox_messages{
    "chainring_mailbox_messages", "Messages that wait", gauge, {"class"}};
inline constexpr family actor_faults_total{
    "chainring_actor_faults_total", "Actors ended by an exception", counter, {"class"}};
inline constexpr family lane_cpu_seconds_total{
    "chainring_lane_cpu_seconds_total", "CPU of a lane's thread", counter, {"lane"}};
inline constexpr family lane_wakeups_total{
    "chainring_lane_wakeups_total", "Times a lane slept and was woken", counter, {"lane"}};
inline constexpr family timers{"chainring_timers", "Deadlines in the wheels", gauge, {"lane"}};

// the store
inline constexpr family store_commits_total{
    "chainring_store_commits_total", "Transactions", counter, {}};
inline constexpr family store_writes_total{
    "chainring_store_writes_total", "Writes, those refused included", counter, {}};
inline constexpr family store_failures_total{
    "chainring_store_failures_total", "Transactions that found the store away", counter, {}};
inline constexpr family store_refused_total{
    "chainring_store_refused_total", "Writes that the store will never take", counter, {}};
inline constexpr family store_waiting{
    "chainring_store_waiting", "Writes that are not yet durable", gauge, {}};
inline constexpr family store_commit_seconds{
    "chainring_store_commit_seconds", "Time of a transaction", histogram, {}};

// treatments
inline constexpr family fetch_requests_total{
    "chainring_fetch_requests_total", "Documents asked for", counter, {"origin"}};
inline constexpr family fetch_loads_total{
    "chainring_fetch_loads_total", "Documents fetched and compiled", counter, {"origin"}};
inline constexpr family fetch_failures_total{
    "chainring_fetch_failures_total", "Documents that could not be had", counter, {"origin"}};
inline constexpr family fetch_in_flight{
    "chainring_fetch_in_flight", "Documents on their way", gauge, {"origin"}};
inline constexpr family fetch_waiting{
    "chainring_fetch_waiting", "Requests that wait for a document", gauge, {"origin"}};
inline constexpr family documents_cached{
    "chainring_documents_cached", "Documents by URI in the cache", gauge, {"origin"}};
inline constexpr family documents_kept{
    "chainring_documents_kept", "Documents of which newer ones cannot be had", gauge, {"origin"}};
inline constexpr family document_cache_bytes{
    "chainring_document_cache_bytes", "Compiled documents in the cache, each once", gauge, {}};
inline constexpr family fetch_hits_total{
    "chainring_fetch_hits_total", "Documents answered from the cache", counter, {"origin"}};
inline constexpr family fetch_revalidations_total{
    "chainring_fetch_revalidations_total", "Known documents asked for again", counter, {"origin", "outcome"}};
inline constexpr family server_in_flight{
    "chainring_server_in_flight", "Requests that are with the server", gauge, {"origin"}};
inline constexpr family server_waiting{
    "chainring_server_waiting", "Requests that wait for their turn on the connection", gauge, {"origin"}};
inline constexpr family server_connections{
    "chainring_server_connections", "Connections that are open", gauge, {"origin"}};
inline constexpr family server_connects_total{
    "chainring_server_connects_total", "Connections made", counter, {"origin", "tls"}};
inline constexpr family server_bytes_total{
    "chainring_server_bytes_total", "Bytes of bodies", counter, {"origin"}};
inline constexpr family server_seconds{
    "chainring_server_seconds", "From a request's turn to the end of its answer", histogram, {"origin"}};
inline constexpr family server_errors_total{
    "chainring_server_errors_total", "Requests without the document, by what went wrong", counter, {"origin", "kind"}};
inline constexpr family server_breaker{
    "chainring_server_breaker", "1: the state of the breaker", gauge, {"origin", "state"}};
inline constexpr family invocations_waiting{
    "chainring_invocations_waiting", "Chains that wait for a document that they invoke", gauge, {"lane"}};
inline constexpr family chains_without_treatment{
    "chainring_chains_without_treatment", "Chains that wait for their treatment before they start", gauge, {"campaign"}};
inline constexpr family campaign_agents{
    "chainring_campaign_agents", "Agents that a Progressive campaign dials against at this node", gauge, {"campaign"}};

// the cluster, as this member sees it
inline constexpr family cluster_epoch{"chainring_cluster_epoch", "Of this member", gauge, {}};
inline constexpr family cluster_members{"chainring_cluster_members", "Members whose lease runs", gauge, {}};
inline constexpr family cluster_lease_held{
    "chainring_cluster_lease_held", "1: calls may leave; 0: this member's lease is over", gauge, {}};
inline constexpr family cluster_shards{
    "chainring_cluster_shards", "Shards that this member holds, and those of nobody", gauge, {"whose"}};

// what nodes say to each other
inline constexpr family peer_connections{
    "chainring_peer_connections", "Members that this one is connected with", gauge, {}};
inline constexpr family peer_connections_lost_total{
    "chainring_peer_connections_lost_total", "Connections to members that have ended", counter, {}};
inline constexpr family peer_connects_failed_total{
    "chainring_peer_connects_failed_total", "Members that could not be reached, at each try", counter, {}};
inline constexpr family peer_questions_total{
    "chainring_peer_questions_total", "Questions to other members that have ended, by how", counter, {"outcome"}};
inline constexpr family peer_served_total{
    "chainring_peer_served_total", "Questions of other members", counter, {}};
inline constexpr family peer_batches_total{
    "chainring_peer_batches_total", "Messages between members", counter, {"direction"}};
inline constexpr family peer_bytes_total{
    "chainring_peer_bytes_total", "Bytes of messages between members", counter, {"direction"}};
inline constexpr family peer_not_understood_total{
    "chainring_peer_not_understood_total", "Messages that are none", counter, {}};
inline constexpr family peer_strangers_total{
    "chainring_peer_strangers_total", "Connections that were sent away, by why", counter, {"why"}};
inline constexpr family peer_certificate_ends_seconds{
    "chainring_peer_certificate_ends_seconds", "When members begin to refuse this node's certificate, Unix epoch", gauge, {}};

// the node
inline constexpr family limit{"chainring_limit", "Bounds by name", gauge, {"limit"}};
inline constexpr family limit_used{"chainring_limit_used", "Use of the bounds", gauge, {"limit"}};
inline constexpr family limit_used_most{
    "chainring_limit_used_most", "Most use of the bounds since the start", gauge, {"limit"}};
inline constexpr family build_info{"chainring_build_info", "1", gauge, {"version"}};
inline constexpr family http_requests_total{
    "chainring_http_requests_total", "Requests that the stats endpoint answered", counter, {}};
inline constexpr family http_connections{
    "chainring_http_connections", "Connections to the stats endpoint", gauge, {}};
inline constexpr family series_dropped{
    "chainring_series_dropped", "Samples past the bound of one scrape", gauge, {}};
inline constexpr family process_cpu_seconds_total{
    "process_cpu_seconds_total", "User and system CPU", counter, {}};
inline constexpr family process_resident_memory_bytes{
    "process_resident_memory_bytes", "Resident memory", gauge, {}};
inline constexpr family process_open_fds{"process_open_fds", "Open file descriptors", gauge, {}};
inline constexpr family process_max_fds{"process_max_fds", "Limit of file descriptors", gauge, {}};
inline constexpr family process_threads{"process_threads", "Threads", gauge, {}};
inline constexpr family process_start_time_seconds{
    "process_start_time_seconds", "Start, Unix epoch", gauge, {}};

} // namespace families
} // namespace chainring::actors
