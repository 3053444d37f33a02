// ocs_lint.hpp: what the OCS guide does not allow, found in a treatment before it runs: attributes of actions that are
// literals out of their range, events that OCS does not send, call results that there are not.
#pragma once

#include <optional>
#include <vector>

#include "scxml/diagnostic.hpp"

namespace chainring::dialer {

/// In source order. An error is what would answer with Error.Attribute whenever it is reached, a warning what can hardly
/// be meant. `d` has the vocabulary of ocs_vocabulary(), and may be the draft of a document with errors.
std::vector<scxml::diagnostic> lint_ocs(const scxml::document& d);

/// Where the document first asks for the daytime interval, or hears of its change; nothing: it does neither.
std::optional<scxml::position> asks_for_daytime(const scxml::document& d);

} // namespace chainring::dialer
