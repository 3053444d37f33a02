// people.hpp: whom the chains call: one record each, every column of it filled.
#pragma once

#include <cstdint>

#include "dialer/record.hpp"

namespace chainring::bench {

/// The list "bench": the 23 columns of OCS and one more.
dialer::calling_list form_of_list();

/// Chain number `n`, 1 or more: one record with all 23 columns, a number of twelve digits, and sixteen bytes in the user
/// column.
dialer::chain_of_records person(std::int64_t n);

} // namespace chainring::bench
