// ocs_literals.hpp: what an attribute of an action is, as far as it can be known without running the document.
#pragma once

#include <optional>
#include <string_view>
#include <unordered_set>

#include "scxml/document.hpp"

namespace chainring::dialer {

/// Reads attributes the way the data model would: expressions, and where they fail, mnemonics.
class ocs_literals {
 public:
  explicit ocs_literals(const scxml::document& d);

  /// Of a number, a text in quotes, true, false, null or undefined; of an undeclared name the name itself as text, which
  /// is what a mnemonic is read as. Nothing for every other expression.
  std::optional<scxml::value> value_of(std::string_view text) const;
  /// Is it a single name that neither data nor scripts nor <foreach> know?
  bool is_undeclared(std::string_view text) const;

 private:
  std::unordered_set<std::string_view> declared_; // of the document; every word of its scripts counts
};

} // namespace chainring::dialer
