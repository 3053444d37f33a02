// batch.hpp: the writes of running chains, as store::commit has them.
#pragma once

#include <vector>

#include "dialer/store/sqlite/list_table.hpp"

namespace chainring::dialer::sqlite {

/// All in one transaction, sorted by list and chain; what belongs to one chain stays in the given order. A write that
/// cannot be done (an attempt that was made before, a row that is not there, a value out of range) refuses the batch.
commit_result commit_batch(database& file, const list_tables& tables, const std::vector<write>& batch);

} // namespace chainring::dialer::sqlite
