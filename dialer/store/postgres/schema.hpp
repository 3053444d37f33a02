// schema.hpp: from a session to a store of the current schema.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "dialer/store/postgres/connection.hpp"
#include "dialer/store/store.hpp"

namespace chainring::dialer::postgres {

/// Step i makes schema i + 1 of schema i: the texts of dialer/store/schema/postgres_NNN.sql, built in.
std::span<const std::string_view> migrations();

/// Bounds of time, what a commit promises. Refuses a server that is too old, cannot be written, or has another encoding.
result<void> set_up_session(connection& on, durability promised);

/// Of the advisory lock that who works alone on a store has, and members share.
std::int64_t owners_lock(std::int64_t schema);

/// The object id of the schema in which the store is: the first of search_path. Refuses what other programs have made, and what a
/// newer chainring has made that this one cannot work on. Migrates: beside members whose versions can go on, or while nobody works
/// on the store.
result<std::int64_t> prepare_schema(connection& on);

} // namespace chainring::dialer::postgres
