// session.hpp: the store's session with its server, made again when it has broken: who owns the store, what the session has left
// open, and the transactions that are written in.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "dialer/shards.hpp"
#include "dialer/store/postgres/connection.hpp"
#include "dialer/store/postgres/list_table.hpp"
#include "dialer/store/store.hpp"

namespace chainring::dialer::postgres {

class session {
 public:
  static result<std::unique_ptr<session>> open(const std::string& uri, durability promised);

  /// The connection, made again if it was lost; what is open of a transaction is settled first. An error: try it later.
  result<connection*> ready();
  /// A single statement on it, as connection::ask.
  result<answer> ask(std::string_view sql, const parameters& values = {});
  /// As store::own. Refused while a live session of somebody else works on the store.
  result<std::int64_t> own(std::string_view node);
  /// As shared_store::join. Refused while one owns it.
  result<std::int64_t> join(std::string_view node, std::int64_t lease_ms);
  std::int64_t epoch() const { return epoch_; } // 0: it does not work on the store
  /// Of one that has joined.
  bool is_shared() const { return shared_; }
  void work_on(const shard_set& shards) { shards_ = shards; }
  const shard_set& worked_on() const { return shards_; }
  /// Parameter of statements that look for chains: their shards; null when all are meant.
  std::optional<array> shards() const;
  bool is_fenced() const { return fenced_; }
  error fenced_error() const {
    if (shared_) return {"another node has ended this one, whose lease was over", where_, "start it again"};
    return {"the store has another owner now", where_, "let one node alone work on a store, or make them a [cluster]"};
  }

  /// Besides its own, for who reads for long; it owns nothing.
  result<std::unique_ptr<connection>> another() const;

  list_tables& tables() { return tables_; }
  const std::string& where() const { return where_; }
  std::int64_t schema() const { return schema_; } // its object id on the server

 private:
  friend class transaction;
  friend class cursor;
  /// A COMMIT whose answer never came.
  struct open_end {
    std::int64_t commits = 0;                            // of the owner, with this one
    std::function<result<void>(connection&)> if_stored; // what is to be done then
  };

  session(std::string uri, std::string where, durability promised)
    : uri_(std::move(uri)), where_(std::move(where)), promised_(promised) {}
  result<void> connect();
  result<bool> lock(connection& on, bool waiting);
  result<std::int64_t> make_member(std::string_view sql, const parameters& values);
  result<void> begin_epoch(std::string_view sql, const parameters& values);
  result<bool> has_ended(connection& on);
  result<void> lock_again(connection& on);
  result<void> hold(connection& on);
  result<void> find_out(connection& on);

  std::string uri_, where_;
  durability promised_;
  std::unique_ptr<connection> connection_;
  list_tables tables_;
  std::int64_t schema_ = 0; // object id of the schema, the lock's key
  std::string began_; // of the process on the server that has the lock
  int process_ = 0;
  std::int64_t epoch_ = 0;
  bool shared_ = false;
  shard_set shards_; // of one that has joined
  bool locked_ = false; // by the connection
  bool fenced_ = false;
  std::optional<open_end> open_end_;
  int readers_ = 0; // cursors, one inside the other
};

/// All of it or nothing: rolled back unless committed. It is the member's whose epoch the session has, if any, or fails.
class transaction {
 public:
  /// Nothing is waited for: the first answer is admitted()'s to read.
  static result<transaction> begin(session& in);
  transaction(transaction&& other) noexcept;
  transaction& operator=(transaction&&) = delete;
  ~transaction();

  connection& on() { return *on_; }
  /// One statement more to be read or settled: what follows may take its time.
  void look_through_tables();
  /// The same: what follows joins arrays with tables by key, row by row. Plans are kept, and a table that is empty when one is made
  /// may hold millions later; without plain index scans nothing can be gone through as a whole, because bitmaps need a key.
  void look_up_by_key();
  /// Reads the answer to begin(). Fenced, or unknown.
  commit_result admitted();
  /// Stored when `done`, by then on the disk. If it turns out later that an unknown one was stored after all, `if_stored` is done.
  commit_result commit(std::function<result<void>(connection&)> if_stored = {});

 private:
  transaction(session& in, connection& on) : in_(&in), on_(&on) {}

  session* in_;
  connection* on_;
  std::int64_t commits_ = 0;
  bool open_ = true;
};

array array_of(const shard_set& shards);
/// Condition of a statement: the chain is of one of the shards that its parameter `shards` names, session::shards().
std::string of_shards(std::string_view list, std::string_view chain_id, int shards);

/// begin(), admitted() at once.
result<transaction> begin_admitted(session& in);

/// The rows of a SELECT, however many, read in parts within a transaction of their own; statements may be asked between.
class cursor {
 public:
  static result<cursor> open(session& in, std::string_view select, const parameters& values = {});
  cursor(cursor&& other) noexcept;
  cursor& operator=(cursor&&) = delete;
  ~cursor();

  /// At most limits::store_rows_at_once; none: that was all.
  result<answer> fetch();

 private:
  cursor(session& in, connection& on, int number) : in_(&in), on_(&on), number_(number) {}

  session* in_;
  connection* on_;
  int number_;
};

} // namespace chainring::dialer::postgres
