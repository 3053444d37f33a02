// membership.cpp: one small transaction a call, on a connection by itself. Times are the server's: nobody else's clock has to be
// right.
#include <algorithm>
#include <charconv>
#include <string>
#include <utility>

#include "dialer/store/postgres/orders.hpp"
#include "dialer/store/postgres/server_uri.hpp"
#include "dialer/store/postgres/session.hpp"
#include "dialer/store/postgres/budget_shares.hpp"
#include "dialer/store/shared_store.hpp"

namespace chainring::dialer {

namespace {

using namespace postgres;

const std::string select_members =
  "SELECT m.epoch, m.node, m.address, m.fingerprint, "
  "(extract(epoch FROM m.lease_until - clock_timestamp()) * 1000)::bigint, m.leaving, "
  "coalesce((SELECT array_agg(shard::text)::text FROM shards WHERE shards.epoch = m.epoch), '{}'), m.schema, m.saved_chains, "
  "m.peer_protocol, m.peer_protocol_least FROM members AS m "
  "WHERE NOT m.ended AND m.lease_until IS NOT NULL ";

/// Of statements whose $1 is the member's own epoch and $2 how much of its own lease has to be left, ms.
const std::string and_own_goes_on = "AND EXISTS (SELECT 1 FROM members AS own WHERE own.epoch = $1 AND NOT own.ended AND "
                                    "own.lease_until > clock_timestamp() + $2 * interval '1 millisecond')";

/// "{1,5,30}"
shard_set shards_in(std::string_view text) {
  shard_set all;
  for (const char* at = text.data(); at != text.data() + text.size();) {
    std::size_t number = 0;
    const auto read = std::from_chars(at, text.data() + text.size(), number);
    if (read.ec == std::errc() && number < shards_count) all.set(number);
    at = std::max(read.ptr, at + 1);
  }
  return all;
}

std::vector<cluster_member> read_members(const answer& from) {
  std::vector<cluster_member> all;
  for (int row = 0; row < from.rows(); ++row)
    all.push_back({from.integer(row, 0), std::string(from.text(row, 1)), std::string(from.text(row, 2)),
                   std::string(from.text(row, 3)), from.integer(row, 4), from.integer(row, 5) != 0,
                   shards_in(from.text(row, 6)),
                   {from.integer(row, 7), from.integer(row, 8), from.integer(row, 9), from.integer(row, 10)}});
  return all;
}

class postgres_membership final : public membership {
 public:
  postgres_membership(std::unique_ptr<session> in, std::int64_t epoch) : in_(std::move(in)), epoch_(epoch) {}

  result<std::optional<std::int64_t>> renew(std::int64_t lease_ms) override {
    auto renewed = in_->ask("UPDATE members SET lease_until = clock_timestamp() + $2 * interval '1 millisecond' WHERE epoch = $1 "
                            "AND NOT ended RETURNING (extract(epoch FROM clock_timestamp()) * 1000)::bigint",
                            parameters::of(epoch_, lease_ms));
    if (!renewed) return std::move(renewed).error();
    return renewed->rows() == 1 ? std::optional(renewed->integer(0, 0)) : std::nullopt;
  }

  result<std::vector<cluster_member>> end_expired(std::int64_t by_ms, std::int64_t own_left_ms) override {
    auto over = in_->ask(select_members + "AND m.lease_until < clock_timestamp() AND extract(epoch FROM m.lease_until) * 1000 <= "
                                          "$3 AND m.epoch <> $1 " + and_own_goes_on,
                         parameters::of(epoch_, own_left_ms, by_ms));
    if (!over) return std::move(over).error();
    std::vector<cluster_member> ended;
    for (auto& one : read_members(*over)) {
      // A process that was stopped within a transaction would keep its row locked.
      auto stopped = in_->ask("SELECT pg_terminate_backend(pid) FROM pg_stat_activity AS a JOIN members AS m ON a.pid = "
                              "m.process AND a.backend_start::text = m.began WHERE m.epoch = $3 AND m.lease_until < "
                              "clock_timestamp() " + and_own_goes_on,
                              parameters::of(epoch_, own_left_ms, one.epoch));
      if (!stopped) return std::move(stopped).error();
      // Its lease may have been renewed since.
      auto now = in_->ask("WITH gone AS (UPDATE members SET ended = true WHERE epoch = $3 AND NOT ended AND lease_until < "
                          "clock_timestamp() " + and_own_goes_on + " RETURNING epoch), free AS (UPDATE shards SET epoch = 0 WHERE "
                          "epoch IN (SELECT epoch FROM gone)) SELECT epoch FROM gone",
                          parameters::of(epoch_, own_left_ms, one.epoch));
      if (!now) return std::move(now).error();
      if (now->rows() == 1) ended.push_back(std::move(one));
    }
    return ended;
  }

  result<std::vector<cluster_member>> members() override {
    auto all = in_->ask(select_members + "ORDER BY m.epoch", {});
    if (!all) return std::move(all).error();
    return read_members(*all);
  }

  /// The member's own row is locked first: one that has been ended gets nothing. Neighbours go to different members.
  result<shard_set> claim(std::size_t most) override {
    auto got = in_->ask("WITH me AS MATERIALIZED (SELECT epoch FROM members WHERE epoch = $1 AND NOT ended FOR UPDATE), free AS "
                        "MATERIALIZED (SELECT shard FROM shards WHERE epoch = 0 AND EXISTS (SELECT 1 FROM me) ORDER BY shard * "
                        "159 % 256 LIMIT $2 FOR UPDATE SKIP LOCKED), mine AS (UPDATE shards AS s SET epoch = $1 FROM free WHERE "
                        "s.shard = free.shard RETURNING s.shard) SELECT coalesce(array_agg(shard::text)::text, '{}') FROM mine",
                        parameters::of(epoch_, static_cast<std::int64_t>(most)));
    if (!got) return std::move(got).error();
    return shards_in(got->text(0, 0));
  }

  result<std::int64_t> do_not_call_since(std::int64_t since,
                                         const std::function<void(store::dnc_kind, std::string_view)>& each) override {
    auto some = in_->ask("SELECT 1 FROM do_not_call WHERE change > $1 LIMIT 1", parameters::of(since));
    if (!some) return std::move(some).error();
    if (some->rows() == 0) return since;
    auto all = cursor::open(*in_, "SELECT kind, value, change FROM do_not_call WHERE change > $1 ORDER BY change",
                            parameters::of(since));
    if (!all) return std::move(all).error();
    for (;;) {
      auto part = all->fetch();
      if (!part) return std::move(part).error();
      if (part->rows() == 0) return since;
      for (int row = 0; row < part->rows(); ++row) each(static_cast<store::dnc_kind>(part->integer(row, 0)), part->text(row, 1));
      since = part->integer(part->rows() - 1, 2);
    }
  }

  result<void> announce(std::string_view address, std::string_view fingerprint) override {
    auto told = in_->ask("UPDATE members SET address = $2, fingerprint = $3 WHERE epoch = $1",
                         parameters::of(epoch_, address, fingerprint));
    return told ? result<void>{} : std::move(told).error();
  }

  /// A member that joins has the row shared until it can be seen: session::make_member.
  result<std::int64_t> raise_saved_chains(std::int64_t to) override {
    auto all = begin_admitted(*in_);
    if (!all) return std::move(all).error();
    auto now = all->on().ask("SELECT value::bigint FROM meta WHERE key = 'saved_chains' FOR UPDATE");
    if (!now) return std::move(now).error();
    if (now->rows() != 1) return error{"the store does not say how chains are saved", in_->where(), "restore a backup"};
    if (now->integer(0, 0) >= to) return now->integer(0, 0);
    auto raised = all->on().ask("UPDATE meta SET value = $1::text WHERE key = 'saved_chains' AND NOT EXISTS (SELECT 1 FROM members "
                                "WHERE NOT ended AND lease_until IS NOT NULL AND saved_chains < $1) RETURNING value::bigint",
                                parameters::of(to));
    if (!raised) return std::move(raised).error();
    if (auto stored = all->commit(); !stored) return std::move(stored).error();
    return raised->rows() == 1 ? to : now->integer(0, 0);
  }

  result<std::vector<standing_order>> orders_since(std::int64_t since) override { return postgres::orders_since(*in_, since); }

  result<void> release(const shard_set& shards) override {
    auto all = array_of(shards);
    auto gone = in_->ask("UPDATE shards SET epoch = 0 WHERE shard = ANY ($1) AND epoch = $2", parameters::of(all, epoch_));
    return gone ? result<void>{} : std::move(gone).error();
  }

  result<budget_shares> share_budgets(const std::vector<budget_share>& own) override {
    return postgres::share_budgets(*in_, epoch_, own);
  }

  result<std::vector<share_units>> claim_shares(const std::vector<share_claim>& wanted) override {
    return postgres::claim_shares(*in_, epoch_, wanted);
  }

  result<void> begin_leaving() override {
    auto told = in_->ask("UPDATE members SET leaving = true WHERE epoch = $1", parameters::of(epoch_));
    return told ? result<void>{} : std::move(told).error();
  }

  /// The lease ends with it: what is held of budgets is held from now on.
  result<void> leave(bool calls_have_ended) override {
    auto gone = in_->ask("WITH gone AS (UPDATE members SET ended = true, lease_until = least(lease_until, clock_timestamp()) WHERE "
                         "epoch = $1 AND NOT ended), free AS (UPDATE trunk_shares SET channels = 0 WHERE epoch = $1 AND $2 <> 0) "
                         "UPDATE shards SET epoch = 0 WHERE epoch = $1",
                         parameters::of(epoch_, std::int64_t{calls_have_ended}));
    return gone ? result<void>{} : std::move(gone).error();
  }

 private:
  std::unique_ptr<session> in_;
  std::int64_t epoch_;
};

} // namespace

result<std::unique_ptr<membership>> open_membership(const std::string& uri, std::int64_t epoch) {
  auto in = session::open(uri, durability::every_commit);
  if (!in) return std::move(in).error();
  return std::unique_ptr<membership>(std::make_unique<postgres_membership>(std::move(*in), epoch));
}

} // namespace chainring::dialer
