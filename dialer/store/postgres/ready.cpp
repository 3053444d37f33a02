// ready.cpp: a pass over the key of the table, from where the last one stopped, in blocks that are as large as is likely to do.
#include "dialer/store/postgres/ready.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "dialer/limits.hpp"
#include "dialer/store/postgres/instances.hpp"

namespace chainring::dialer::postgres {

namespace {

constexpr std::int64_t rows_of_first_block = 256;

struct found_chains {
  std::vector<std::int64_t> ids;
  std::int64_t looked_to = 0;
  bool more = true;
};

/// Chains of the next `rows` rows: their id, are they ready, how many rows.
std::string select_block(const list_table& table) {
  return "SELECT chain_id, bool_or(record_status = 1) AND NOT bool_or(record_status = 2) AND " +
         of_shards(std::to_string(table.id), "chain_id", 3) + ", count(*) FROM (SELECT chain_id, record_status FROM " +
         table.table + " WHERE chain_id > $1 ORDER BY chain_id, chain_n LIMIT $2) AS block GROUP BY chain_id ORDER BY chain_id";
}

result<found_chains> find_ready(const session& in, connection& on, const list_table& table, const ready_query& query) {
  const auto shards = in.shards();
  found_chains found{{}, query.after_chain_id};
  const auto chains_max = static_cast<std::size_t>(std::max(query.chains_max, 0));
  auto rows = std::clamp(3 * std::int64_t{query.chains_max}, rows_of_first_block, limits::rows_looked_at_max);
  for (std::int64_t looked_at = 0; found.ids.size() < chains_max && looked_at < limits::rows_looked_at_max;) {
    auto block = on.ask(select_block(table), parameters::of(found.looked_to, rows, shards));
    if (!block) return std::move(block).error();
    std::int64_t in_block = 0;
    for (int row = 0; row < block->rows(); ++row) in_block += block->integer(row, 2);
    const bool at_end = in_block < rows;
    // The last one may go on behind the block. A chain that fills a block needs more; so does a long way to a ready one.
    const bool largest = rows >= limits::rows_looked_at_max;
    const int whole = at_end || (largest && block->rows() == 1) ? block->rows() : block->rows() - 1;
    rows = std::min(2 * rows, limits::rows_looked_at_max);
    int row = 0;
    for (; row < whole && found.ids.size() < chains_max; ++row) {
      found.looked_to = block->integer(row, 0);
      looked_at += block->integer(row, 2);
      if (block->integer(row, 1) != 0) found.ids.push_back(found.looked_to);
    }
    found.more = !at_end || row < whole;
    if (!found.more) break;
  }
  return found;
}

/// Those at work are passed over.
result<found_chains> find_put_away(const session& in, connection& on, const list_table& table, const ready_query& query) {
  const auto shards = in.shards();
  found_chains found{{}, query.after_chain_id};
  for (std::int64_t chains = 0; found.ids.empty() && chains < limits::rows_looked_at_max;) {
    auto block =
        on.ask("SELECT i.chain_id, bool_or(t.record_status = 1) AND NOT bool_or(t.record_status = 2), count(*) FROM (SELECT "
               "chain_id FROM instances WHERE list = $1 AND chain_id > $2 AND due_ms = 0 AND " +
                   of_shards("list", "chain_id", 4) + " ORDER BY chain_id LIMIT $3) AS i LEFT JOIN " +
                   table.table + " AS t ON t.chain_id = i.chain_id GROUP BY i.chain_id ORDER BY i.chain_id",
               parameters::of(std::int64_t{table.id}, found.looked_to, std::int64_t{query.chains_max}, shards));
    if (!block) return std::move(block).error();
    found.more = block->rows() > 0;
    if (!found.more) break;
    for (int row = 0; row < block->rows(); ++row) {
      found.looked_to = block->integer(row, 0);
      chains += block->integer(row, 2);
      if (block->integer(row, 1) != 0) found.ids.push_back(found.looked_to);
    }
  }
  return found;
}

} // namespace

result<ready_page> take_ready_chains(session& in, const list_table& table, const ready_query& query) {
  auto all = begin_admitted(in);
  if (!all) return std::move(all).error();
  auto& on = all->on();
  auto found = query.put_away_only ? find_put_away(in, on, table, query) : find_ready(in, on, table, query);
  if (!found) return std::move(found).error();
  ready_page page{{}, found->looked_to, found->more};
  if (found->ids.empty()) return page;
  array ids(element::integer);
  for (const auto id : found->ids) ids.add(id);
  auto taken = on.ask("UPDATE " + table.table +
                        " SET record_status = 2, app_id = $2 WHERE chain_id = ANY ($1) AND record_status = 1",
                      parameters::of(ids, query.app_id));
  if (!taken) return std::move(taken).error();
  auto chains = read_chains(in, on, table, found->ids);
  if (!chains) return std::move(chains).error();
  page.chains = std::move(*chains);
  // Nobody has got them if the answer is lost: they are ready again.
  auto stored = all->commit([rows = table.table, ids](connection& again) mutable -> result<void> {
    auto undone = again.ask("UPDATE " + rows + " SET record_status = 1 WHERE chain_id = ANY ($1) AND record_status = 2",
                            parameters::of(ids));
    return undone ? result<void>{} : std::move(undone).error();
  });
  if (!stored) return std::move(stored).error();
  return page;
}

result<list_counts> count_chains(session& in, const list_table& table) {
  auto all =
      cursor::open(in,
                   "SELECT count(*), coalesce(sum(records), 0)::bigint, count(*) FILTER (WHERE retrieved), count(*) FILTER "
                   "(WHERE ready AND NOT retrieved), (SELECT count(*) FROM instances WHERE list = $1 AND due_ms > 0) FROM "
                   "(SELECT count(*) AS records, bool_or(record_status = 2) AS retrieved, bool_or(record_status = 1) AS "
                   "ready FROM " +
                       table.table + " GROUP BY chain_id) AS chain",
                   parameters::of(std::int64_t{table.id}));
  if (!all) return std::move(all).error();
  auto counts = all->fetch();
  if (!counts) return std::move(counts).error();
  list_counts counted;
  counted.chains = counts->integer(0, 0);
  counted.records = counts->integer(0, 1);
  counted.chains_retrieved = counts->integer(0, 2);
  counted.chains_ready = counts->integer(0, 3);
  counted.chains_ended = counted.chains - counted.chains_retrieved - counted.chains_ready;
  counted.chains_passive = counts->integer(0, 4);
  return counted;
}

} // namespace chainring::dialer::postgres
