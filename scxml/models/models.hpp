// models.hpp: the data model that a document asks for.
#pragma once

#include <memory>

#include "scxml/datamodel.hpp"

namespace chainring::scxml {

/// Opens null and ECMAScript data models, as the documents say; documents that have a program get the compiled one
/// (models/compiled/compiled.hpp). One per lane, used by one thread.
std::unique_ptr<datamodel_source> make_models();

} // namespace chainring::scxml
