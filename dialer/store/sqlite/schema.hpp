// schema.hpp: from an opened file to a store of the current schema that nobody else can open.
#pragma once

#include <span>
#include <string_view>

#include "dialer/store/sqlite/database.hpp"

namespace chainring::dialer::sqlite {

/// In the file's header, so that other programs' databases are told apart: "chrg".
inline constexpr std::int64_t application_id = 0x63687267;

/// Step i makes schema i + 1 of schema i: the texts of dialer/store/schema/sqlite_NNN.sql, built in.
std::span<const std::string_view> migrations();

/// Locks the file, refuses what is no store of ours or was written by a newer program, migrates.
result<void> prepare_schema(database& file);

} // namespace chainring::dialer::sqlite
