// event_use.hpp: the fields of `_event`, and what an expression can see of them, told from its text.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace chainring::scxml::ecmascript {

/// The fields of `_event` (SCXML 5.10.1), in this order.
enum class event_field : unsigned { name, type, sendid, origin, origintype, invokeid, data, raw, count };
inline constexpr std::array<const char*, static_cast<std::size_t>(event_field::count)> event_field_names = {
    "name", "type", "sendid", "origin", "origintype", "invokeid", "data", "raw"};

/// Bits by event_field: the fields of `_event` that an expression reads, when nothing in it can see of `_event` more than
/// these, change them, keep `_event`, or ask for it later. Nothing: its text leaves that open. Finds too little rather than
/// too much. For a text that is one complete expression by itself.
std::optional<unsigned> event_fields_read(std::string_view text);

/// May the expression stand in one function with others? Not if it may see the function's arguments.
bool sees_no_arguments(std::string_view text);

} // namespace chainring::scxml::ecmascript
