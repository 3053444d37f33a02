// number_pattern.hpp: the regular expressions of trunk rules, matched against numbers anywhere in them (ECMAScript
// syntax, as std::regex_search).
#pragma once

#include <bitset>
#include <memory>
#include <optional>
#include <regex>
#include <string>
#include <string_view>
#include <vector>

#include "scxml/result.hpp"

namespace chainring::dialer {

/// Patterns without repetition, alternation and groups ("7$", "^\+1", "[0-4]5$"), which is nearly all of those in use,
/// are matched as a row of byte sets in tens of nanoseconds. The rest goes to std::regex in its polynomial mode: no
/// backtracking, so neither time nor stack can run away, and no back references.
class number_pattern {
 public:
  /// Refuses what is longer than limits::rule_pattern_bytes_max or no ECMAScript regular expression.
  static result<number_pattern> make(std::string_view pattern);
  bool matches(std::string_view number) const;
  /// Whether the fast way is taken.
  bool is_simple() const { return simple_.has_value(); }

 private:
  using byte_set = std::bitset<256>;
  struct row {
    std::vector<byte_set> bytes;
    bool at_start = false, at_end = false;
  };

  static std::optional<row> simple_row(std::string_view pattern);
  static std::optional<byte_set> bracket_set(std::string_view pattern, std::size_t& at);

  std::optional<row> simple_;
  std::shared_ptr<const std::regex> regex_;
};

} // namespace chainring::dialer
