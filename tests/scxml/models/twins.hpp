// twins.hpp: one document on both ECMAScript models, and whether they do the same. Without Catch, for fuzz targets too.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "scxml/datamodel.hpp"

namespace chainring::scxml::testing {

/// A value with its kind, numbers to the last bit: two that look the same here are the same, NaN and -0 too.
std::string shown(const value& v);
std::string shown(const verdict& v);

/// The models of one thread: those that documents get, and QuickJS for all.
datamodel_source& usual_models();
datamodel_source& quickjs_models();

/// Gives the document its program; what it left the subset for, or nothing.
std::string translated(const std::shared_ptr<document>& d);

/// Two sessions of one document that has a program. Each function does the same to both, and gives how they differ, or
/// nothing.
class twins {
 public:
  explicit twins(const std::shared_ptr<const document>& d);

  std::string evaluate(index e);
  std::string condition(index e);
  std::string assign(index location, index expr);
  std::string assign_value(index location, const value& v);
  std::string initialize(index item);
  std::string set_item(const std::string& id, const value& v);
  /// Their snapshots are the same bytes; each goes on with what the other has saved.
  std::string save_and_swap();

  void happens(const event& e);
  /// In('…') of it becomes true.
  void enters(index state);
  /// The compiled one has moved to QuickJS.
  bool has_moved() const { return compiled_.model != model_; }
  /// What evaluate() of the compiled one gave last.
  const value& seen() const { return seen_; }

 private:
  surroundings around(session& s);
  std::string compare(const std::function<std::string(surroundings&, datamodel&)>& call);

  session compiled_, quickjs_;
  std::shared_ptr<datamodel> model_;
  event event_;
  std::uint64_t event_number_ = 0; // 0: none yet
  value seen_;
};

/// Random use of random expressions: random_expressions.hpp. Empty, or how the models differ and where.
std::string compare_expressions(const std::function<unsigned(unsigned)>& below, int steps, int& compared);

/// A random document under random events, on both models. Empty, or how they differ; `compared`: it ran on two models.
std::string compare_documents(const std::function<unsigned(unsigned)>& below, int steps, bool& compared);

} // namespace chainring::scxml::testing
