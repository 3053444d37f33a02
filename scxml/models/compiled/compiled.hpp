// compiled.hpp: the ECMAScript data model (SCXML B.2) without a JavaScript engine, for documents that have a program
// (document::program): typed slots in the session, no lock, no heap that is shared.
#pragma once

#include <memory>
#include <memory_resource>

#include "scxml/datamodel.hpp"

namespace chainring::scxml {

/// `d` has a program. When a session meets data that only QuickJS can tell about (XML, a date from a snapshot, an object to
/// be kept), it moves to the model that `quickjs` opens, with all it has, and stays there: session::model is then that one.
std::shared_ptr<datamodel> open_compiled(const std::shared_ptr<const document>& d, const std::shared_ptr<datamodel_source>& quickjs,
                                         const std::shared_ptr<std::pmr::memory_resource>& session_data);

} // namespace chainring::scxml
