// protocols.hpp: what every actor understands, a sentence per message. Messages stay on this node, but for the envelope of
// cluster/peer_messages.hpp; what waits for a commit, a call or a document carries a `work` token, so that virtual time stands
// still until it is handled.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

#include <caf/allowed_unsafe_message_type.hpp>

#include "actors/clock.hpp"
#include "actors/cluster/budget_terms.hpp"
#include "actors/cluster/peer_messages.hpp"
#include "actors/group_commit.hpp"
#include "actors/lane.hpp"
#include "dialer/daytime.hpp"
#include "dialer/saved_chain.hpp"
#include "dialer/store/shared_store.hpp"
#include "dialer/store/store.hpp"
#include "dialer/switchboard.hpp"
#include "scxml/document.hpp"
#include "scxml/event.hpp"
#include "scxml/result.hpp"
#include "scxml/tree_snapshot.hpp"

namespace chainring::actors {

struct assignment; // actors/assignment.hpp: list + treatment + campaign that chains work for
enum class campaign_state : std::uint8_t;

/// Compiled documents by their hash. Null: it is refused, and a chain that was put away in it begins anew.
using document_shelf = std::unordered_map<std::string, std::shared_ptr<const scxml::document>>;

// -- credit ----------------------------------------------------------------------------------------------------------------

/// Thanks for limits::batches_thanked_at_once batches: their sender may send as many again (outbox.hpp). Between lanes and
/// dialer, and lanes and campaigns.
struct batches_taken {
  std::uint32_t lane = 0;          // which takes or has sent it
  const assignment* job = nullptr; // of a batch of chains or of ends
  work token;
};

// -- chain: one chain of records -----------------------------------------------------------------------------------------

/// Something happened to a chain. Delivered by the lane, many in one batch.
struct chain_event {
  enum class kind : std::uint8_t {
    start,           // take up the treatment
    timer,           // the timer with this sequence number has expired
    call_ended,      // the call to the record at `record` has a result, which is in the store
    daytime_changed, // another daytime interval, `daytime`, has begun where the current record lives
    put_away,        // save what there is and leave: the campaign is unloaded, or the node stops
  };
  kind what = kind::start;
  dialer::call_result result = dialer::call_result::unknown;
  dialer::attempt_state attempt_state = dialer::attempt_state::done;
  dialer::medium by = dialer::medium::voice; // what the call was
  dialer::daytime_code daytime = dialer::daytime_code::hday;
  std::int32_t record = 0;  // position in the chain
  std::int32_t attempt = 0; // number of the attempt, 0: was not dialed
  std::uint32_t sequence = 0;
};
/// What an <invoke> of the chain waited for.
struct chain_document {
  std::uint32_t ticket = 0;
  result<std::shared_ptr<const scxml::document>> document;
};
/// For one of the chain's sessions, from outside of it.
struct chain_message {
  std::uint64_t session = 0; // scxml::session::id
  std::shared_ptr<const scxml::event> what;
};
/// A server has changed these columns of the chain's record at that position.
struct chain_columns {
  std::int32_t record = 0;
  dialer::column_texts columns;
};
/// The chain was saved: it goes on from there.
struct chain_restored {
  std::shared_ptr<const dialer::saved_instance> saved;
  dialer::saved_chain state; // of its bytes
  std::int64_t passive_until_ms = 0; // it was passive in this run, and to be back then; 0: another run has saved it
  bool called_for = false;           // something is due for it, or comes next: it does not leave before
  std::vector<scxml::pending_message> delayed;      // <send> that have not arrived
};
/// The chain cannot go on: it ends with SystemError, and this is why.
struct chain_fault {
  std::string reason;
};

// -- lane (to its own actor): batches for the chains that live there -------------------------------------------------------

/// Makes a chain actor for each of these chains and starts it. Thanked for when the lane has nothing to hand on that has to
/// wait: so nobody is admitted to a lane that is behind.
struct start_chains {
  const assignment* job = nullptr;
  std::shared_ptr<const scxml::document> treatment; // null: the traditional treatments of the list
  std::vector<dialer::chain_of_records> chains;
  std::vector<std::uint64_t> handle_bases; // of each: the record handle of its first record
  std::shared_ptr<const document_shelf> documents; // that chains which were put away may need; null: none was
  bool loaded = true; // with their campaign; else they were passive in it
  work token;
};
/// Has every chain of this job save itself and leave. The lane does some at a turn and sends itself the rest.
struct put_chains_away {
  const assignment* job = nullptr;
  std::uint32_t next_slot = 0;
  work token;
  dialer::shard_set shards = dialer::shard_set{}.set(); // of these alone
};
/// Delivers events to chains of this lane; those that have ended are passed over.
struct chain_events {
  std::vector<addressed<chain_event>> items;
  std::vector<addressed<chain_columns>> columns; // before the events
  std::vector<addressed<chain_fault>> faults;
  work token;
};
/// A document that chains of this lane invoke, or why it cannot be had. In answer to `want_document`.
struct document_arrived {
  std::string uri;
  result<std::shared_ptr<const scxml::document>> document;
  work token;
};
/// An event has come by HTTP. `answer` hears whether it has found its session.
struct event_arrived {
  dialer::list_id list = 0;
  std::int64_t chain_id = 0;
  std::uint32_t session = 0; // 0: the root, then by the order of their starts
  scxml::event what;
  std::function<void(bool delivered)> answer;
  work token;
  bool called_for = false; // its chain, if that was passive, has been taken up for it
};
/// What a chain has posted did not arrive.
struct post_failed {
  dialer::list_id list = 0;
  std::int64_t chain_id = 0;
  std::uint32_t slot = 0, generation = 0; // which has posted; a chain that was passive since has others
  std::uint64_t session = 0; // scxml::session::id
  std::string sendid;
  error why;
  work token;
  bool called_for = false;
};
/// There are invocations of documents that nobody can be asked for. The lane sends it to itself.
struct refuse_documents {
  work token;
};

// -- document_desk: asks fetchers for chains, which, being lean, cannot await an answer ---------------------------------------

struct want_document {
  std::string uri; // absolute
  caf::actor lane; // where the answer goes
  work token;
};

// -- keeper: the store ---------------------------------------------------------------------------------------------------

/// To be stored. Answered with `committed` when all of it is durable but what the store refuses for good, never before; or
/// with an error when the keeper gives up: what is durable is not known then, and its sender dies with it.
struct commit {
  std::vector<dialer::write> writes; // what stands beside each other for one chain is stored together or not at all
  work token;
};
struct committed {
  std::vector<refused_writes> refused;
};
/// Commits what has gathered. The keeper sends it to itself.
struct flush {
  std::uint32_t number = 0;
};
/// Takes the next ready chains of a list. Answered with `ready_chains`.
struct take_ready {
  dialer::ready_query query;
  work token;
};
struct ready_chains {
  result<dialer::ready_page> page;
};
/// Takes passive chains of a list. Answered with `passive_chains`.
struct take_passive {
  dialer::passive_query query;
  work token;
};
struct passive_chains {
  result<dialer::passive_page> page;
};
/// The documents of chains that were put away. Answered with `kept_documents`.
struct take_documents {
  work token;
};
struct kept_documents {
  result<std::vector<dialer::kept_document>> documents;
};
/// Anything else, run on the keeper's thread between two commits.
struct ask_store {
  std::function<void(dialer::store&)> question;
  work token;
};

// -- dialer: trunks, channels, calls per second ----------------------------------------------------------------------------

/// Call these. Every request ends in exactly one `call_ended` to its chain, unless the node stops before.
struct call_requests {
  std::uint32_t lane = 0;
  std::vector<dialer::call_request> items;
  work token;
};
/// What a server says of a call that is to be made.
struct validation_answered {
  std::uint64_t call = 0;
  dialer::validation_answer answer;
  work token;
};
/// Anything else, run on the dialer's thread between two turns; what the question has changed takes effect in the next one.
/// The do-not-call list is the dialer's alone once it runs.
struct ask_dialer {
  std::function<void(dialer::switchboard&)> question;
  work token;
};
/// Something is due at a trunk or in the queue: the clock sends it.
struct look_after_trunks {
  work token;
};
/// All requests of this instant are there: the virtual clock sends it.
struct settle_requests {
  work token;
};
/// Calls of the campaign are made, or wait.
struct let_campaign_call {
  std::uint32_t campaign = 0;
  bool may = false;
  work token;
};
/// Forgets what these have asked for and ask for, until they may call again; their calls in progress go on. Answered with
/// `withdrawn` when the last one has ended.
struct withdraw {
  dialer::call_scope whose;
  work token;
};
struct withdrawn {};
/// Calls to chains of these shards are made. Attempts of their records ended unknown: none of them is called before its time.
struct let_shards_call {
  struct gap {
    dialer::list_id list = 0;
    std::int64_t record_id = 0, until_ms = 0;
  };
  dialer::shard_set shards;
  std::vector<gap> gaps;
};
/// Nothing that is sent to this lane will be taken: results for its chains go to the store alone.
struct lane_hangs {
  std::uint32_t lane = 0;
};
/// Starts no more calls; calls in progress go on. Answered with `drained` when the last one has ended and is stored.
struct drain {};
struct drained {};

// -- history: posts of the history records that the store holds --------------------------------------------------------------

/// History records have been stored since the last of these.
struct history_stored {
  work token;
};
/// What the store holds for one receiver, and that it does not hold any more what that has confirmed.
struct history_read {
  std::size_t receiver = 0;
  std::vector<std::int64_t> removed;
  bool read = false; // the posts, too
  result<std::vector<dialer::waiting_post>> posts = std::vector<dialer::waiting_post>{};
  error problem; // empty: they are removed
  work token;
};
/// What a receiver says of one record.
struct history_answered {
  std::size_t receiver = 0;
  std::int64_t id = 0;
  dialer::validation_answer answer;
  work token;
};
/// A receiver may be asked again: the clock sends it.
struct look_after_history {
  work token;
};

// -- campaign ----------------------------------------------------------------------------------------------------------------

/// A chain has come to its end: the last of its writes says so. Without that: what its rows have to say while it goes on.
struct chain_finished {
  std::int64_t chain_id = 0;
  bool switched = false; // set_exec_flag PostProcessing Switch, and no traditional treatment has taken over
  bool faulted = false;
  bool put_away = false; // the last of its writes is a write_release
  std::int64_t passive_until_ms = 0; // it has left memory until then: write_instance::due_ms; 0: it has not
  std::vector<dialer::write> writes;
};
struct chains_finished {
  std::uint32_t lane = 0;
  const assignment* job = nullptr;
  std::vector<chain_finished> items;
  work token;
};
/// Something has come for a chain that is not in memory. If it is passive it is taken up; `go_on` sends what has come to its lane
/// again, behind it.
struct chain_called_for {
  const assignment* job = nullptr;
  std::int64_t chain_id = 0;
  std::function<void()> go_on;
  work token;
};
/// Loads and starts the campaign.
struct admit {
  work token;
};
/// What an operator wants of the campaign. `answer` hears the state that this has led to, or why it cannot be.
struct campaign_order {
  enum class verb : std::uint8_t { load, start, stop, unload, force_unload };
  verb what = verb::load;
  std::function<void(result<campaign_state>)> answer;
  work token;
};
/// The node stops, and no call is in progress: has the chains put away. Answered with `chains_are_away`.
struct put_all_away {
  work token;
};
struct chains_are_away {};
/// These shards are this node's from now on; what the lists have of them in passive chains.
struct shards_gained {
  struct passive_chains {
    dialer::list_id list = 0;
    std::size_t shard = 0;
    std::int64_t chains = 0;
  };
  dialer::shard_set shards;
  std::vector<passive_chains> passive;
};
/// No chain of these shards is taken any more, and none of them is in a call: has those in memory put away. Answered with
/// `chains_are_away`.
struct put_shards_away {
  dialer::shard_set shards;
};

// -- member of a cluster (actors/cluster/member.hpp) ---------------------------------------------------------------------------

/// Its lease is to be renewed, and shards may have to change hands: it sends it to itself. The last one counts.
struct look_around {
  std::uint64_t number = 0;
};
/// Something may have changed hands: it looks now.
struct look_now {};
/// The dialer has calls to chains of these shards.
struct shards_in_calls {
  dialer::shard_set shards;
};
/// What it has given up of budgets may be given back: it sends it to itself.
struct budgets_rested {};
/// The dialer keeps to these shares of the budgets, and uses them so.
struct budgets_kept {
  std::vector<dialer::share_units> to;
  std::vector<budget_use> uses;
};
/// The keeper has taken shards over, and all who call for their chains have been told; or it could not.
struct shards_taken_over {
  dialer::shard_set shards;
  result<void> done;
};
/// The keeper takes no more chains of these shards.
struct shards_let_go {
  dialer::shard_set shards;
};

// -- peers: the other members of a cluster (actors/cluster/peers.hpp) -----------------------------------------------------------

/// Who is there, as the store has it. `looks` hears look_now of somebody who is not among them.
struct members_seen {
  std::vector<dialer::cluster_member> members;
  caf::actor looks;
};
/// A question to the member of that epoch; `heard` is called once, on the actor's thread.
struct ask_peer {
  std::int64_t epoch = 0;
  peer_question what; // its id is given by the actor
  std::function<void(peer_said)> heard;
};
/// This node's answer to what a peer has asked on that connection.
struct peer_replied {
  std::int64_t epoch = 0;
  std::uint64_t connection = 0;
  peer_answer what;
};
/// What has gathered leaves: the actor sends it to itself.
struct flush_peers {};
/// Deadlines and connections are looked at: the actor sends it to itself.
struct look_after_peers {};

// -- all ------------------------------------------------------------------------------------------------------------------------

/// Goes on with it after a wait: the clock sends it.
struct try_again {
  std::shared_ptr<std::atomic<bool>> due; // none other is on its way
  work token;
};
/// Takes no more chains, or, as member of a cluster, shards; those that live go on.
struct stop_admission {};
/// Answered when everything that was sent to this actor before has been handled.
struct barrier {};
struct barrier_passed {};

} // namespace chainring::actors

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chainring::actors::batches_taken)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chainring::actors::start_chains)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chainring::actors::put_chains_away)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chainring::actors::chain_events)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chainring::actors::document_arrived)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chainring::actors::event_arrived)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chainring::actors::post_failed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chainring::actors::refuse_documents)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chainring::actors::want_document)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chainring::actors::commit)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chainring::actors::committed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chainring::actors::flush)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chainring::actors::take_ready)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chainring::actors::ready_chains)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chainring::actors::take_passive)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chainring::actors::passive_chains)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chainring::actors::chain_called_for)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chainring::actors::ask_store)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chainring::actors::call_requests)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chainring::actors::validation_answered)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chainring::actors::ask_dialer)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chainring::actors::look_after_trunks)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chainring::actors::settle_requests)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chainring::actors::lane_hangs)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chainring::actors::drain)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chainring::actors::drained)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chainring::actors::history_stored)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chainring::actors::history_read)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chainring::actors::history_answered)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chainring::actors::look_after_history)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chainring::actors::chains_finished)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chainring::actors::admit)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chainring::actors::try_again)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chainring::actors::campaign_order)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chainring::actors::put_all_away)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chainring::actors::chains_are_away)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chainring::actors::take_documents)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chainring::actors::kept_documents)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chainring::actors::let_campaign_call)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chainring::actors::withdraw)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chainring::actors::withdrawn)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chainring::actors::stop_admission)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chainring::actors::let_shards_call)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chainring::actors::shards_gained)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chainring::actors::put_shards_away)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chainring::actors::look_around)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chainring::actors::look_now)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chainring::actors::shards_in_calls)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chainring::actors::budgets_rested)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chainring::actors::budgets_kept)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chainring::actors::shards_taken_over)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chainring::actors::shards_let_go)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chainring::actors::members_seen)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chainring::actors::ask_peer)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chainring::actors::peer_replied)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chainring::actors::flush_peers)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chainring::actors::look_after_peers)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chainring::actors::barrier)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chainring::actors::barrier_passed)
