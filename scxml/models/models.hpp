// models.hpp: the data model that a document asks for.
#pragma once

#include <memory>
#include <memory_resource>

#include "scxml/datamodel.hpp"

namespace chainring::scxml {

/// Opens null and ECMAScript data models, as the documents say; documents that have a program get the compiled one
/// (models/compiled/compiled.hpp). One per lane, used by one thread. `session_data`: where compiled sessions have their data, a few
/// small pieces of few sizes each; null: on the heap. It lives as long as they do.
std::unique_ptr<datamodel_source> make_models(std::shared_ptr<std::pmr::memory_resource> session_data = nullptr);

} // namespace chainring::scxml
