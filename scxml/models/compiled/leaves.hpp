// leaves.hpp: most operators stand between two values that are simply there: `attempts < 3`, `_event.data.callresult == 'Busy'`.
#pragma once

#include <cstddef>
#include <vector>

#include "scxml/models/compiled/program.hpp"

namespace chainring::scxml::compiled_model {

/// Makes one step of two leaves (is_leaf()) and the operator behind them, wherever no jump leads between them. `first`: where the
/// expression begins that was added last; jumps are counted from there.
void join_leaves(std::vector<step>& steps, std::size_t first);

} // namespace chainring::scxml::compiled_model
