// model.hpp: the data model of one document in one realm.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "scxml/datamodel.hpp"
#include "scxml/models/ecmascript/code.hpp"
#include "scxml/models/ecmascript/realm.hpp"

namespace chainring::scxml::ecmascript {

class model final : public datamodel {
 public:
  model(std::shared_ptr<realm> r, std::shared_ptr<const document> d);

  verdict create(surroundings& s) override;
  void destroy(session& s) noexcept override;

  verdict condition(surroundings& s, index e, bool& out) override;
  verdict evaluate(surroundings& s, index e, value& out) override;
  verdict assign(surroundings& s, index location, index expr) override;
  verdict assign_all(surroundings& s, range assigns, index& done) override;
  verdict assign_value(surroundings& s, index location, const value& v) override;
  verdict initialize(surroundings& s, index item) override;
  bool set_item(surroundings& s, std::string_view id, const value& v) override;
  verdict run_script(surroundings& s, index e) override;
  verdict foreach (surroundings& s, const foreach_operands& loop, const std::function<bool()>& body) override;

  result<std::string> save(surroundings& s) override;
  verdict restore(surroundings& s, std::string_view bytes) override;

  realm& in() const { return *realm_; }

  /// A new closure of a function that a script of this document declares, for `data`; JS_EXCEPTION when there
  /// is none.
  owned declared_function_for(JSValueConst data, index script, std::size_t position);

 private:
  JSContext* context() const { return realm_->context(); }
  /// The value of an expression of any kind, inside an evaluation.
  owned value_of(surroundings& s, index e, std::string& problem);
  owned content(const std::string& text);
  owned call(const unit& u, surroundings& s, std::string& problem, JSValueConst argument = JS_UNDEFINED);
  bool declare(surroundings& s, JSAtom name);
  bool declare_script_names(surroundings& s, script_unit& script, index e);
  verdict assign_joined(surroundings& s, const joined_unit& all, index& done);
  verdict assign_with(surroundings& s, const unit& u, JSValueConst argument);
  std::optional<std::vector<owned>> elements(const owned& list, std::string& problem);

  std::shared_ptr<realm> realm_;
  code code_;
};

} // namespace chainring::scxml::ecmascript
