// ready.cpp: one pass over the clustered table, from where the last one stopped.
#include "dialer/store/sqlite/ready.hpp"

#include <algorithm>

#include "dialer/limits.hpp"
#include "dialer/store/sqlite/columns.hpp"
#include "dialer/store/sqlite/instances.hpp"
#include "dialer/store/sqlite/transaction.hpp"

namespace chainring::dialer::sqlite {

namespace {

bool is_ready(const chain_of_records& chain) {
  bool some_ready = false;
  for (const record& row : chain.records) {
    if (row.record_status == record_status::retrieved) return false;
    some_ready |= row.record_status == record_status::ready;
  }
  return some_ready;
}

result<ready_page> find_ready(database& file, const list_table& table, const ready_query& query) {
  auto asked = file.prepare(table.select_page);
  if (!asked) return asked.error();
  asked->bind(1, query.after_chain_id);
  const auto chains_max = static_cast<std::size_t>(std::max(query.chains_max, 0));
  ready_page page{{}, query.after_chain_id, true};
  chain_of_records chain;
  const auto take = [&] {
    if (chain.records.empty()) return;
    page.looked_to = chain.chain_id;
    if (is_ready(chain)) page.chains.push_back(std::move(chain));
    chain.records.clear();
  };
  for (std::int64_t rows = 0; page.chains.size() < chains_max; ++rows) {
    auto row = asked->step();
    if (!row) return row.error();
    page.more = *row;
    if (!*row) take();
    if (!*row) break;
    record read = read_record(*asked, table.form);
    if (read.chain_id != chain.chain_id) {
      take();
      if (rows >= limits::rows_looked_at_max) break;
    }
    chain.chain_id = read.chain_id;
    chain.records.push_back(std::move(read));
  }
  return page;
}

result<ready_page> find_put_away(database& file, const list_table& table, const ready_query& query) {
  ready_page page{{}, query.after_chain_id, true};
  for (std::int64_t rows = 0; page.chains.empty() && rows < limits::rows_looked_at_max;) { // those at work are passed over
    const auto ids = chains_put_away(file, table.id, page.looked_to, query.chains_max);
    if (!ids) return ids.error();
    page.more = !ids->empty();
    if (ids->empty()) break;
    page.looked_to = ids->back();
    for (const auto id : *ids) {
      auto records = read_rows(file, table, table.select_chain, id);
      if (!records) return records.error();
      rows += static_cast<std::int64_t>(records->size());
      chain_of_records chain{id, std::move(*records), {}};
      if (is_ready(chain)) page.chains.push_back(std::move(chain));
    }
  }
  return page;
}

} // namespace

result<ready_page> take_ready_chains(database& file, const list_table& table, const ready_query& query, std::int64_t epoch) {
  auto all = transaction::begin(file);
  if (!all) return all.error();
  auto found = query.put_away_only ? find_put_away(file, table, query) : find_ready(file, table, query);
  if (!found) return found;
  const auto some_put_away = has_instances(file, table.id);
  if (!some_put_away) return some_put_away.error();
  for (chain_of_records& chain : found->chains) {
    if (!*some_put_away) break;
    auto saved = find_instance(file, table.id, chain, epoch);
    if (!saved) return saved.error();
    chain.saved = std::move(*saved);
  }
  auto retrieved = file.prepare(table.retrieve_chain);
  if (!retrieved) return retrieved.error();
  for (chain_of_records& chain : found->chains) {
    retrieved->bind(1, query.app_id);
    retrieved->bind(2, chain.chain_id);
    if (auto done = retrieved->run(); !done) return done.error();
    for (record& row : chain.records)
      if (row.record_status == record_status::ready)
        row.record_status = record_status::retrieved, row.app_id = query.app_id;
  }
  if (auto done = all->commit(); !done) return done.error();
  return found;
}

result<list_counts> count_chains(database& file, const list_table& table) {
  auto asked = file.prepare("SELECT count(*), coalesce(sum(records), 0), coalesce(sum(retrieved), 0), "
                            "coalesce(sum(ready AND NOT retrieved), 0) FROM (SELECT count(*) AS records, "
                            "max(record_status = 2) AS retrieved, max(record_status = 1) AS ready FROM " +
                            table.table + " GROUP BY chain_id)");
  if (!asked) return asked.error();
  if (auto row = asked->step(); !row) return row.error();
  list_counts counted;
  counted.chains = asked->integer(0);
  counted.records = asked->integer(1);
  counted.chains_retrieved = asked->integer(2);
  counted.chains_ready = asked->integer(3);
  counted.chains_ended = counted.chains - counted.chains_retrieved - counted.chains_ready;
  const auto passive = count_passive(file, table.id);
  if (!passive) return passive.error();
  counted.chains_passive = *passive;
  return counted;
}

} // namespace chainring::dialer::sqlite
