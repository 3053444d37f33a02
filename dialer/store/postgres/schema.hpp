// schema.hpp: from a session to a store of the current schema.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string_view>

#include "dialer/store/postgres/connection.hpp"
#include "dialer/store/store.hpp"

namespace chainring::dialer::postgres {

/// Step i makes schema i + 1 of schema i: the texts of dialer/store/schema/postgres_NNN.sql, built in.
std::span<const std::string_view> migrations();

/// Bounds of time, what a commit promises. Refuses a server that is too old, cannot be written, or has another encoding.
result<void> set_up_session(connection& on, durability promised);

/// The object id of the schema in which the store is: the first of search_path. Refuses what other programs have made, or a newer
/// chainring; migrates, under the lock of owners, which `lock` takes: not while a node works on the store.
result<std::int64_t> prepare_schema(connection& on, const std::function<result<void>(std::int64_t schema)>& lock);

} // namespace chainring::dialer::postgres
