// batch.cpp: one transaction: whose it is, documents, then wave after wave; its COMMIT is sent when all of it has been found right.
#include "dialer/store/postgres/batch.hpp"

#include <algorithm>
#include <span>
#include <type_traits>
#include <utility>

#include "dialer/limits.hpp"
#include "dialer/store/postgres/wave.hpp"
#include "dialer/store/writes.hpp"

namespace chainring::dialer::postgres {

namespace {

/// May a power cut of the server take this write back although it was said to be stored? Results and intents: never. Ends,
/// releases and what makes a chain passive: no, nobody has the chain in memory any more. Rows: no, they are written once. The
/// save of a chain that stays in memory: yes, if nothing else hangs on it. The server loses the last transactions only, never
/// one before another that it keeps; so after that save there was no intent, result or end of the chain either. It goes on in
/// the node's memory and is saved again with a newer version; and if the node dies with the server, it goes on from the save
/// before, as if it had died a moment earlier.
bool may_be_lost(const write& w, const std::vector<kept_document>& documents) {
  const auto* saved = std::get_if<write_instance>(&w);
  return saved && saved->due_ms == 0 && saved->rows.empty() && documents.empty();
}

const write_instance* instance_in(const write& w) {
  const auto* intent = std::get_if<write_intent>(&w);
  return intent ? intent->instance.get() : std::get_if<write_instance>(&w);
}

class batch_run {
 public:
  batch_run(session& in, batch_memory& known, std::span<const write> batch) : in_(in), known_(known), batch_(batch) {}

  /// An error: a write that can never be done.
  result<void> plan() {
    std::size_t place = 0; // among the writes of its chain
    const auto order = by_chain(batch_);
    for (std::size_t i = 0; i < order.size(); ++i) {
      place = i > 0 && order[i].chain == order[i - 1].chain ? place + 1 : 0;
      if (place == waves_.size()) waves_.emplace_back(in_.epoch());
      auto table = in_.tables().at(order[i].chain.first);
      if (!table) return std::move(table).error();
      if (auto added = waves_[place].add(**table, batch_[order[i].at]); !added) return added;
    }
    for (const auto& w : batch_)
      if (const auto* saved = instance_in(w))
        for (const auto& d : saved->documents)
          if (!known_.documents.contains(d->hash) && new_hashes_.insert(d->hash).second) documents_.push_back(*d);
    return {};
  }

  commit_result run(std::size_t writes_before) {
    auto all = transaction::begin(in_);
    if (!all) return {in_.is_fenced() ? commit_outcome::fenced : commit_outcome::unknown, std::move(all).error()};
    auto& on = all->on();
    queue_shards(on);
    all->look_up_by_key();
    ++prepared_;
    queue_preparations(on);
    if (auto done = run_waves(*all); !done) return done;
    if (auto clear = on.settle(); !clear) return failed(on, std::move(clear).error());
    auto stored = all->commit([&known = known_, writes = writes_before + batch_.size()](connection&) -> result<void> {
      known.stored_already = writes;
      return {};
    });
    if (!stored) return stored;
    known_.documents.merge(new_hashes_);
    known_.handles_reserved = std::max(known_.handles_reserved, reserved_);
    return {};
  }

 private:
  static commit_result failed(connection& on, error why, bool refused = false) {
    return {refused || (on.refused_a_value() && !on.is_lost()) ? commit_outcome::refused : commit_outcome::unknown, std::move(why)};
  }

  /// All is queued before answers are read, unless what is to be queued depends on them.
  commit_result run_waves(transaction& all) {
    auto& on = all.on();
    auto unread = waves_.begin();
    bool admitted = false;
    const auto read_until = [&](auto end) -> commit_result {
      if (!std::exchange(admitted, true))
        if (auto mine = read_preparations(all); !mine) return mine;
      for (; unread != end; ++unread)
        if (auto done = unread->read(on); !done) return failed(on, std::move(done).error(), unread->is_refused());
      return {};
    };
    for (auto one = waves_.begin(); one != waves_.end(); ++one) {
      one->queue(on);
      if (!one->has_attached_rows()) continue;
      if (auto read = read_until(one + 1); !read) return read;
      one->queue_attached_rows(on);
      unread = one;
    }
    return read_until(waves_.end());
  }

  commit_result read_preparations(transaction& all) {
    if (auto mine = all.admitted(); !mine) return mine;
    if (auto mine = read_shards(all.on()); !mine) return mine;
    for (; prepared_ > 0; --prepared_)
      if (auto done = all.on().next(); !done) return failed(all.on(), std::move(done).error());
    return {};
  }

  /// Shards change hands only from one that has released them, or has been ended: the transaction keeps either from happening.
  void queue_shards(connection& on) {
    if (!in_.is_shared()) return;
    shard_set touched;
    for (const auto& w : batch_) {
      const auto [list, chain_id] = chain_of(w);
      touched.set(shard_of(list, chain_id));
    }
    touched_ = array_of(touched);
    on.queue("SELECT count(*) FROM shards WHERE shard = ANY ($1) AND epoch = $2", parameters::of(touched_, in_.epoch()));
  }

  commit_result read_shards(connection& on) {
    if (!in_.is_shared()) return {};
    auto mine = on.next();
    if (!mine) return failed(on, std::move(mine).error());
    if (mine->integer(0, 0) == static_cast<std::int64_t>(touched_.size())) return {};
    return failed(on, {"a chain of another node's shard", in_.where(), "that node writes for it now"}, true);
  }

  void queue_preparations(connection& on) {
    const auto lossy = [&](const write& w) { return may_be_lost(w, documents_); };
    if (std::all_of(batch_.begin(), batch_.end(), lossy)) ++prepared_, on.queue("SET LOCAL synchronous_commit = off");
    if (const auto needed = handles_end_of(batch_); needed > known_.handles_reserved) {
      reserved_ = needed + limits::handles_reserved_at_once;
      const auto text = std::to_string(reserved_);
      ++prepared_;
      on.queue("INSERT INTO meta AS m (key, value) VALUES ('handles_end', $1) ON CONFLICT (key) DO UPDATE SET "
               "value = excluded.value WHERE m.value::bigint < excluded.value::bigint",
               parameters::of(text));
    }
    for (const auto& d : documents_) {
      array bytes(element::bytes);
      bytes.add(d.bytes);
      ++prepared_;
      on.queue("INSERT INTO documents (hash, bytes) SELECT $1, unnest($2::bytea[]) ON CONFLICT DO NOTHING",
               parameters::of(d.hash, bytes));
    }
  }

  session& in_;
  batch_memory& known_;
  std::span<const write> batch_;
  std::vector<wave> waves_;
  std::vector<kept_document> documents_; // that are not stored yet
  std::set<std::string> new_hashes_;
  array touched_{element::integer}; // shards
  std::uint64_t reserved_ = 0;
  int prepared_ = 0; // statements before the waves
};

} // namespace

commit_result commit_batch(session& in, batch_memory& known, const std::vector<write>& batch) {
  if (batch.empty()) return {};
  const auto fenced_or_unknown = [&](error why) {
    return commit_result{in.is_fenced() ? commit_outcome::fenced : commit_outcome::unknown, std::move(why)};
  };
  if (in.is_fenced()) return fenced_or_unknown(in.fenced_error());
  if (auto ready = in.ready(); !ready) return fenced_or_unknown(std::move(ready).error());
  const auto before = std::min(known.stored_already, batch.size());
  if (before == batch.size()) {
    known.stored_already -= before;
    return {};
  }
  batch_run run(in, known, std::span(batch).subspan(before));
  if (auto planned = run.plan(); !planned) return {commit_outcome::refused, std::move(planned).error()};
  auto stored = run.run(before);
  if (stored) known.stored_already = 0;
  return stored;
}

} // namespace chainring::dialer::postgres
