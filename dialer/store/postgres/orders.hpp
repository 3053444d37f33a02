// orders.hpp: what was ordered last of each campaign, for all members.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "dialer/store/postgres/session.hpp"
#include "dialer/store/shared_store.hpp"

namespace chainring::dialer::postgres {

// As in shared_store.hpp.
result<std::optional<standing_order>> order_of(session& in, std::string_view campaign, std::string_view what);
result<std::optional<standing_order>> give_order(session& in, std::string_view campaign, std::string_view what, std::int64_t value,
                                                 std::int64_t instead_of);
result<std::vector<standing_order>> orders_since(session& in, std::int64_t since);

} // namespace chainring::dialer::postgres
