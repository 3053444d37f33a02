// limits.hpp: every bound of the actors, by name. Tests and metrics use these names; nothing else hides a number.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "scxml/limits.hpp"

namespace chainring::actors::limits {

// fetching treatments
inline constexpr std::size_t uri_bytes_max = 4'096;
inline constexpr std::size_t fetch_origins_max = 64;   // fetchers of one node
inline constexpr std::size_t fetch_queue_max = 256;    // requests that wait for one connection
inline constexpr std::size_t document_cache_bytes_default = std::size_t{64} << 20; // of a node; the least recently used goes
inline constexpr std::size_t documents_cached_max = 4'096; // of a node
inline constexpr std::size_t document_resources_max = 64; // src of <script> and <data> of one document
inline constexpr std::size_t http_header_bytes_max = std::size_t{16} << 10;
/// A little more than a document may have, so that the scanner, which says more, refuses what is just too long.
inline constexpr std::size_t http_body_bytes_max = scxml::limits::document_bytes_max + 4'096;
inline constexpr std::size_t header_text_bytes_max = 1'024; // of an ETag, a Location and their like; longer ones are not kept
inline constexpr std::size_t interim_answers_max = 8;  // 1xx before the answer itself
inline constexpr std::size_t redirects_max = 5;        // of one document
inline constexpr std::size_t name_lookups_max = 2 * fetch_origins_max; // at once, of one name one; more wait
inline constexpr std::size_t file_reads_max = 8;       // at once; more wait
inline constexpr std::size_t addresses_tried_max = 8;  // of one name, before the server cannot be reached
inline constexpr std::size_t bad_addresses_max = 64;   // of one name, that are tried after the others
inline constexpr std::uint32_t breaker_failures_max = 3; // in a row: then a server is asked again after a wait
inline constexpr std::chrono::seconds document_fresh_min{1};      // whatever the server says: it is not asked more often
inline constexpr std::chrono::seconds document_fresh_default{60}; // of a document of which it says nothing
inline constexpr std::size_t certificate_text_bytes_max = 200; // of what a server's certificate says, in a message
inline constexpr std::chrono::milliseconds http_response_timeout_default{10'000};
inline constexpr std::chrono::milliseconds back_off_min{1'000};
inline constexpr std::chrono::milliseconds back_off_max{60'000};

// the stats endpoint
inline constexpr std::size_t endpoint_connections_max = 200; // more wait in the listen queue
inline constexpr std::size_t endpoint_header_bytes_max = std::size_t{16} << 10;
inline constexpr std::size_t endpoint_body_bytes_max = std::size_t{64} << 10;
inline constexpr std::chrono::milliseconds endpoint_request_timeout{5'000}; // idle, header and body together
inline constexpr std::chrono::milliseconds endpoint_answer_timeout{2'000};  // actors have to answer; then 503
inline constexpr std::chrono::milliseconds endpoint_write_timeout{5'000};   // the client has to take the answer
inline constexpr std::size_t metric_series_max = 2'000; // samples of one scrape; more are counted, not shown

// events by HTTP (SCXML C.2)
inline constexpr std::size_t events_by_http_max = 1'024;      // on their way to their chains; then 503
inline constexpr std::size_t posts_at_once_per_server_max = 8; // each with limits::fetch_queue_max waiting behind it
inline constexpr std::size_t post_servers_max = 64;           // that treatments may post to
inline constexpr std::size_t events_secret_bytes_min = 16;

// messages
inline constexpr std::int64_t message_deadline_slack_ms = 10'000; // behind its time-outs: then its end is unknown

// history records
inline constexpr std::int32_t history_window_max = 128;   // of one receiver in memory; the others are in the store alone
inline constexpr std::size_t history_failures_max = 3;    // posts in a row: then the receiver is away, and asked with back-off
inline constexpr std::size_t history_refusals_max = 1'000; // of records in a row: then it is away as well
inline constexpr std::size_t history_put_off_max = 20'000; // refused records of a receiver that hold up no others; more do
inline constexpr std::chrono::milliseconds history_refused_wait_max{3'600'000}; // before a refused record is sent again
/// A record, or a receiver that is away, has failed so often: a run does not wait for it any more.
inline constexpr std::uint32_t history_tries_max = 5;

// threads
inline constexpr std::chrono::milliseconds io_stop_timeout{2'000};

// batches of events to a lane: 256 costs a fifth less than 32 and no more than 4,096 (lane CPU per event, random order)
inline constexpr std::size_t batch_events_max = 256;
inline constexpr std::size_t batches_in_flight_max = 8;   // credit of a sender at one receiver: the ninth waits (outbox.hpp)
inline constexpr std::size_t batches_thanked_at_once = 4; // thanks for each would wake sleeping lanes for nothing else
inline constexpr std::size_t thanks_in_flight_max = batches_in_flight_max / batches_thanked_at_once;
inline constexpr std::size_t prefetch_distance = 4;              // events ahead; 8 and 12 cost a twentieth more

// one lane
inline constexpr std::size_t actor_kinds_max = 32; // classes of actors in the process, counted apart
inline constexpr std::size_t actor_slots_per_lane_max = std::size_t{1} << 24;
inline constexpr std::size_t messages_per_actor_turn = 32; // then the next actor of the run-queue
inline constexpr std::size_t lane_messages_per_turn = 4;   // to the lane itself: batches
inline constexpr std::size_t actors_per_lane_turn = 256;   // then timers and other threads' messages
inline constexpr std::uint32_t slots_put_away_per_lane_turn = 256; // chains that save themselves; then messages
inline constexpr std::size_t timers_per_lane_turn = 1'024; // then messages
inline constexpr std::int64_t lane_sleep_ms_max = 10'000; // a wall clock that jumps forward is noticed after this

// a lane that hangs
inline constexpr std::int64_t lane_look_ms = 1'000;             // between two looks of the watchdog
inline constexpr std::uint32_t lane_looks_max = 20;             // awake and not a step further: it hangs
inline constexpr std::int64_t lane_cpu_share_min = 10;          // a tenth of the time between: else it had no processor
inline constexpr std::int64_t hung_process_ms_max = 60'000;     // for calls in progress to end; then the process goes
inline constexpr std::size_t refused_treatments_max = 64;       // the oldest goes

// daytime changes
inline constexpr std::size_t daytime_changes_per_lane_turn = 1'024; // chains that hear of them; then messages and timers
/// A chain has waited for nothing else: then a run in virtual time does not go on for its sake. Each day of a year came by.
inline constexpr std::int64_t daytime_alone_days_max = 400;

// timers of one lane, those cancelled lazily included
inline constexpr std::size_t timers_per_lane_max = 8'000'000;
inline constexpr std::int64_t timer_tick_ms = 10; // in real time; 1 in virtual time
inline constexpr std::size_t timer_chunks_kept_max = 4'096; // free KiB that a wheel keeps for the next burst

// Messages that can wait in a mailbox follow from the credits. What senders hold back is bounded by the live chains of the
// campaigns (chains-live-max): each has one call per record at most, and one end.
inline constexpr std::size_t control_messages_max = 8; // drain, barrier, wake-ups and their like, each at most once
inline constexpr std::size_t explanations_max = 32;    // questions to the keeper from outside; more are answered with 503
inline constexpr std::size_t changes_at_once_max = 32; // wishes of the API on their way to keeper and dialer; then 503
inline constexpr std::size_t previews_shown_default = 100;
inline constexpr std::size_t do_not_call_per_request_max = 1'000; // entries that one POST may bring
/// From each lane: requests, and its thanks for events; from outside: questions and changes.
constexpr std::size_t dialer_mailbox_max(std::size_t lanes) {
  return lanes * (batches_in_flight_max + thanks_in_flight_max) + explanations_max + changes_at_once_max + control_messages_max;
}
/// From each lane: ends of each list, and its thanks for chains; each list asks for chains, those that are due, and treatments on
/// its own, and how many chains wait for one. With `gate` what comes by HTTP for passive chains.
constexpr std::size_t campaign_mailbox_max(std::size_t lanes, std::size_t lists, bool gate) {
  const std::size_t for_passive = lists + (gate ? 2 * events_by_http_max : 0);
  return for_passive + lanes * (lists * batches_in_flight_max + thanks_in_flight_max + lists) + 2 * lists + control_messages_max;
}
/// Intents and results from the dialer; ends from each campaign, one for each of a lane, and its question for chains; a question
/// for each receiver of history records. With `gate` the passive chains for which something has come by HTTP.
constexpr std::size_t keeper_mailbox_max(std::size_t lanes, std::size_t lists, std::size_t receivers, bool gate) {
  return 2 * batches_in_flight_max + lists * (lanes * batches_in_flight_max + 2) + receivers + explanations_max +
         changes_at_once_max + control_messages_max + (gate ? 2 * events_by_http_max : 0);
}
/// An answer for each connection to each receiver, and one of the store.
constexpr std::size_t history_mailbox_max(std::size_t receivers, std::size_t connections) {
  return receivers * (connections + 1) + control_messages_max;
}
/// Documents of each origin that chains of each lane invoke.
constexpr std::size_t document_desk_mailbox_max(std::size_t lanes) {
  return lanes * batches_in_flight_max * fetch_origins_max + control_messages_max;
}
/// A question of each list and of the desk, and the document that answers it.
constexpr std::size_t fetcher_mailbox_max(std::size_t lanes, std::size_t lists) {
  return 2 * (lists + lanes * batches_in_flight_max) + control_messages_max;
}
/// Events and thanks from the dialer, documents from the desk; chains from each campaign, whose lists ask on their own; thanks
/// for the ends of each list; with `gate` what comes and fails by HTTP.
constexpr std::size_t lane_mailbox_max(std::size_t campaigns, std::size_t lists, bool gate) {
  const std::size_t by_http = gate ? 2 * events_by_http_max : 0;
  return by_http + (2 + campaigns) * batches_in_flight_max + (1 + lists) * thanks_in_flight_max + lists + control_messages_max;
}

// one chain
inline constexpr std::size_t answers_at_once_max = 10'000;        // events answered in one step; then the chain is faulted
inline constexpr std::size_t pending_sends_per_chain_max = 256;   // delayed <send> that have not arrived

// the store
inline constexpr std::int64_t looks_per_lease = 5;      // of a member of a cluster, at who else is there
inline constexpr std::int64_t lease_margin_part = 10;   // of a lease: so much before its end no call leaves any more
inline constexpr std::chrono::milliseconds look_soon{50}; // between two looks while something changes hands
inline constexpr std::int32_t share_floor_part = 4;     // of the even share of a budget: so much has a member that is quiet
inline constexpr std::int32_t share_slack_part = 32;    // of a budget: who lacks less does without
inline constexpr std::int64_t share_turn_leases = 6;    // where a budget has too little for all: until others come first,
inline constexpr std::int64_t share_turn_windows = 10;  // and at least so many of its windows
inline constexpr std::int64_t share_rest_ms = 100;      // besides the window: until others make the calls that one gave up
inline constexpr std::size_t writes_per_commit_max = 16'384;
inline constexpr std::int64_t store_wait_ms_max = 3'000; // between two tries of a store that is away
inline constexpr std::uint32_t commit_tries_max = 100;   // of such a store: five minutes; then the node stops

// peers: other nodes of a cluster
inline constexpr std::size_t peer_batch_items_max = 128;            // questions and answers of one message
inline constexpr std::size_t peer_batch_bytes_max = std::size_t{256} << 10; // of a message, its last item apart
inline constexpr std::uint64_t peer_batches_in_flight_max = 8;      // to one peer, for which it has not thanked; then items wait
inline constexpr std::size_t peer_items_waiting_max = 4'096;        // for one peer; then whoever asks is refused
inline constexpr std::size_t peer_bytes_waiting_max = std::size_t{4} << 20; // of those
inline constexpr std::size_t peer_item_bytes_max = std::size_t{512} << 10; // one question or answer with all its texts
inline constexpr std::size_t peer_questions_at_work_max = 4'096;    // of one peer, that this node has not answered
inline constexpr std::chrono::milliseconds peer_answer_timeout{1'500}; // then what became of a question is unknown
inline constexpr std::chrono::milliseconds peer_tick{100};          // between two looks at deadlines and connections
inline constexpr std::chrono::milliseconds peer_heartbeat{500};
inline constexpr std::chrono::milliseconds peer_silence{2'000};     // without a heartbeat: the connection is over
inline constexpr std::chrono::milliseconds peer_connect_timeout{1'500}; // TCP and TLS
inline constexpr std::chrono::milliseconds peer_introduction_timeout{5'000}; // for all that CAF says before an actor is there
inline constexpr std::chrono::milliseconds peer_back_off_min{250}, peer_back_off_max{4'000}; // between two tries to connect
inline constexpr std::size_t peer_arrivals_max = 32;                // connections whose TLS is not agreed upon; more are closed
inline constexpr std::chrono::milliseconds peer_handshake_timeout{3'000}; // of these
inline constexpr std::size_t peers_max = 64;                        // members that a node talks to; others are not reached
/// Questions of this node's own clients to each peer, what comes by HTTP, a message from each peer for each it has credit for, and
/// the answers of this node to what peers have asked.
constexpr std::size_t peers_mailbox_max() {
  const std::size_t of_peer = 2 * peer_batches_in_flight_max + peer_questions_at_work_max;
  return endpoint_connections_max * peers_max + events_by_http_max + peers_max * of_peer + control_messages_max;
}

// the dialer
inline constexpr std::int64_t dialer_view_ms = 100;               // between two copies for other threads

} // namespace chainring::actors::limits
