// row_changes.hpp: what changes in the rows of a chain, from one save of the chain to the next.
#pragma once

#include "dialer/store/store.hpp"
#include "scxml/rare_list.hpp"

namespace chainring::dialer {

/// As if both were written, `later` after what `changes` has of the same row.
void add_change(scxml::rare_list<write_row>& changes, write_row later);

} // namespace chainring::dialer
