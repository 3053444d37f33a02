// attempts.hpp: reading the attempts of a store, and ending those that a crash has left in flight.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string_view>
#include <vector>

#include "dialer/store/postgres/session.hpp"

namespace chainring::dialer::postgres {

/// By (started_ms, list name, record_id, n).
result<void> export_attempts(session& in, const std::function<bool(const attempt&, std::string_view)>& each);
/// By n.
result<std::vector<attempt>> attempts_of(session& in, list_id list, std::int64_t record_id);
/// The last one at each of the records that was ever called, by record_id.
result<std::map<std::int64_t, attempt>> last_attempts(connection& on, list_id list, const std::vector<std::int64_t>& records);
/// Unknown ones that ended at since_ms or later.
result<std::vector<attempt>> unknown_attempts(session& in, list_id list, std::int64_t since_ms);
/// As store::latest_attempt_ms.
result<std::int64_t> latest_attempt_ms(session& in);
/// As store::recover, for chains of these shards.
result<std::vector<attempt>> recover_list(session& in, const list_table& table, const std::optional<array>& shards,
                                          std::int64_t at_ms, const store::history_of_end& history);

} // namespace chainring::dialer::postgres
