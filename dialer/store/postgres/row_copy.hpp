// row_copy.hpp: a copy of a store on a server row by row, from a snapshot, into a store in a file. It is of the instant at which it
// began.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "dialer/store/postgres/session.hpp"
#include "dialer/store/store_copy.hpp"

namespace chainring::dialer::postgres {

/// Into an empty file. It has a connection of its own.
result<std::unique_ptr<store_copy>> begin_row_copy(session& of, const std::string& path);

} // namespace chainring::dialer::postgres
