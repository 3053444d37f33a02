// random_expressions.hpp: expressions of the compiled subset, values, events and whole documents, made of choices.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "scxml/event.hpp"

namespace chainring::scxml::testing {

/// Gives a number below its argument.
using expression_choice = std::function<unsigned(unsigned)>;

/// Data items that the expressions name.
const std::vector<std::string>& expression_items();

/// Over expression_items(), states "first" and "second", and _event. Ends whatever the choices are.
std::string chosen_expression(const expression_choice& below, int depth = 0);

/// Of every kind, mostly primitive.
value chosen_value(const expression_choice& below, int depth = 0);

/// Its data have members that the expressions ask for.
event chosen_event(const expression_choice& below);

/// A chart with those expressions in conditions, assignments, logs, sends and data; events are "e0"…"e2".
std::string chosen_document(const expression_choice& below);

} // namespace chainring::scxml::testing
