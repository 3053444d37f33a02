// legacy.hpp: expressions as treatments of OCS 8.0 write them, made expressions of today: word operators and _eventdata.
#pragma once

#include <string>
#include <string_view>

namespace chainring::scxml {

/// `eq ne lt le gt ge and or` between two operands become `== != < <= > >= && ||`, and the name `_eventdata` becomes
/// `_event.data`. Strings, comments, regular expressions and templates stay as they are, and so do these words as names of
/// members and where no operand stands on both sides. Operators keep their width, so that places do not move.
/// Source: the OCS 8.0 treatment syntax.
std::string modern_expression(std::string_view text);

} // namespace chainring::scxml
