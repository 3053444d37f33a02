// fill.hpp: an empty store on a server gets everything that a store in a file holds: a restore.
#pragma once

#include <string>

#include "dialer/store/store.hpp"

namespace chainring::dialer::postgres {

/// One transaction: all of it or nothing. Refused unless the store at `uri` is empty and nobody owns it. Its epoch is above
/// both its own and that of `from`.
result<void> fill_server(const std::string& uri, store& from);

} // namespace chainring::dialer::postgres
