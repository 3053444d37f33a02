// ecmascript.hpp: the ECMAScript data model (SCXML B.2) on QuickJS. Sessions share runtimes; a session's data
// is one plain object, invisible to all others. Budgets stand in scxml/limits.hpp.
#pragma once

#include <memory>

#include "scxml/datamodel.hpp"

namespace chainring::scxml {

/// The data models of one lane. Use it, and everything it gives, from one thread. Realms are made when they are
/// needed and given back with the last model that uses them; documents with the same hash share their compiled
/// functions.
std::unique_ptr<datamodel_source> make_ecmascript_source();

} // namespace chainring::scxml
