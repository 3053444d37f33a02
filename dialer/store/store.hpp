// store.hpp: the contract of a store: what is durable of lists, campaigns and attempts. Calls block; the keeper actor
// is the only caller in a running node. One contract test-suite (tests/dialer/store_contract) runs on every store.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "dialer/record.hpp"
#include "dialer/shards.hpp"
#include "scxml/result.hpp"

namespace chainring::dialer {

class store_copy;
class store_view;

/// A list as the store names it. Small, stable for the life of the store.
using list_id = std::int32_t;
/// Row key: unique in the store.
struct record_key {
  list_id list = 0;
  std::int64_t chain_id = 0;
  std::int32_t chain_n = 0;
  friend auto operator<=>(const record_key&, const record_key&) = default;
};

enum class attempt_state : std::uint8_t { intent = 0, dialed = 1, done = 2, unknown = 3 };

/// One try to call one record. (list, record_id, n) is unique.
struct attempt {
  list_id list = 0;
  std::int64_t record_id = 0;
  std::int64_t chain_id = 0;
  std::int32_t chain_n = 0;
  std::int32_t n = 0; // 1 for the first
  std::int64_t epoch = 0; // of the owner that made it; the store writes it
  attempt_state state = attempt_state::intent;
  std::string contact_info;
  std::string trunk;
  std::int64_t started_ms = 0;
  std::int64_t ended_ms = 0; // 0: has not ended
  std::optional<call_result> result;
};

/// What is to be posted about an attempt (dialer/history_record.hpp). It stays in the store until its receiver has it.
struct history_post {
  std::string uri;
  std::string body;
};
struct waiting_post {
  std::int64_t id = 0; // grows
  list_id list = 0;
  std::int64_t chain_id = 0;
  std::string body;
};

/// A chain as it was saved last (dialer/saved_chain.hpp), and what has become of its calls.
struct saved_instance {
  std::string bytes;         // empty: it is passive and has not begun
  std::uint32_t version = 0; // write_instance::version
  bool by_this_owner = false; // since own()
  std::int64_t due_ms = 0;    // when the chain was passive: write_instance::due_ms
  std::vector<attempt> last_attempts; // at each of its records that was ever called
};
/// A document that saved chains run: bytes of scxml::pack().
struct kept_document {
  std::string hash; // scxml::document::hash
  std::string bytes;
};

// -- writes: each is one unit of a batch; a batch is one transaction ------------

/// Columns of one row that a treatment or the engine changed. Absent members stay as they are. Columns by name take
/// what set_column takes; record_id, chain_id and chain_n cannot be written.
struct write_row {
  record_key key;
  std::optional<record_status> status;
  std::optional<record_type> type;
  std::optional<call_result> result;
  std::optional<std::int64_t> dial_sched_time;
  std::vector<std::pair<std::string, std::optional<std::string>>> columns; // by name, mandatory or user
};
/// The chain as it waits and can be restored, in the place of what was saved of it before. It goes with write_chain_end.
struct write_instance {
  list_id list = 0;
  std::int64_t chain_id = 0;
  std::string bytes;
  std::uint64_t handles_end = 0; // record handles that its scripts may have kept are below
  std::vector<std::shared_ptr<const kept_document>> documents; // of its sessions
  std::uint32_t version = 1; // grows with each save of the chain; nothing is done if one that is not older is stored
  std::vector<write_row> rows; // what its scripts have changed; they stand with it
  std::int64_t due_ms = 0;     // 0: the chain is in memory; else it is passive from now on, and due again then
  bool listens = false;        // a passive one that is to come back when its campaign is loaded, whatever its due time
};
/// The intent of an attempt: it stands before the call leaves. Also makes the row's attempt column n.
struct write_intent {
  attempt what; // state intent
  std::shared_ptr<const history_post> history = {};    // null: none
  std::shared_ptr<const write_instance> instance = {}; // the chain as it waits for the call; null: as it was saved before
};
/// An attempt in flight has ended, done or unknown. Also sets call_result and call_time (ended_ms / 1000) of the row, and its
/// type if there is one.
struct write_result {
  list_id list = 0;
  std::int64_t record_id = 0;
  std::int64_t chain_id = 0;
  std::int32_t chain_n = 0;
  std::int32_t n = 0;
  attempt_state state = attempt_state::done;
  call_result result = call_result::unknown;
  std::int64_t started_ms = 0;
  std::int64_t ended_ms = 0;
  std::shared_ptr<const history_post> history; // null: none
  std::optional<record_type> type = {};
};
/// The chain has ended: every row of it that is Ready or Retrieved gets `status`.
struct write_chain_end {
  list_id list = 0;
  std::int64_t chain_id = 0;
  record_status status = record_status::updated;
  std::optional<call_result> result; // for those of these rows whose own is still null or Unknown
  std::int64_t at_ms = 0;
  std::string reason; // why it ended when not by its treatment, a bound among them: stored with the chain
  std::string post_processing; // "Finalize" or "Switch" of its script, "Traditional" without one
};
/// Nobody works on the chain any more: its Retrieved rows become Ready.
struct write_release {
  list_id list = 0;
  std::int64_t chain_id = 0;
  bool begins_anew = false; // what was saved of it before is forgotten
};
using write = std::variant<write_intent, write_result, write_row, write_chain_end, write_instance, write_release>;

/// What became of a batch.
enum class commit_outcome : std::uint8_t {
  done,    // all of it is durable
  refused, // a write in it can never be done, and is named: nothing of the batch is stored
  unknown, // the store was away before it could say (busy, a full or failing disk, damage, a connection that broke): ask it
           // again, with a batch that begins with the same writes: what turns out to be stored already is passed over
  fenced,  // another owner has taken the store over (own()): nothing of the batch is stored, nor of any later one
};
/// ok() when done.
struct [[nodiscard]] commit_result : result<void> {
  commit_result() = default;
  commit_result(commit_outcome why_not, chainring::error why) : result(std::move(why)), outcome(why_not) {}
  commit_outcome outcome = commit_outcome::done;
};

/// The next chains that are ready, whatever their dial_sched_time: a row is Ready and none is Retrieved. Ascending chain_id.
struct ready_query {
  list_id list = 0;
  std::int64_t after_chain_id = INT64_MIN; // chains above this
  std::int32_t chains_max = 1'000;
  std::int64_t app_id = 1; // written into the rows as they become Retrieved
  bool put_away_only = false; // chains of which an instance is saved, but not passive ones
};
/// A query looks at limits::rows_looked_at_max rows at most, so a long list of chains that are not ready holds nobody up.
struct ready_page {
  std::vector<chain_of_records> chains;
  std::int64_t looked_to = INT64_MIN; // the next query goes on after this chain
  bool more = false;                  // there may be others behind it
};

/// Passive chains of a list: saved with a due time, out of memory, their rows Retrieved.
struct passive_query {
  list_id list = 0;
  std::int64_t at_ms = 0; // those that are due by then, the first first
  std::int32_t chains_max = 1'000;
  std::optional<std::int64_t> chain_id = {}; // this one alone, due or not
  std::optional<std::int64_t> listening_after = {}; // those that listen, due or not, above this chain id, ascending
  shard_set listening_in = shard_set{}.set();       // of these shards, where a store has several nodes
};
struct passive_page {
  std::vector<chain_of_records> chains;
  std::int64_t next_due_ms = INT64_MAX; // the first of those that stay passive; of a query for those that are due
};

struct list_counts {
  std::int64_t chains = 0, records = 0;
  std::int64_t chains_ready = 0, chains_retrieved = 0, chains_ended = 0; // each chain is one of the three
  std::int64_t chains_passive = 0; // of those that are retrieved
};

/// After an error nothing of the call is stored (of a commit whose outcome is unknown: nothing, as far as the store can
/// tell), and the store can be asked again: a full disk may have got space.
/// Callbacks may read the store, but not write to it.
class store {
 public:
  virtual ~store() = default;

  // -- lists ------------
  /// The list of that name; made when absent. User columns that it lacks are added behind those it has, so the list's
  /// form, which lists() tells and rows are read in, may be longer than `form` and in another order.
  virtual result<list_id> open_list(const calling_list& form) = 0;
  virtual result<std::optional<list_id>> find_list(std::string_view name) = 0;
  virtual result<std::vector<std::pair<list_id, calling_list>>> lists() = 0;
  enum class on_existing { keep, update };
  struct import_counts {
    std::int64_t inserted = 0, same = 0, differing = 0, updated = 0;
    std::string first_difference; // "chain 12, record 2, column contact_info", for the message
  };
  /// Inserts rows that are absent by (chain_id, chain_n). Rows that are there are compared in the columns that `given`
  /// names (those of the file): keep counts the differing ones, update writes them. keep leaves out of the comparison
  /// what the engine itself writes (record_type, record_status, call_result, attempt, dial_sched_time, call_time,
  /// campaign_id, agent_id, app_id, treatments), or a list that has been dialed would never equal its file.
  /// User values of `rows` are in the order of the form that open_list was last given for this list. One transaction.
  virtual result<import_counts> import_records(list_id list, const std::vector<record>& rows,
                                               const std::vector<std::string>& given, on_existing policy) = 0;
  /// All rows by (chain_id, chain_n). `each` returns false to stop.
  virtual result<void> export_records(list_id list, const std::function<bool(const record&)>& each) = 0;
  virtual result<list_counts> counts(list_id list) = 0;
  /// With what is saved of it.
  virtual result<std::optional<chain_of_records>> find_chain(list_id list, std::int64_t chain_id) = 0;
  virtual result<std::optional<record>> find_record(list_id list, std::int64_t record_id) = 0;

  // -- running ------------
  /// Rows Ready → Retrieved of the next chains, in one transaction. The chains come whole, as they are afterwards, those that
  /// were put away with what was saved, which stays in the store until their end.
  virtual result<ready_page> take_ready(const ready_query& query) = 0;
  /// They are in memory from now on, and come as those of take_ready(). One transaction.
  virtual result<passive_page> activate(const passive_query& query) = 0;
  /// Who works on the lists from now on: returns its epoch, which grows from owner to owner and stands in every attempt. What
  /// an earlier owner still commits is fenced.
  virtual result<std::int64_t> own(std::string_view node) = 0;
  /// At start, for a list that no live process works on: attempts in flight become unknown, ended at at_ms and without
  /// a result, Retrieved rows become Ready but those of passive chains, which stay so. Returns the attempts that were in
  /// flight, as they are now. `history` is asked about each of them, and what it gives is stored with its end.
  using history_of_end = std::function<std::shared_ptr<const history_post>(const attempt&)>;
  virtual result<std::vector<attempt>> recover(list_id list, std::int64_t at_ms, const history_of_end& history) = 0;
  result<std::vector<attempt>> recover(list_id list, std::int64_t at_ms) { return recover(list, at_ms, {}); }
  /// One transaction, durable when this returns. What belongs to one chain is stored in the given order; chains may go
  /// in any. A write that cannot be done (an attempt made before, an end of none in flight, a row that is not there, a
  /// value out of range) refuses the whole batch: the others can be committed without it. A store that is away may take
  /// the same batch later. Attempts get the owner's epoch.
  virtual commit_result commit(const std::vector<write>& batch) = 0;
  /// When an attempt was started or has ended last; 0: none was made.
  virtual result<std::int64_t> latest_attempt_ms() = 0;
  /// Attempts by (started_ms, list name, record_id, n).
  virtual result<void> export_attempts(const std::function<bool(const attempt&, std::string_view list_name)>& each) = 0;
  virtual result<std::vector<attempt>> attempts_of(list_id list, std::int64_t record_id) = 0;
  /// Those that became unknown at since_ms or later: their records are inside the redial gap.
  virtual result<std::vector<attempt>> unknown_attempts(list_id list, std::int64_t since_ms) = 0;

  // -- history ------------
  /// Whoever has history posts to receive, and how many.
  virtual result<std::vector<std::pair<std::string, std::int64_t>>> history_receivers() = 0;
  /// Posts for `uri` that may be sent now, in the order in which they were stored: of each chain the first that waits. Those of
  /// `passed_over`, ascending ids, are left out, and their chains with them.
  virtual result<std::vector<waiting_post>> waiting_history(std::string_view uri, std::int32_t most,
                                                            const std::vector<std::int64_t>& passed_over) = 0;
  /// Their receivers have them: they go. One transaction.
  virtual result<void> remove_history(const std::vector<std::int64_t>& ids) = 0;

  // -- saved chains ------------
  /// Those that saved chains may need. At start: without any such chain all of them go.
  virtual result<std::vector<kept_document>> documents() = 0;
  /// Above every write_instance::handles_end that was ever stored, as far as handles may still be in use; 1 without any.
  virtual result<std::uint64_t> handles_end() = 0;

  // -- small facts of a node: the last virtual instant, the epoch, …
  virtual result<std::optional<std::string>> get(std::string_view key) = 0;
  virtual result<void> set(std::string_view key, std::string_view value) = 0;

  // -- do not call ------------
  enum class dnc_kind : std::uint8_t { phone = 0, customer = 1 };
  /// Returns how many were not there before.
  virtual result<std::int64_t> import_do_not_call(const std::vector<std::pair<dnc_kind, std::string>>& entries) = 0;
  virtual result<void> do_not_call(const std::function<void(dnc_kind, std::string_view)>& each) = 0;

  // -- the whole store ------------
  /// Begins a copy of everything, as it is at one instant between now and its last step, whatever is stored between its steps: a
  /// store in the empty file at `path` (store_copy.hpp). One at a time.
  virtual result<std::unique_ptr<store_copy>> begin_copy(const std::string& path) = 0;
  /// Everything, to be looked through (store_view.hpp).
  virtual result<std::unique_ptr<store_view>> view() = 0;
};

/// What a power cut may cost. A crash of the process alone costs nothing either way.
enum class durability : std::uint8_t {
  every_commit,   // nothing: a commit is on the disk when it returns
  last_moments,   // the last commits, never the store: for rehearsals in virtual time, which commit at every instant
};

/// A store in an SQLite file (WAL, every commit on the disk). Refuses a file that another process holds, so two
/// processes never open one; a folder or file that cannot be written; what is no store, is damaged, or was written by a
/// newer chainring.
result<std::unique_ptr<store>> open_sqlite(const std::string& path, durability promised = durability::every_commit);
/// A store in a schema of a PostgreSQL server, the first of search_path: one of a database's, or one of several
/// (?options=-csearch_path%3DNAME). `uri` is libpq's; passwords and TLS are by its conventions. Other processes may open it
/// too, but one session alone owns it. A broken connection is made again at the next call. Refuses a server that is too old,
/// or read-only; a schema that has other tables, or was written by a newer chainring.
result<std::unique_ptr<store>> open_postgres(const std::string& uri, durability promised = durability::every_commit);

} // namespace chainring::dialer
