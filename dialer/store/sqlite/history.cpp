// history.cpp: the table of history records.
#include "dialer/store/sqlite/history.hpp"

#include <algorithm>

#include "dialer/store/sqlite/transaction.hpp"

namespace chainring::dialer::sqlite {

namespace {

// A chain's record waits until the one before it is gone.
constexpr std::string_view select_first_of_chains =
  "SELECT id, list, chain_id, body FROM history AS h WHERE uri = ?1 AND NOT EXISTS (SELECT 1 FROM history AS earlier "
  "WHERE earlier.list = h.list AND earlier.chain_id = h.chain_id AND earlier.id < h.id AND earlier.uri = h.uri) "
  "ORDER BY id";

} // namespace

result<void> add_history(database& file, list_id list, std::int64_t chain_id, const history_post& post) {
  auto added = file.prepare("INSERT INTO history (uri, list, chain_id, body) VALUES (?1, ?2, ?3, ?4)");
  if (!added) return added.error();
  added->bind(1, std::string_view(post.uri));
  added->bind(2, std::int64_t{list});
  added->bind(3, chain_id);
  added->bind(4, std::string_view(post.body));
  return added->run();
}

result<std::vector<waiting_post>> waiting_history(database& file, std::string_view uri, std::int32_t most,
                                                   const std::vector<std::int64_t>& passed_over) {
  auto asked = file.prepare(select_first_of_chains);
  if (!asked) return asked.error();
  asked->bind(1, uri);
  std::vector<waiting_post> read;
  while (std::ssize(read) < most) {
    auto row = asked->step();
    if (!row) return row.error();
    if (!*row) break;
    if (std::binary_search(passed_over.begin(), passed_over.end(), asked->integer(0))) continue;
    read.push_back({asked->integer(0), static_cast<list_id>(asked->integer(1)), asked->integer(2), std::string(asked->text(3))});
  }
  return read;
}

result<std::vector<std::pair<std::string, std::int64_t>>> history_receivers(database& file) {
  auto asked = file.prepare("SELECT uri, count(*) FROM history GROUP BY uri ORDER BY uri");
  if (!asked) return asked.error();
  std::vector<std::pair<std::string, std::int64_t>> read;
  for (;;) {
    auto row = asked->step();
    if (!row) return row.error();
    if (!*row) return read;
    read.emplace_back(asked->text(0), asked->integer(1));
  }
}

result<void> remove_history(database& file, const std::vector<std::int64_t>& ids) {
  if (ids.empty()) return {};
  auto all = transaction::begin(file);
  if (!all) return all.error();
  auto removed = file.prepare("DELETE FROM history WHERE id = ?1");
  if (!removed) return removed.error();
  for (const auto id : ids) {
    removed->bind(1, id);
    if (auto done = removed->run(); !done) return done;
  }
  return all->commit();
}

} // namespace chainring::dialer::sqlite
