// view.hpp: a store on a server to be looked through: a snapshot on a connection of its own, so that whoever works with the store
// works on.
#pragma once

#include <memory>

#include "dialer/store/postgres/session.hpp"
#include "dialer/store/store_view.hpp"

namespace chainring::dialer::postgres {

result<std::unique_ptr<store_view>> view_of(const session& of);

} // namespace chainring::dialer::postgres
