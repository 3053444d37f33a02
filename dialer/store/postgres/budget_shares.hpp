// budget_shares.hpp: what members have of budgets that all of them share, for membership.cpp.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "dialer/store/postgres/session.hpp"
#include "dialer/store/shared_store.hpp"

namespace chainring::dialer::postgres {

/// As membership::share_budgets, of the member `epoch`.
result<budget_shares> share_budgets(session& in, std::int64_t epoch, const std::vector<budget_share>& own);
/// As membership::claim_shares.
result<std::vector<share_units>> claim_shares(session& in, std::int64_t epoch, const std::vector<share_claim>& wanted);

} // namespace chainring::dialer::postgres
