// models.cpp: one source for documents of every kind.
#include "scxml/models/models.hpp"

#include "scxml/document.hpp"
#include "scxml/models/ecmascript/ecmascript.hpp"
#include "scxml/models/null/null.hpp"

namespace chainring::scxml {

namespace {

class models final : public datamodel_source {
 public:
  result<std::shared_ptr<datamodel>> open(const std::shared_ptr<const document>& d) override {
    return d->datamodel == datamodel_kind::null ? null_.open(d) : ecmascript_->open(d);
  }

 private:
  null_source null_;
  std::unique_ptr<datamodel_source> ecmascript_ = make_ecmascript_source();
};

} // namespace

std::unique_ptr<datamodel_source> make_models() { return std::make_unique<models>(); }

} // namespace chainring::scxml
