// action_parts.hpp: what the files that carry out and check OCS actions share. Of no use elsewhere:
// ocs_actions.hpp is the border.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "dialer/error_codes.hpp"
#include "dialer/ocs_actions.hpp"

namespace chainring::dialer {

/// Error.Attribute or Error.Configuration and nothing else; the message is a warning for the log
/// too.
action_outcome refusal(error_code why, std::string_view message);

/// An attribute that is there and neither undefined nor null.
const scxml::value* given(const scxml::action_effect& action, scxml::index attribute);
/// Text without spaces around it; "" for a value that is no text.
std::string_view word_of(const scxml::value& what);
/// yes, no, true, false.
std::optional<bool> yes_or_no(const scxml::value& what);
/// A contact type by number, by its text, or by name.
std::optional<std::uint8_t> contact_type_of(const scxml::value& what);
/// A delay: a number, or its text.
std::optional<double> seconds_of(const scxml::value& delay);
/// For messages: text in quotes, other values as they are.
std::string shown(const scxml::value& what);

action_outcome perform_next_record(chain& c, const scxml::action_effect& action,
                                   const chain_environment& environment, std::int64_t now_ms);
action_outcome perform_set_flex_attr(chain& c, const scxml::action_effect& action,
                                     const chain_environment& environment);

} // namespace chainring::dialer
