// attempts.cpp: the table of attempts, read.
#include "dialer/store/postgres/attempts.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "dialer/store/postgres/history.hpp"

namespace chainring::dialer::postgres {

namespace {

const std::string columns =
    "list, record_id, n, chain_id, chain_n, epoch, state, contact_info, trunk, started_ms, ended_ms, result";
const std::string select = "SELECT " + columns + " FROM attempts ";
constexpr int name_column = 12;

attempt read_attempt(const answer& from, int row) {
  attempt a;
  a.list = static_cast<list_id>(from.integer(row, 0));
  a.record_id = from.integer(row, 1);
  a.n = static_cast<std::int32_t>(from.integer(row, 2));
  a.chain_id = from.integer(row, 3);
  a.chain_n = static_cast<std::int32_t>(from.integer(row, 4));
  a.epoch = from.integer(row, 5);
  a.state = static_cast<attempt_state>(from.integer(row, 6));
  a.contact_info = from.text(row, 7);
  a.trunk = from.text(row, 8);
  a.started_ms = from.integer(row, 9);
  a.ended_ms = from.integer(row, 10);
  if (!from.is_null(row, 11)) a.result = call_result_from_code(from.integer(row, 11));
  return a;
}

std::vector<attempt> read_all(const answer& from) {
  std::vector<attempt> read;
  for (int row = 0; row < from.rows(); ++row) read.push_back(read_attempt(from, row));
  return read;
}

} // namespace

result<void> export_attempts(session& in, const std::function<bool(const attempt&, std::string_view)>& each) {
  auto all = cursor::open(in, "SELECT " + columns + ", name FROM attempts JOIN lists ON lists.id = list "
                                                    "ORDER BY started_ms, name, record_id, n");
  if (!all) return std::move(all).error();
  for (;;) {
    auto part = all->fetch();
    if (!part) return std::move(part).error();
    if (part->rows() == 0) return {};
    for (int row = 0; row < part->rows(); ++row)
      if (!each(read_attempt(*part, row), part->text(row, name_column))) return {};
  }
}

result<std::vector<attempt>> attempts_of(session& in, list_id list, std::int64_t record_id) {
  auto asked = in.ask(select + "WHERE list = $1 AND record_id = $2 ORDER BY n", parameters::of(std::int64_t{list}, record_id));
  if (!asked) return std::move(asked).error();
  return read_all(*asked);
}

result<std::map<std::int64_t, attempt>> last_attempts(connection& on, list_id list, const std::vector<std::int64_t>& records) {
  std::map<std::int64_t, attempt> last;
  if (records.empty()) return last;
  array wanted(element::integer);
  for (const auto one : records) wanted.add(one);
  auto asked = on.ask("SELECT a.* FROM unnest($2::bigint[]) AS u (id) CROSS JOIN LATERAL (" + select +
                        "WHERE list = $1 AND record_id = u.id ORDER BY list, record_id, n DESC LIMIT 1) AS a",
                      parameters::of(std::int64_t{list}, wanted));
  if (!asked) return std::move(asked).error();
  for (auto& one : read_all(*asked)) last.emplace(one.record_id, std::move(one));
  return last;
}

result<std::vector<attempt>> unknown_attempts(session& in, list_id list, std::int64_t since_ms) {
  auto asked = in.ask(select + "WHERE list = $1 AND state = 3 AND ended_ms >= $2 ORDER BY record_id, n",
                          parameters::of(std::int64_t{list}, since_ms));
  if (!asked) return std::move(asked).error();
  return read_all(*asked);
}

result<std::int64_t> latest_attempt_ms(session& in) {
  auto all = cursor::open(in, "SELECT coalesce(max(greatest(started_ms, ended_ms)), 0) FROM attempts");
  if (!all) return std::move(all).error();
  auto asked = all->fetch();
  if (!asked) return std::move(asked).error();
  return asked->integer(0, 0);
}

namespace {

/// A transaction keeps the member's row, and so its lease, waiting: none is long.
constexpr std::size_t chains_freed_at_once = 5'000;

/// Chains of these shards that somebody had taken, and that are not passive. Nobody else writes to them any more, so the whole
/// table may be looked through before the transactions that free them.
result<std::vector<std::int64_t>> retrieved_chains(session& in, const list_table& table, const std::optional<array>& shards) {
  auto all = cursor::open(in,
                          "SELECT DISTINCT t.chain_id FROM " + table.table + " AS t WHERE t.record_status = 2 AND " +
                            of_shards("$1::integer", "t.chain_id", 2) +
                            " AND NOT EXISTS (SELECT 1 FROM instances AS i WHERE i.list = $1 AND i.chain_id = t.chain_id AND "
                            "i.due_ms > 0)",
                          parameters::of(std::int64_t{table.id}, shards));
  if (!all) return std::move(all).error();
  std::vector<std::int64_t> chains;
  for (;;) {
    auto part = all->fetch();
    if (!part) return std::move(part).error();
    if (part->rows() == 0) return chains;
    for (int row = 0; row < part->rows(); ++row) chains.push_back(part->integer(row, 0));
  }
}

/// Calls that were in progress are of unknown end now.
result<std::vector<attempt>> end_in_flight(session& in, const list_table& table, const std::optional<array>& shards,
                                           std::int64_t at_ms, const store::history_of_end& history) {
  auto all = begin_admitted(in);
  if (!all) return std::move(all).error();
  auto& on = all->on();
  auto ended = on.ask("UPDATE attempts SET state = 3, ended_ms = $2 WHERE list = $1 AND state < 2 AND " +
                        of_shards("list", "chain_id", 3) + " RETURNING " + columns,
                      parameters::of(std::int64_t{table.id}, at_ms, shards));
  if (!ended) return std::move(ended).error();
  auto in_flight = read_all(*ended);
  std::sort(in_flight.begin(), in_flight.end(),
            [](const attempt& a, const attempt& b) { return std::pair(a.record_id, a.n) < std::pair(b.record_id, b.n); });
  for (const attempt& a : in_flight)
    if (const auto post = history ? history(a) : nullptr)
      if (auto told = add_history(on, a.list, a.chain_id, *post); !told) return std::move(told).error();
  if (auto done = all->commit(); !done) return std::move(done).error();
  return in_flight;
}

result<void> free_chains(session& in, const list_table& table, const array& chains) {
  auto all = begin_admitted(in);
  if (!all) return std::move(all).error();
  auto& on = all->on();
  all->look_up_by_key();
  if (auto set = on.settle(); !set) return std::move(set).error();
  auto freed = on.ask("UPDATE " + table.table + " AS t SET record_status = 1 FROM unnest($1::bigint[]) AS u (chain_id) WHERE "
                        "t.chain_id = u.chain_id AND t.record_status = 2",
                      parameters::of(chains));
  if (!freed) return std::move(freed).error();
  if (auto done = all->commit(); !done) return std::move(done).error();
  return {};
}

} // namespace

/// What was left of it by a crash in the middle the next start does.
result<std::vector<attempt>> recover_list(session& in, const list_table& table, const std::optional<array>& shards,
                                          std::int64_t at_ms, const store::history_of_end& history) {
  auto in_flight = end_in_flight(in, table, shards, at_ms, history);
  if (!in_flight) return in_flight;
  auto taken = retrieved_chains(in, table, shards);
  if (!taken) return std::move(taken).error();
  for (std::size_t from = 0; from < taken->size(); from += chains_freed_at_once) {
    array part(element::integer);
    for (std::size_t n = from; n < std::min(taken->size(), from + chains_freed_at_once); ++n) part.add((*taken)[n]);
    if (auto freed = free_chains(in, table, part); !freed) return std::move(freed).error();
  }
  return in_flight;
}

} // namespace chainring::dialer::postgres
