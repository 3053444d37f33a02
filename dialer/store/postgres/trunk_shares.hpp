// trunk_shares.hpp: what members have of trunks that all of them use, for membership.cpp.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "dialer/store/postgres/session.hpp"
#include "dialer/store/shared_store.hpp"

namespace chainring::dialer::postgres {

/// As membership::share_trunks, of the member `epoch`.
result<trunk_shares> share_trunks(session& in, std::int64_t epoch, const std::vector<trunk_share>& own);
/// As membership::claim_trunk.
result<trunk_units> claim_trunk(session& in, std::int64_t epoch, std::string_view trunk, const trunk_units& more);

} // namespace chainring::dialer::postgres
