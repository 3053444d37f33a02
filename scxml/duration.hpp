// duration.hpp: times as CSS2 writes them (SCXML 6.2.4, delay and delayexpr).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace chainring::scxml {

/// ".5s", "1.5s", "500ms": a number with an optional fraction and the unit s or ms, nothing between
/// them; "0" needs no unit. Milliseconds, rounded; nothing for other text and for times beyond a
/// hundred years.
std::optional<std::int64_t> parse_duration_ms(std::string_view text);

} // namespace chainring::scxml
