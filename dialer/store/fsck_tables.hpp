// fsck_tables.hpp: invariants of the tables, each a SELECT of what breaks it, for every database.
#pragma once

#include "dialer/record.hpp"
#include "dialer/store/fsck_kinds.hpp"
#include "dialer/store/store_view.hpp"

namespace chainring::dialer::fsck {

/// Whatever the lists.
result<void> check_common_tables(store_view& in, findings& out);
/// Rows and attempts of one list, ends and saved chains without their bytes. `epoch`: of the store's last owner.
result<void> check_list(store_view& in, list_id id, const calling_list& form, const fsck_terms& terms, std::int64_t epoch,
                        findings& out);

} // namespace chainring::dialer::fsck
