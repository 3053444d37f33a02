// instances.hpp: chains as they were saved last, with the documents that they need.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "dialer/store/sqlite/database.hpp"
#include "dialer/store/sqlite/list_table.hpp"
#include "dialer/store/store.hpp"

namespace chainring::dialer::sqlite {

/// Within a transaction. False: one that is not older is there, and stays.
result<bool> put_instance(database& file, const write_instance& w, std::int64_t epoch);
result<void> forget_instance(database& file, list_id list, std::int64_t chain_id);

/// Some chain of the list is saved.
result<bool> has_instances(database& file, list_id list);
/// Those above `after`, ascending, none of them passive.
result<std::vector<std::int64_t>> chains_put_away(database& file, list_id list, std::int64_t after, std::int32_t most);
/// With the last attempts at its records; null: none. `epoch`: the store's owner.
result<std::shared_ptr<const saved_instance>> find_instance(database& file, list_id list, const chain_of_records& chain,
                                                            std::int64_t epoch);

/// As store::activate.
result<passive_page> activate(database& file, const list_table& table, const passive_query& query, std::int64_t epoch);
result<std::int64_t> count_passive(database& file, list_id list);

/// As store::documents.
result<std::vector<kept_document>> documents(database& file);
/// As store::handles_end.
result<std::uint64_t> handles_end(database& file);

} // namespace chainring::dialer::sqlite
