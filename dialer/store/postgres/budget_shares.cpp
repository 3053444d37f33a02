// budget_shares.cpp: a row of trunk_shares for each member and budget; its column trunk has the budget's key. Only its own member
// makes a row larger, under the locks of all rows of the key; smaller it, and whoever finds that the member is gone and nothing of
// it can be in use.
#include "dialer/store/postgres/budget_shares.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace chainring::dialer::postgres {

namespace {

std::int32_t narrow(std::int64_t n) { return static_cast<std::int32_t>(std::clamp<std::int64_t>(n, 0, INT32_MAX)); }

constexpr std::int64_t shares_lock = -2; // of the store's advisory locks: the number of no member, nor that of schema.cpp

/// Members change shares in turn: they lock rows in different orders, and whoever is next has to see the rows that the one before
/// has added.
result<answer> ask_in_turn(session& in, std::string_view sql, const parameters& values = {}) {
  auto on = in.ready();
  if (!on) return std::move(on).error();
  (*on)->queue("SELECT pg_advisory_xact_lock($1::bigint::integer, $2::bigint::integer)",
               parameters::of(static_cast<std::int64_t>(static_cast<std::int32_t>(in.schema())), shares_lock));
  return (*on)->ask(sql, values);
}

/// What members had that are gone: when a second, or the longest call, has gone by since their leases were over.
result<void> free_what_was_held(session& in) {
  const auto over = [](const std::string& what) {
    return "m.lease_until + t." + what + "_held_ms * interval '1 millisecond' < clock_timestamp()";
  };
  auto freed = ask_in_turn(
      in,
      "WITH held AS MATERIALIZED (SELECT t.trunk, t.epoch, CASE WHEN " + over("channels") +
      " THEN 0 ELSE t.channels END AS channels, CASE WHEN " + over("starts") +
      " THEN 0 ELSE t.starts END AS starts FROM trunk_shares AS t JOIN members AS m ON m.epoch = t.epoch WHERE "
      "m.ended AND (" + over("channels") + " OR " + over("starts") +
      ") ORDER BY t.trunk, t.epoch FOR UPDATE OF t), gone AS (DELETE FROM trunk_shares AS t USING held WHERE "
      "t.trunk = held.trunk AND t.epoch = held.epoch AND held.channels = 0 AND held.starts = 0) UPDATE "
      "trunk_shares AS t SET channels = held.channels, starts = held.starts FROM held WHERE t.trunk = held.trunk "
      "AND t.epoch = held.epoch AND (held.channels > 0 OR held.starts > 0) AND (t.channels, t.starts) <> "
      "(held.channels, held.starts)");
  return freed ? result<void>{} : std::move(freed).error();
}

/// Nothing of a member that has been ended. A row that is not there yet is one of a member that has nothing.
result<void> write_own(session& in, std::int64_t epoch, const std::vector<budget_share>& own) {
  array keys(element::text), channels(element::integer), starts(element::integer), channels_wanted(element::integer),
    starts_wanted(element::integer), most_channels(element::integer), most_starts(element::integer),
    channels_held(element::integer), starts_held(element::integer);
  for (const auto& one : own) {
    keys.add(std::string_view(one.key));
    channels.add(std::int64_t{one.has.channels});
    starts.add(std::int64_t{one.has.starts});
    channels_wanted.add(std::int64_t{one.wanted.channels});
    starts_wanted.add(std::int64_t{one.wanted.starts});
    most_channels.add(std::int64_t{one.budget.channels});
    most_starts.add(one.budget.start_thousandths);
    channels_held.add(one.channels_held_ms);
    starts_held.add(one.starts_held_ms);
  }
  auto written = ask_in_turn(
      in,
      "INSERT INTO trunk_shares AS t (epoch, trunk, channels, starts, channels_wanted, starts_wanted, budget_channels, "
      "budget_starts_per_1000_s, channels_held_ms, starts_held_ms) SELECT $1, own.* FROM unnest($2::text[], $3::bigint[], "
      "$4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[], $9::bigint[], $10::bigint[]) AS own WHERE EXISTS "
      "(SELECT 1 FROM members WHERE epoch = $1 AND NOT ended) ON CONFLICT (trunk, epoch) DO UPDATE SET channels = "
      "least(t.channels, excluded.channels), starts = least(t.starts, excluded.starts), channels_wanted = "
      "excluded.channels_wanted, starts_wanted = excluded.starts_wanted, channels_held_ms = excluded.channels_held_ms, "
      "starts_held_ms = excluded.starts_held_ms",
      parameters::of(epoch, keys, channels, starts, channels_wanted, starts_wanted, most_channels, most_starts,
      channels_held, starts_held));
  return written ? result<void>{} : std::move(written).error();
}

} // namespace

result<budget_shares> share_budgets(session& in, std::int64_t epoch, const std::vector<budget_share>& own) {
  if (auto freed = free_what_was_held(in); !freed) return std::move(freed).error();
  if (auto written = write_own(in, epoch, own); !written) return std::move(written).error();
  auto asked = in.ask("SELECT t.trunk, t.epoch, t.channels, t.starts, t.channels_wanted, t.starts_wanted, t.budget_channels, "
                      "t.budget_starts_per_1000_s, t.channels_held_ms, t.starts_held_ms, m.node, CASE WHEN m.ended OR "
                      "m.lease_until < clock_timestamp() THEN 2 WHEN m.leaving THEN 1 ELSE 0 END, (extract(epoch FROM "
                      "clock_timestamp()) * 1000)::bigint FROM trunk_shares AS t JOIN members AS m ON m.epoch = t.epoch ORDER BY "
                      "t.trunk, t.epoch");
  if (!asked) return std::move(asked).error();
  budget_shares found;
  for (int row = 0; row < asked->rows(); ++row) {
    const auto number = [&](int column) { return asked->integer(row, column); };
    found.all.push_back({std::string(asked->text(row, 0)), number(1), {narrow(number(2)), narrow(number(3))},
                         {narrow(number(4)), narrow(number(5))}, {narrow(number(6)), number(7)}, number(8), number(9),
                         std::string(asked->text(row, 10)), static_cast<budget_share::standing>(number(11))});
    found.at_ms = number(12);
  }
  return found;
}

/// Whoever waits for the locks reads the rows as they are then.
result<std::vector<share_units>> claim_shares(session& in, std::int64_t epoch, const std::vector<share_claim>& wanted) {
  std::vector<share_units> has(wanted.size());
  if (wanted.empty()) return has;
  array keys(element::text), channels(element::integer), starts(element::integer);
  for (const auto& one : wanted) {
    keys.add(std::string_view(one.key));
    channels.add(std::int64_t{one.more.channels});
    starts.add(std::int64_t{one.more.starts});
  }
  auto got = ask_in_turn(
      in,
      "WITH shares AS MATERIALIZED (SELECT trunk, channels, starts, budget_channels, budget_starts_per_1000_s FROM "
      "trunk_shares WHERE trunk = ANY($2::text[]) ORDER BY trunk, epoch FOR UPDATE), room AS (SELECT trunk, "
      "greatest(0, min(budget_channels) - sum(channels))::bigint AS channels, greatest(0, greatest(1, "
      "min(budget_starts_per_1000_s) / 1000) - sum(starts))::bigint AS starts FROM shares GROUP BY trunk) UPDATE "
      "trunk_shares AS t SET channels = t.channels + least(more.channels, room.channels), starts = t.starts + "
      "least(more.starts, room.starts) FROM room JOIN unnest($2::text[], $3::bigint[], $4::bigint[]) WITH ORDINALITY "
      "AS more (trunk, channels, starts, n) ON more.trunk = room.trunk WHERE t.trunk = room.trunk AND t.epoch = $1 "
      "RETURNING more.n, t.channels, t.starts",
      parameters::of(epoch, keys, channels, starts));
  if (!got) return std::move(got).error();
  for (int row = 0; row < got->rows(); ++row)
    has.at(static_cast<std::size_t>(got->integer(row, 0) - 1)) = {narrow(got->integer(row, 1)), narrow(got->integer(row, 2))};
  return has;
}

} // namespace chainring::dialer::postgres
