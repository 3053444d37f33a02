// models.cpp: one source for documents of every kind.
#include "scxml/models/models.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "scxml/document.hpp"
#include "scxml/models/compiled/compiled.hpp"
#include "scxml/models/ecmascript/ecmascript.hpp"
#include "scxml/models/null/null.hpp"

namespace chainring::scxml {

namespace {

class models final : public datamodel_source {
 public:
  explicit models(std::shared_ptr<std::pmr::memory_resource> session_data)
      : session_data_(session_data ? std::move(session_data) : on_the_heap()) {}

  result<std::shared_ptr<datamodel>> open(const std::shared_ptr<const document>& d) override {
    if (d->datamodel == datamodel_kind::null) return null_.open(d);
    return d->program ? compiled_for(d) : ecmascript_->open(d);
  }

 private:
  /// A model holds its document, so as long as the model is there no other document has that address.
  std::shared_ptr<datamodel> compiled_for(const std::shared_ptr<const document>& d) {
    for (const auto& [document, model] : compiled_)
      if (document == d.get())
        if (auto known = model.lock()) return known;
    std::erase_if(compiled_, [](const auto& entry) { return entry.second.expired(); });
    auto made = open_compiled(d, ecmascript_, session_data_);
    compiled_.emplace_back(d.get(), made);
    return made;
  }

  static std::shared_ptr<std::pmr::memory_resource> on_the_heap() {
    return {std::shared_ptr<void>(), std::pmr::new_delete_resource()};
  }

  null_source null_;
  const std::shared_ptr<std::pmr::memory_resource> session_data_;
  const std::shared_ptr<datamodel_source> ecmascript_ = make_ecmascript_source();
  std::vector<std::pair<const document*, std::weak_ptr<datamodel>>> compiled_;
};

} // namespace

std::unique_ptr<datamodel_source> make_models(std::shared_ptr<std::pmr::memory_resource> session_data) {
  return std::make_unique<models>(std::move(session_data));
}

} // namespace chainring::scxml
