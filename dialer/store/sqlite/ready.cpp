// ready.cpp: one pass over the clustered table, from where the last one stopped.
#include "dialer/store/sqlite/ready.hpp"

#include <algorithm>

#include "dialer/store/sqlite/columns.hpp"
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

result<std::vector<chain_of_records>> find_ready(database& file, const list_table& table, const ready_query& query) {
  auto asked = file.prepare(table.select_page);
  if (!asked) return asked.error();
  asked->bind(1, query.after_chain_id);
  const auto chains_max = static_cast<std::size_t>(std::max(query.chains_max, 0));
  std::vector<chain_of_records> found;
  chain_of_records chain;
  while (found.size() < chains_max) {
    auto row = asked->step();
    if (!row) return row.error();
    if (!*row) {
      if (is_ready(chain)) found.push_back(std::move(chain));
      break;
    }
    record read = read_record(*asked, table.form);
    if (!chain.records.empty() && read.chain_id != chain.chain_id) {
      if (is_ready(chain)) found.push_back(std::move(chain));
      chain.records.clear();
    }
    chain.chain_id = read.chain_id;
    chain.records.push_back(std::move(read));
  }
  return found;
}

} // namespace

result<std::vector<chain_of_records>> take_ready_chains(database& file, const list_table& table,
                                                        const ready_query& query) {
  auto all = transaction::begin(file);
  if (!all) return all.error();
  auto found = find_ready(file, table, query);
  if (!found) return found;
  auto retrieved = file.prepare(table.retrieve_chain);
  if (!retrieved) return retrieved.error();
  for (chain_of_records& chain : *found) {
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
  return counted;
}

} // namespace chainring::dialer::sqlite
