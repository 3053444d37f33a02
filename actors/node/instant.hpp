// instant.hpp: instants and times of day as people write them on the command line and in the configuration.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace chainring::actors {

/// RFC 3339, "2026-01-05T15:00:00Z" or with an offset, in epoch milliseconds; nothing for anything else. Years 1970 to
/// 2262; a fraction of a second may have any number of digits, three count; a space may stand for the T.
std::optional<std::int64_t> parse_instant_ms(std::string_view text);

/// The other way round, in whole seconds, UTC.
std::string instant_text(std::int64_t ms);

/// "09:30", "09:30:15" or "24:00" in seconds since midnight.
std::optional<std::int32_t> parse_time_of_day_s(std::string_view text);

/// "2026-12-25" in days since 1970-01-01, if there is such a day.
std::optional<std::int32_t> parse_date_days(std::string_view text);

} // namespace chainring::actors
