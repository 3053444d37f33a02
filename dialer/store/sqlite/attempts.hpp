// attempts.hpp: reading the attempts of a store, and ending those that a crash has left in flight.
#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "dialer/store/sqlite/list_table.hpp"

namespace chainring::dialer::sqlite {

/// By (started_ms, list name, record_id, n).
result<void> export_attempts(database& file, const std::function<bool(const attempt&, std::string_view)>& each);
/// By n.
result<std::vector<attempt>> attempts_of(database& file, list_id list, std::int64_t record_id);
/// Unknown ones that ended at since_ms or later.
result<std::vector<attempt>> unknown_attempts(database& file, list_id list, std::int64_t since_ms);
/// As store::latest_attempt_ms.
result<std::int64_t> latest_attempt_ms(database& file);
/// As store::recover.
result<std::vector<attempt>> recover_list(database& file, const list_table& table, std::int64_t at_ms,
                                          const store::history_of_end& history);

} // namespace chainring::dialer::sqlite
