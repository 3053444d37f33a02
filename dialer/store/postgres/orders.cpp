// orders.cpp: see orders.hpp.
#include "dialer/store/postgres/orders.hpp"

#include <string>
#include <utility>

namespace chainring::dialer::postgres {

namespace {

standing_order order_in(const answer& from, int row) {
  return {std::string(from.text(row, 0)), std::string(from.text(row, 1)), from.integer(row, 2), from.integer(row, 3)};
}

std::optional<standing_order> first_of(const answer& from) {
  return from.rows() > 0 ? std::optional(order_in(from, 0)) : std::nullopt;
}

} // namespace

result<std::optional<standing_order>> order_of(session& in, std::string_view campaign, std::string_view what) {
  auto found = in.ask("SELECT campaign, what, value, change FROM orders WHERE campaign = $1 AND what = $2",
                      parameters::of(campaign, what));
  if (!found) return std::move(found).error();
  return first_of(*found);
}

result<std::optional<standing_order>> give_order(session& in, std::string_view campaign, std::string_view what, std::int64_t value,
                                                 std::int64_t instead_of) {
  // The row of the last number is locked until this is committed: numbers are visible in their order. A row that was there before
  // is changed only if it is the one that was meant.
  auto given = in.ask("WITH now AS (INSERT INTO meta AS m (key, value) VALUES ('order_change', '1') ON CONFLICT (key) DO UPDATE "
                      "SET value = (m.value::bigint + 1)::text RETURNING value::bigint AS change) INSERT INTO orders AS o "
                      "(campaign, what, value, change) SELECT $1, $2, $3, now.change FROM now ON CONFLICT (campaign, what) DO "
                      "UPDATE SET value = excluded.value, change = excluded.change WHERE o.change = $4 RETURNING campaign, what, "
                      "value, change",
                      parameters::of(campaign, what, value, instead_of));
  if (!given) return std::move(given).error();
  return first_of(*given);
}

result<std::vector<standing_order>> orders_since(session& in, std::int64_t since) {
  auto found = in.ask("SELECT campaign, what, value, change FROM orders WHERE change > $1 ORDER BY change", parameters::of(since));
  if (!found) return std::move(found).error();
  std::vector<standing_order> all;
  for (int row = 0; row < found->rows(); ++row) all.push_back(order_in(*found, row));
  return all;
}

} // namespace chainring::dialer::postgres
