// history.cpp: the table of history records.
#include "dialer/store/postgres/history.hpp"

namespace chainring::dialer::postgres {

result<void> add_history(connection& on, list_id list, std::int64_t chain_id, const history_post& post) {
  auto added = on.ask("INSERT INTO history (uri, list, chain_id, body) VALUES ($1, $2, $3, $4)",
                      parameters::of(post.uri, std::int64_t{list}, chain_id, post.body));
  return added ? result<void>{} : std::move(added).error();
}

result<std::vector<waiting_post>> waiting_history(session& in, std::string_view uri, std::int32_t most,
                                                  const std::vector<std::int64_t>& passed_over) {
  array left_out(element::integer);
  for (const auto id : passed_over) left_out.add(id);
  // A chain's record waits until the one before it is gone. Of several nodes each sends those of its shards.
  auto asked = in.ask("SELECT id, list, chain_id, body FROM history AS h WHERE uri = $1 AND NOT EXISTS (SELECT 1 FROM history "
                          "AS earlier WHERE earlier.list = h.list AND earlier.chain_id = h.chain_id AND earlier.id < h.id AND "
                          "earlier.uri = h.uri) AND id <> ALL ($3) AND " +
                            of_shards("list", "chain_id", 4) + " ORDER BY id LIMIT $2",
                          parameters::of(uri, std::int64_t{most}, left_out, in.shards()));
  if (!asked) return std::move(asked).error();
  std::vector<waiting_post> read;
  for (int row = 0; row < asked->rows(); ++row)
    read.push_back({asked->integer(row, 0), static_cast<list_id>(asked->integer(row, 1)), asked->integer(row, 2),
                    std::string(asked->text(row, 3))});
  return read;
}

result<std::vector<std::pair<std::string, std::int64_t>>> history_receivers(session& in) {
  auto all = cursor::open(in,
                          "SELECT uri, count(*) FILTER (WHERE " + of_shards("list", "chain_id", 1) +
                            ") FROM history GROUP BY uri ORDER BY uri",
                          parameters::of(in.shards()));
  if (!all) return std::move(all).error();
  std::vector<std::pair<std::string, std::int64_t>> read;
  for (;;) {
    auto part = all->fetch();
    if (!part) return std::move(part).error();
    if (part->rows() == 0) return read;
    for (int row = 0; row < part->rows(); ++row) read.emplace_back(part->text(row, 0), part->integer(row, 1));
  }
}

// One statement, which can be done again: an unknown end of it is nobody's loss.
result<void> remove_history(session& in, const std::vector<std::int64_t>& ids) {
  if (ids.empty()) return {};
  array gone(element::integer);
  for (const auto id : ids) gone.add(id);
  auto removed = in.ask("DELETE FROM history WHERE id = ANY ($1)", parameters::of(gone));
  return removed ? result<void>{} : std::move(removed).error();
}

} // namespace chainring::dialer::postgres
