// query.hpp: what stands behind the '?' of a request.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace chainring::actors {

/// The value of the first "key=value" of a query, decoded, as it stands when it cannot be; nothing: there is none of that key.
std::optional<std::string> query_value(std::string_view query, std::string_view key);

} // namespace chainring::actors
