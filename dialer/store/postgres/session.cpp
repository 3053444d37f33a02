// session.cpp: see session.hpp.
#include "dialer/store/postgres/session.hpp"

#include <utility>

#include "dialer/limits.hpp"
#include "dialer/store/postgres/schema.hpp"
#include "dialer/store/postgres/server_uri.hpp"
#include "dialer/versions.hpp"

namespace chainring::dialer::postgres {

result<std::unique_ptr<session>> session::open(const std::string& uri, durability promised) {
  if (auto readable = check_uri(uri); !readable) return std::move(readable).error();
  std::unique_ptr<session> made(new session(uri, without_password(uri), promised));
  if (auto ready = made->ready(); !ready) return std::move(ready).error();
  return made;
}

result<connection*> session::ready() {
  if (readers_ > 0) { // what a reader's callback asks belongs to the reader's transaction
    if (connection_->is_lost()) return error{"the connection to the store is gone", where_, "it is made again; ask again"};
    return connection_.get();
  }
  if (!connection_ || connection_->is_lost())
    if (auto made = connect(); !made) return std::move(made).error();
  if (epoch_ != 0 && !locked_)
    if (auto mine = lock_again(*connection_); !mine) return std::move(mine).error();
  if (open_end_)
    if (auto known = find_out(*connection_); !known) return std::move(known).error();
  return connection_.get();
}

result<answer> session::ask(std::string_view sql, const parameters& values) {
  auto on = ready();
  if (!on) return std::move(on).error();
  return (*on)->ask(sql, values);
}

result<void> session::connect() {
  locked_ = false;
  connection_.reset();
  auto made = connection::open(uri_, where_);
  if (!made) return std::move(made).error();
  if (auto right = set_up_session(**made, promised_); !right) return right;
  auto mine = prepare_schema(**made);
  if (!mine) return std::move(mine).error();
  schema_ = *mine;
  if (auto loaded = tables_.load(**made); !loaded) return loaded;
  connection_ = std::move(*made);
  return {};
}

result<std::unique_ptr<connection>> session::another() const {
  auto made = connection::open(uri_, where_);
  if (!made) return std::move(made).error();
  if (auto right = set_up_session(**made, promised_); !right) return std::move(right).error();
  return made;
}

/// Whoever works alone has the store's lock; members share it, and each has one of its own.
result<bool> session::lock(connection& on, bool waiting) {
  const auto store_key = owners_lock(schema_);
  const auto locked = [&](std::string_view function, const auto&... key) -> result<bool> {
    auto held = on.ask("SELECT " + std::string(function), parameters::of(key...));
    if (!held) return std::move(held).error();
    return held->integer(0, 0) != 0;
  };
  if (!shared_) return locked(waiting ? "true FROM pg_advisory_lock($1)" : "pg_try_advisory_lock($1)", store_key);
  auto beside = locked("true FROM pg_advisory_lock_shared($1)", store_key);
  if (!beside || epoch_ == 0) return beside;
  return locked(waiting ? "true FROM pg_advisory_lock($1::bigint::integer, $2::bigint::integer)"
                        : "pg_try_advisory_lock($1::bigint::integer, $2::bigint::integer)",
                static_cast<std::int64_t>(static_cast<std::int32_t>(schema_)),
                static_cast<std::int64_t>(static_cast<std::int32_t>(epoch_)));
}

/// From here on the lock goes with the connection's process.
result<void> session::hold(connection& on) {
  auto self = on.ask("SELECT backend_start::text FROM pg_stat_activity WHERE pid = pg_backend_pid()");
  if (!self) return std::move(self).error();
  began_ = self->rows() == 1 ? std::string(self->text(0, 0)) : std::string();
  process_ = on.process_id();
  locked_ = true;
  if (!shared_) return {};
  auto told = on.ask("UPDATE members SET process = $2, began = $3 WHERE epoch = $1 AND NOT ended RETURNING epoch",
                     parameters::of(epoch_, std::int64_t{process_}, began_));
  if (!told) return std::move(told).error();
  if (told->rows() == 1) return {};
  fenced_ = true; // since it was asked
  return fenced_error();
}

result<bool> session::has_ended(connection& on) {
  auto asked = on.ask("SELECT 1 FROM members WHERE epoch = $1 AND NOT ended", parameters::of(epoch_));
  if (!asked) return std::move(asked).error();
  fenced_ = fenced_ || asked->rows() != 1;
  return fenced_;
}

/// The lock went with the connection. It is taken again if the member has not been ended meanwhile. The process of the connection
/// before may not have heard yet that it is gone: it is ended.
result<void> session::lock_again(connection& on) {
  auto held = lock(on, false);
  if (!held) return std::move(held).error();
  auto over = has_ended(on);
  if (!over) return std::move(over).error();
  if (!*held && !*over) {
    auto ended = on.ask("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = $1 AND backend_start::text = $2",
                        parameters::of(std::int64_t{process_}, std::string_view(began_)));
    if (!ended) return std::move(ended).error();
    if (held = lock(on, true); !held) return std::move(held).error();
    if (over = has_ended(on); !over) return std::move(over).error();
  }
  return *over ? fenced_error() : hold(on);
}

/// Was the transaction stored whose COMMIT had no answer? A member counts its transactions in the store, each within itself; the
/// row is read when nobody is writing it any more, so the count is final. (The state of the transaction's id would not do: ids of
/// transactions that were lost in a crash of the server before they reached its disk are given away again.)
result<void> session::find_out(connection& on) {
  auto asked = on.ask("SELECT commits FROM members WHERE epoch = $1 FOR SHARE", parameters::of(epoch_));
  if (!asked) return std::move(asked).error();
  const bool stored = asked->rows() == 1 && asked->integer(0, 0) >= open_end_->commits;
  if (stored && open_end_->if_stored)
    if (auto done = open_end_->if_stored(on); !done) return done;
  open_end_.reset();
  return {};
}

/// In one transaction with the check that this version can work on the store: neither its schema nor the format of its saved chains
/// changes between the two.
result<std::int64_t> session::make_member(std::string_view sql, const parameters& values) {
  auto all = begin_admitted(*this);
  if (!all) return std::move(all).error();
  auto& on = all->on();
  on.queue("LOCK TABLE members IN ROW EXCLUSIVE MODE"); // as a step of the schema does
  on.queue("SELECT r.value::bigint, c.value::bigint FROM meta AS r, meta AS c WHERE r.key = 'readable_from' AND c.key = "
           "'saved_chains' FOR SHARE");
  if (auto locked = on.next(); !locked) return std::move(locked).error();
  auto found = on.next();
  if (!found) return std::move(found).error();
  if (auto clear = on.settle(); !clear) return std::move(clear).error();
  const auto self = this_version();
  if (found->rows() != 1 || found->integer(0, 0) > self.schema)
    return error{"store was changed by a newer chainring just now", where_, "use that version or a newer one"};
  if (found->integer(0, 1) > self.saved_chains)
    return error{"store has saved chains of format " + std::to_string(found->integer(0, 1)) + ", this version reads them up to " +
                   std::to_string(self.saved_chains),
                 where_, "use the newer version that all nodes had, or restore a backup from before"};
  auto begun = on.ask(sql, values);
  if (!begun) return std::move(begun).error();
  const auto epoch = begun->integer(0, 0);
  if (auto stored = all->commit(); !stored) return std::move(stored).error();
  return epoch;
}

result<void> session::begin_epoch(std::string_view sql, const parameters& values) {
  const auto before = std::exchange(epoch_, 0); // it may have been ended
  auto made = make_member(sql, values);
  epoch_ = made ? *made : before;
  if (!made) return std::move(made).error();
  fenced_ = false;
  return {};
}

result<std::int64_t> session::own(std::string_view node) {
  auto on = ready();
  if (!on) return std::move(on).error();
  if (!locked_) {
    // The process of an owner that was killed ends when the server has heard of it.
    if (auto held = lock(**on, true); !held) {
      if ((*on)->is_lost()) return std::move(held).error();
      auto who = (*on)->ask("SELECT node FROM members WHERE NOT ended ORDER BY epoch DESC LIMIT 1");
      const auto name = who && who->rows() == 1 ? std::string(who->text(0, 0)) : std::string();
      return error{"store is in use by node " + name, where_, "stop that node or name another --store"};
    }
    if (auto held = hold(**on); !held) return std::move(held).error();
  }
  const auto self = this_version();
  auto begun = begin_epoch("WITH before AS (UPDATE members SET ended = true WHERE NOT ended), me AS (INSERT INTO members (node, "
                           "schema, saved_chains, peer_protocol, peer_protocol_least) VALUES ($1, $2, $3, $4, $5) RETURNING "
                           "epoch), all_mine AS (UPDATE shards SET epoch = (SELECT epoch FROM me)), format AS (UPDATE meta SET "
                           "value = $3::text WHERE key = 'saved_chains') SELECT epoch FROM me",
                           parameters::of(node, self.schema, self.saved_chains, self.peer_protocol, self.peer_protocol_least));
  return begun ? result<std::int64_t>(epoch_) : std::move(begun).error();
}

result<std::int64_t> session::join(std::string_view node, std::int64_t lease_ms) {
  auto on = ready();
  if (!on) return std::move(on).error();
  shared_ = true;
  if (auto beside = lock(**on, true); !beside) {
    if ((*on)->is_lost()) return std::move(beside).error();
    return error{"one node alone works on the store", where_, "stop it, or give it a [cluster] too"};
  }
  const auto self = this_version();
  auto begun = begin_epoch("INSERT INTO members (node, lease_until, schema, saved_chains, peer_protocol, peer_protocol_least) "
                           "VALUES ($1, clock_timestamp() + $2 * interval '1 millisecond', $3, $4, $5, $6) RETURNING epoch",
                           parameters::of(node, lease_ms, self.schema, self.saved_chains, self.peer_protocol,
                                          self.peer_protocol_least));
  if (!begun) return std::move(begun).error();
  if (auto held = lock(**on, true); !held) return std::move(held).error();
  if (auto held = hold(**on); !held) return std::move(held).error();
  return epoch_;
}

std::string of_shards(std::string_view list, std::string_view chain_id, int shards) {
  const auto all = "$" + std::to_string(shards) + "::bigint[]";
  return "(" + all + " IS NULL OR shard_of(" + std::string(list) + ", " + std::string(chain_id) + ") = ANY (" + all + "))";
}

array array_of(const shard_set& shards) {
  array all(element::integer);
  for (std::size_t shard = 0; shard < shards_count; ++shard)
    if (shards[shard]) all.add(static_cast<std::int64_t>(shard));
  return all;
}

std::optional<array> session::shards() const { return shared_ ? std::optional(array_of(shards_)) : std::nullopt; }

} // namespace chainring::dialer::postgres
