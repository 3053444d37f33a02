// treatment_uri.hpp: parameters of a treatment in its URI: one document serves many lists, each
// with values of its own.
#pragma once

#include <string>
#include <string_view>

#include "scxml/result.hpp"
#include "scxml/value.hpp"

namespace chainring::dialer {

/// `?name=value&_data.other=value` → start parameters (SCXML 6.4: they override <data> of that id).
/// Values are percent-decoded ('+' stays '+'). true and false are booleans, decimal numbers in
/// their shortest form are numbers, and text in single quotes is what stands between them; all else
/// is text. A name given twice: the last value counts. Errors: a name that is no identifier, bad
/// percent-encoding, too many parameters.
result<scxml::object> treatment_parameters(std::string_view uri);

/// The URI without query and fragment: what a file: treatment is read from.
std::string_view without_parameters(std::string_view uri);

} // namespace chainring::dialer
