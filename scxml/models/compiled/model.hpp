// model.hpp: the compiled model of one document.
#pragma once

#include <memory>
#include <memory_resource>
#include <span>
#include <string>

#include "scxml/datamodel.hpp"
#include "scxml/models/compiled/machine.hpp"

namespace chainring::scxml::compiled_model {

/// session::data: `pointer` names an array of slots, one per data item; `bits` counts the bytes of their long texts.
class model final : public datamodel {
 public:
  model(std::shared_ptr<const document> d, std::shared_ptr<datamodel_source> quickjs,
        std::shared_ptr<std::pmr::memory_resource> session_data);

  verdict create(surroundings& s) override;
  void destroy(session& s) noexcept override;

  verdict condition(surroundings& s, index e, bool& out) override;
  verdict first_that_holds(surroundings& s, std::span<const candidate> asked, std::size_t& at) override;
  verdict evaluate(surroundings& s, index e, value& out) override;
  verdict assign(surroundings& s, index location, index expr) override;
  verdict assign_all(surroundings& s, range assigns, index& done) override;
  verdict assign_value(surroundings& s, index location, const value& v) override;
  verdict initialize(surroundings& s, index item) override;
  bool set_item(surroundings& s, std::string_view id, const value& v) override;
  /// Documents with scripts or <foreach> have no program.
  verdict run_script(surroundings& s, index e) override;
  verdict foreach (surroundings& s, const foreach_operands& loop, const std::function<bool()>& body) override;

  result<std::string> save(surroundings& s) override;
  verdict restore(surroundings& s, std::string_view bytes) override;

 private:
  using outcome = machine::outcome;

  std::span<slot> slots(const session& s) const {
    return {static_cast<slot*>(s.data.pointer), document_->data.size()};
  }
  outcome run(surroundings& s, index e, operand& out);
  /// A value that takes no memory of its own, as most do; false: assign_otherwise() says what there is to be said.
  bool assigned(surroundings& s, index location, index expr, operand& o, outcome& done);
  bool assigned(const session& s, const assignment& a);
  verdict assign_otherwise(surroundings& s, index location, index expr, const operand& o, outcome done);
  /// Keeps the value in a data item; parts are beyond.
  outcome keep(surroundings& s, index item, const operand& o);
  verdict failed() const { return {machine_.failure_found(), machine_.message()}; }
  verdict undeclared(index location) const;
  bool restore_items(session& s, std::string_view bytes);

  /// Moves the session to QuickJS, with the data in those bytes. Afterwards its model is another, and this one may be
  /// gone: hold it, or only return.
  verdict hand_over(surroundings& s, std::string_view bytes);
  verdict leave(surroundings& s);
  /// Leaves, and has the other model do what this one could not.
  template <class F> verdict leave_and(surroundings& s, F&& then);

  const std::shared_ptr<const document> document_;
  const program& program_;
  const std::shared_ptr<datamodel_source> quickjs_;
  const std::shared_ptr<std::pmr::memory_resource> session_data_;
  machine machine_;
};

} // namespace chainring::scxml::compiled_model
