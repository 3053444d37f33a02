// batch.hpp: the writes of running chains, as store::commit has them.
#pragma once

#include <vector>

#include "dialer/store/sqlite/list_table.hpp"

namespace chainring::dialer::sqlite {

/// Who works on the store: what every commit stands under.
struct ownership {
  std::int64_t epoch = 0;            // 0: nobody has asked to own it
  std::uint64_t handles_reserved = 0; // record handles below need no reservation any more
};

/// As store::own.
result<ownership> take_over(database& file, std::string_view node);

/// All in one transaction, sorted by list and chain; what belongs to one chain stays in the given order. A write that
/// cannot be done (an attempt that was made before, a row that is not there, a value out of range) refuses the batch.
commit_result commit_batch(database& file, const list_tables& tables, ownership& owner, const std::vector<write>& batch);

} // namespace chainring::dialer::sqlite
