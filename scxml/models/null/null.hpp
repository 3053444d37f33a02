// null.hpp: the null data model (SCXML B.1): no data, and one predicate, In(), as the only
// condition.
#pragma once

#include "scxml/datamodel.hpp"

namespace chainring::scxml {

/// Models for documents with datamodel="null"; other documents are refused.
class null_source final : public datamodel_source {
 public:
  result<std::shared_ptr<datamodel>> open(const std::shared_ptr<const document>& d) override;
};

} // namespace chainring::scxml
