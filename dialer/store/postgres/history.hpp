// history.hpp: the outbox of history records, read and emptied by who posts them.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dialer/store/postgres/session.hpp"

namespace chainring::dialer::postgres {

/// Within the transaction of the attempt.
result<void> add_history(connection& on, list_id list, std::int64_t chain_id, const history_post& post);
result<std::vector<waiting_post>> waiting_history(session& in, std::string_view uri, std::int32_t most,
                                                  const std::vector<std::int64_t>& passed_over);
/// All receivers; of a member of a cluster the posts of its own chains are counted, which may be none.
result<std::vector<std::pair<std::string, std::int64_t>>> history_receivers(session& in);
result<void> remove_history(session& in, const std::vector<std::int64_t>& ids);

} // namespace chainring::dialer::postgres
