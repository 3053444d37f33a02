// source.cpp: which realm runs which document: models are kept by document hash as long as somebody holds them.
#include <map>
#include <vector>

#include "scxml/limits.hpp"
#include "scxml/models/ecmascript/ecmascript.hpp"
#include "scxml/models/ecmascript/model.hpp"

namespace chainring::scxml {
namespace {

using ecmascript::model;
using ecmascript::realm;

class ecmascript_source final : public datamodel_source {
 public:
  result<std::shared_ptr<datamodel>> open(const std::shared_ptr<const document>& d) override {
    std::erase_if(models_, [](const auto& entry) { return entry.second.expired(); });
    if (!d->hash.empty()) {
      const auto [first, last] = models_.equal_range(d->hash);
      for (auto i = first; i != last; ++i)
        if (auto known = i->second.lock(); known && known->in().sessions < limits::sessions_per_realm_max)
          return std::shared_ptr<datamodel>(std::move(known));
    }
    auto with_room = realm_with_room();
    if (!with_room) return with_room.error();
    auto made = std::make_shared<model>(*with_room, d);
    models_.emplace(d->hash, made);
    return std::shared_ptr<datamodel>(std::move(made));
  }

 private:
  result<std::shared_ptr<realm>> realm_with_room() {
    // One realm is kept even when nothing uses it, so that documents that come and go do not make and end
    // realms.
    while (realms_.size() > 1 && realms_.back().use_count() == 1) realms_.pop_back();
    for (const auto& known : realms_)
      if (known->sessions < limits::sessions_per_realm_max) return known;
    auto made = realm::make();
    if (made) realms_.push_back(*made);
    return made;
  }

  std::multimap<std::string, std::weak_ptr<model>> models_;
  std::vector<std::shared_ptr<realm>> realms_;
};

} // namespace

std::unique_ptr<datamodel_source> make_ecmascript_source() { return std::make_unique<ecmascript_source>(); }

} // namespace chainring::scxml
