// code.hpp: the expressions of one document as functions of one realm, compiled when they are first needed and
// shared by all its sessions. Each is a sloppy function whose `this` is the session's data object: `with (this)
// { return (EXPR) }`.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "scxml/document.hpp"
#include "scxml/models/ecmascript/realm.hpp"

namespace chainring::scxml::ecmascript {

/// A compiled expression: a frozen function, or why there is none.
struct unit {
  owned function;
  std::string problem;
  unsigned event_fields = 0; // not 0: its argument is realm::event_view of these
  bool tried = false;
};

/// <assign> elements that follow each other as one function. When it fails, `progress` gives how many were carried out, and
/// must be called once.
struct joined_unit {
  unit body, progress;
  index count = 0; // of elements; 1: nothing is joined, and there are no functions
};

/// A function that a <script> declares at its top level: `maker`, called on the data object, makes the closure.
struct declared_function {
  std::string name;
  unit maker;
};

struct script_unit {
  unit body; // without the declared functions where they could be cut out
  std::vector<std::string> variables;
  std::vector<declared_function> functions;
  bool has_lexical_names = false; // top-level let, const or class: they live only while the script runs
};

class code {
 public:
  code(std::shared_ptr<realm> r, std::shared_ptr<const document> d);

  realm& in() const { return *realm_; }
  const document& of() const { return *document_; }
  index find_state(std::string_view id) const;

  /// The names of the data items, in the order of document::data.
  const std::vector<atom>& item_names() const { return item_names_; }

  const unit& value(index e);
  /// A function that assigns to `location` the value of `expr`, or with expr none its argument.
  const unit& assignment(index location, index expr);
  /// As many as can be joined of `most` in document::assigns; `most` is always the same for one `first`: of its block.
  const joined_unit& assignments(index first, index most);
  script_unit& script(index e);

  /// CPU time that compiling took since this was last asked, microseconds.
  std::int64_t take_compile_us() const { return std::exchange(compile_us_, 0); }

  /// Can this be the name of a variable? SCXML 4.6: item and index of <foreach>.
  bool is_variable_name(const std::string& name);

 private:
  unit compile(const std::string& expression, const std::string& function);
  bool may_join(const assign_operands& a);
  joined_unit join(index first, index count);
  void compile_script(const std::string& source, script_unit& out);

  std::shared_ptr<realm> realm_;
  std::shared_ptr<const document> document_;
  std::unordered_map<std::string_view, index> states_;
  std::vector<atom> item_names_;
  std::vector<unit> values_;
  std::unordered_map<std::uint32_t, unit> assignments_;
  std::vector<joined_unit> joined_; // by the first of them
  std::unordered_map<index, script_unit> scripts_;
  std::map<std::string, bool> variable_names_;
  mutable std::int64_t compile_us_ = 0;
};

} // namespace chainring::scxml::ecmascript
