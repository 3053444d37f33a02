// ecmascript.hpp: the ECMAScript data model (SCXML B.2) on QuickJS. Sessions share runtimes; a session's data
// is one plain object, invisible to all others. Budgets stand in scxml/limits.hpp.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "scxml/datamodel.hpp"
#include "scxml/diagnostic.hpp"

namespace chainring::scxml {

/// The data models of one lane. Use it, and everything it gives, from one thread. Realms are made when they are
/// needed and given back with the last model that uses them; documents with the same hash share their compiled
/// functions.
std::unique_ptr<datamodel_source> make_ecmascript_source();

/// Everything in the expressions and scripts of a document, and of the documents inside it, that can never work:
/// errors where something does not compile, warnings where something fails or is lost when it runs. In the order of
/// their places. `bytes` are what the document was compiled from; without them a place behind a reference, a line end
/// in an attribute or a CDATA section is a little off. Documents without ECMAScript have no complaints. Takes a
/// realm of its own: for tools, not for the running of documents.
std::vector<diagnostic> check_scripts(const document& d, std::string_view bytes = {});

} // namespace chainring::scxml
