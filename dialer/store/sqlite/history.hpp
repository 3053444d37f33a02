// history.hpp: the outbox of history records: written with attempts, read and emptied by who posts them.
#pragma once

#include <string_view>
#include <utility>
#include <vector>

#include "dialer/store/sqlite/database.hpp"
#include "dialer/store/store.hpp"

namespace chainring::dialer::sqlite {

/// Within the transaction of the attempt.
result<void> add_history(database& file, list_id list, std::int64_t chain_id, const history_post& post);
result<std::vector<waiting_post>> waiting_history(database& file, std::string_view uri, std::int32_t most,
                                                   const std::vector<std::int64_t>& passed_over);
result<std::vector<std::pair<std::string, std::int64_t>>> history_receivers(database& file);
result<void> remove_history(database& file, const std::vector<std::int64_t>& ids);

} // namespace chainring::dialer::sqlite
