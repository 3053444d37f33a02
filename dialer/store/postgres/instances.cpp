// instances.cpp: see instances.hpp.
#include "dialer/store/postgres/instances.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "dialer/store/postgres/attempts.hpp"
#include "dialer/store/postgres/columns.hpp"

namespace chainring::dialer::postgres {

namespace {

array array_of(const std::vector<std::int64_t>& numbers) {
  array all(element::integer);
  for (const auto one : numbers) all.add(one);
  return all;
}

/// What was saved of them, by chain.
result<std::map<std::int64_t, std::shared_ptr<saved_instance>>> read_saved(session& in, connection& on, list_id list,
                                                                           const std::vector<std::int64_t>& ids) {
  auto wanted = array_of(ids);
  auto asked = on.ask("SELECT i.* FROM unnest($2::bigint[]) AS u (id) CROSS JOIN LATERAL (SELECT chain_id, bytes, version, epoch, "
                      "due_ms FROM instances WHERE list = $1 AND chain_id = u.id OFFSET 0) AS i",
                      parameters::of(std::int64_t{list}, wanted));
  if (!asked) return std::move(asked).error();
  std::map<std::int64_t, std::shared_ptr<saved_instance>> found;
  for (int row = 0; row < asked->rows(); ++row) {
    auto saved = std::make_shared<saved_instance>();
    saved->bytes = asked->text(row, 1);
    saved->version = static_cast<std::uint32_t>(asked->integer(row, 2));
    saved->by_this_owner = in.epoch() != 0 && asked->integer(row, 3) == in.epoch();
    saved->due_ms = asked->integer(row, 4);
    found.emplace(asked->integer(row, 0), std::move(saved));
  }
  return found;
}

} // namespace

result<std::vector<chain_of_records>> read_chains(session& in, connection& on, const list_table& table,
                                                  const std::vector<std::int64_t>& ids) {
  std::vector<chain_of_records> chains;
  if (ids.empty()) return chains;
  auto wanted = array_of(ids);
  auto rows = read_rows(on, table, table.select_chains, parameters::of(wanted));
  if (!rows) return std::move(rows).error();
  for (auto& row : *rows) {
    if (chains.empty() || chains.back().chain_id != row.chain_id) chains.push_back({row.chain_id, {}, {}});
    chains.back().records.push_back(std::move(row));
  }
  auto saved = read_saved(in, on, table.id, ids);
  if (!saved) return std::move(saved).error();
  std::vector<std::int64_t> called;
  for (auto& chain : chains)
    if (saved->contains(chain.chain_id))
      for (const auto& one : chain.records)
        if (one.attempt > 0) called.push_back(one.record_id);
  auto last = last_attempts(on, table.id, called);
  if (!last) return std::move(last).error();
  for (auto& chain : chains) {
    const auto found = saved->find(chain.chain_id);
    if (found == saved->end()) continue;
    for (const auto& one : chain.records)
      if (const auto made = last->find(one.record_id); made != last->end()) found->second->last_attempts.push_back(made->second);
    chain.saved = found->second;
  }
  return chains;
}

namespace {

/// Chains and when they are due. Of those that are due by then, one more than wanted: it shows when the next is.
result<answer> find_passive(const session& in, connection& on, list_id list, const passive_query& query) {
  const std::string select =
      "SELECT chain_id, due_ms FROM instances WHERE list = $1 AND due_ms > 0 AND " + of_shards("list", "chain_id", 2);
  const auto id = std::int64_t{list}, most = std::int64_t{query.chains_max};
  auto shards = in.shards();
  if (shards && query.listening_after) shards = postgres::array_of(in.worked_on() & query.listening_in);
  if (query.chain_id) return on.ask(select + " AND chain_id = $3", parameters::of(id, shards, *query.chain_id));
  if (query.listening_after)
    return on.ask(select + " AND listens AND chain_id > $3 ORDER BY chain_id LIMIT $4",
                  parameters::of(id, shards, *query.listening_after, most));
  return on.ask(select + " ORDER BY due_ms, chain_id LIMIT $3", parameters::of(id, shards, most + 1));
}

} // namespace

result<passive_page> activate(session& in, const list_table& table, const passive_query& query) {
  auto all = begin_admitted(in);
  if (!all) return std::move(all).error();
  auto& on = all->on();
  auto found = find_passive(in, on, table.id, query);
  if (!found) return std::move(found).error();
  passive_page page;
  std::vector<std::int64_t> ids, due;
  for (int row = 0; row < found->rows(); ++row) {
    const bool is_due = found->integer(row, 1) <= query.at_ms && row < query.chains_max;
    if (!is_due && !query.chain_id && !query.listening_after) {
      page.next_due_ms = found->integer(row, 1);
      break;
    }
    ids.push_back(found->integer(row, 0));
    due.push_back(found->integer(row, 1));
  }
  if (ids.empty()) return page;
  auto chains = read_chains(in, on, table, ids);
  if (!chains) return std::move(chains).error();
  for (const auto id : ids) { // in the order in which they are due
    const auto at = std::lower_bound(chains->begin(), chains->end(), id, [](const auto& c, auto key) { return c.chain_id < key; });
    if (at != chains->end() && at->chain_id == id) page.chains.push_back(std::move(*at));
    else page.chains.push_back({id, {}, {}});
  }
  auto wanted = array_of(ids), at = array_of(due);
  all->look_up_by_key();
  if (auto set = on.settle(); !set) return std::move(set).error();
  auto woken = on.ask("UPDATE instances AS i SET due_ms = 0 FROM unnest($2::bigint[]) AS u (id) WHERE i.list = $1 AND "
                      "i.chain_id = u.id",
                      parameters::of(std::int64_t{table.id}, wanted));
  if (!woken) return std::move(woken).error();
  // Nobody has got them if the answer is lost: they are passive again.
  auto stored = all->commit([list = std::int64_t{table.id}, wanted, at](connection& again) mutable -> result<void> {
    auto undone = again.ask("UPDATE instances AS i SET due_ms = u.due_ms FROM unnest($2::bigint[], $3::bigint[]) AS u (chain_id, "
                            "due_ms) WHERE i.list = $1 AND i.chain_id = u.chain_id AND i.due_ms = 0",
                            parameters::of(list, wanted, at));
    return undone ? result<void>{} : std::move(undone).error();
  });
  if (!stored) return std::move(stored).error();
  return page;
}

result<std::vector<kept_document>> documents(session& in) {
  if (!in.is_shared()) // another member may be about to save a chain that needs one
    if (auto gone = in.ask("DELETE FROM documents WHERE NOT EXISTS (SELECT 1 FROM instances)"); !gone)
      return std::move(gone).error();
  auto asked = in.ask("SELECT hash, bytes FROM documents ORDER BY hash");
  if (!asked) return std::move(asked).error();
  std::vector<kept_document> read;
  for (int row = 0; row < asked->rows(); ++row)
    read.push_back({std::string(asked->text(row, 0)), std::string(asked->text(row, 1))});
  return read;
}

result<std::uint64_t> handles_end(session& in) {
  auto asked = in.ask("SELECT coalesce((SELECT value::bigint FROM meta WHERE key = 'handles_end'), 1)");
  if (!asked) return std::move(asked).error();
  return static_cast<std::uint64_t>(asked->integer(0, 0));
}

} // namespace chainring::dialer::postgres
