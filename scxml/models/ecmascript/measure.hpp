// measure.hpp: how much memory a session's data really hold, when counting says that it is too much.
#pragma once

#include <cstddef>
#include <optional>

#include "scxml/models/ecmascript/realm.hpp"

namespace chainring::scxml::ecmascript {

/// About the bytes that can be reached from a value, without running any code of the script; nothing when
/// something is among them that cannot be looked into, such as a closure. Stops when there are more than `enough`.
std::optional<std::size_t> reachable_bytes(realm& r, JSValueConst from, std::size_t enough);

} // namespace chainring::scxml::ecmascript
