// attempts.cpp: the table of attempts, read.
#include "dialer/store/sqlite/attempts.hpp"

#include "dialer/store/sqlite/history.hpp"
#include "dialer/store/sqlite/transaction.hpp"

namespace chainring::dialer::sqlite {

namespace {

constexpr std::string_view select_sorted =
  "SELECT list, record_id, n, chain_id, chain_n, epoch, state, contact_info, trunk, started_ms, ended_ms, result, name "
  "FROM attempts JOIN lists ON lists.id = list ORDER BY started_ms, name, record_id, n";
constexpr std::string_view select_of_record =
  "SELECT list, record_id, n, chain_id, chain_n, epoch, state, contact_info, trunk, started_ms, ended_ms, result "
  "FROM attempts WHERE list = ?1 AND record_id = ?2 ORDER BY n";
constexpr std::string_view select_in_flight =
  "SELECT list, record_id, n, chain_id, chain_n, epoch, state, contact_info, trunk, started_ms, ended_ms, result "
  "FROM attempts WHERE list = ?1 AND state < 2 ORDER BY record_id, n";
constexpr std::string_view select_unknown =
  "SELECT list, record_id, n, chain_id, chain_n, epoch, state, contact_info, trunk, started_ms, ended_ms, result "
  "FROM attempts WHERE list = ?1 AND state = 3 AND ended_ms >= ?2 ORDER BY record_id, n";
constexpr std::string_view end_as_unknown =
  "UPDATE attempts SET state = 3, ended_ms = ?1 WHERE list = ?2 AND record_id = ?3 AND n = ?4";

constexpr int name_column = 12;

attempt read_attempt(const statement& from) {
  attempt a;
  a.list = static_cast<list_id>(from.integer(0));
  a.record_id = from.integer(1);
  a.n = static_cast<std::int32_t>(from.integer(2));
  a.chain_id = from.integer(3);
  a.chain_n = static_cast<std::int32_t>(from.integer(4));
  a.epoch = from.integer(5);
  a.state = static_cast<attempt_state>(from.integer(6));
  a.contact_info = from.text(7);
  a.trunk = from.text(8);
  a.started_ms = from.integer(9);
  a.ended_ms = from.integer(10);
  if (!from.is_null(11)) a.result = call_result_from_code(from.integer(11));
  return a;
}

result<std::vector<attempt>> read_all(statement& from) {
  std::vector<attempt> read;
  for (;;) {
    auto row = from.step();
    if (!row) return row.error();
    if (!*row) return read;
    read.push_back(read_attempt(from));
  }
}

} // namespace

result<void> export_attempts(database& file, const std::function<bool(const attempt&, std::string_view)>& each) {
  auto asked = file.prepare(select_sorted);
  if (!asked) return asked.error();
  for (;;) {
    auto row = asked->step();
    if (!row) return row.error();
    if (!*row || !each(read_attempt(*asked), asked->text(name_column))) return {};
  }
}

result<std::vector<attempt>> attempts_of(database& file, list_id list, std::int64_t record_id) {
  auto asked = file.prepare(select_of_record);
  if (!asked) return asked.error();
  asked->bind(1, std::int64_t{list});
  asked->bind(2, record_id);
  return read_all(*asked);
}

result<std::vector<attempt>> unknown_attempts(database& file, list_id list, std::int64_t since_ms) {
  auto asked = file.prepare(select_unknown);
  if (!asked) return asked.error();
  asked->bind(1, std::int64_t{list});
  asked->bind(2, since_ms);
  return read_all(*asked);
}

result<std::int64_t> latest_attempt_ms(database& file) {
  return file.integer_of("SELECT coalesce(max(max(started_ms, ended_ms)), 0) FROM attempts");
}

result<std::vector<attempt>> recover_list(database& file, const list_table& table, std::int64_t at_ms,
                                          const store::history_of_end& history) {
  auto all = transaction::begin(file);
  if (!all) return all.error();
  auto asked = file.prepare(select_in_flight);
  if (!asked) return asked.error();
  asked->bind(1, std::int64_t{table.id});
  auto in_flight = read_all(*asked);
  if (!in_flight) return in_flight;
  auto ended = file.prepare(end_as_unknown);
  if (!ended) return ended.error();
  for (attempt& a : *in_flight) {
    a.state = attempt_state::unknown;
    a.ended_ms = at_ms;
    ended->bind(1, at_ms);
    ended->bind(2, std::int64_t{a.list});
    ended->bind(3, a.record_id);
    ended->bind(4, std::int64_t{a.n});
    if (auto done = ended->run(); !done) return done.error();
    if (const auto post = history ? history(a) : nullptr)
      if (auto done = add_history(file, a.list, a.chain_id, *post); !done) return done.error();
  }
  auto freed = file.prepare("UPDATE " + table.table +
                            " SET record_status = 1 WHERE record_status = 2 AND NOT EXISTS "
                            "(SELECT 1 FROM instances AS i WHERE i.list = ?1 AND i.chain_id = " +
                            table.table + ".chain_id AND i.due_ms > 0)");
  if (!freed) return freed.error();
  freed->bind(1, std::int64_t{table.id});
  if (auto done = freed->run(); !done) return done.error();
  if (auto done = all->commit(); !done) return done.error();
  return in_flight;
}

} // namespace chainring::dialer::sqlite
