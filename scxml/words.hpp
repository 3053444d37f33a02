// words.hpp: the small text tools of the compiler.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace chainring::scxml {

inline constexpr std::string_view xml_white_space = " \t\n\r";

std::string_view trimmed(std::string_view s);
bool is_blank(std::string_view s);
bool has_space(std::string_view s);
/// A name as ECMAScript has it, reserved words not looked at.
bool is_identifier(std::string_view s);
bool equal_ignoring_case(std::string_view a, std::string_view b);

/// Calls f(word) for each word between white space.
template <class F> void for_each_word(std::string_view s, F&& f) {
  for (std::size_t from; (from = s.find_first_not_of(xml_white_space)) != std::string_view::npos;) {
    s.remove_prefix(from);
    const std::size_t end = std::min(s.find_first_of(xml_white_space), s.size());
    f(s.substr(0, end));
    s.remove_prefix(end);
  }
}

/// In quotes, cut after 60 bytes (at a character): names from documents in complaints.
std::string quoted(std::string_view s);

/// Finds the candidate that differs from `name` in at most two letters (inserted, left out, wrong),
/// fewest first.
class nearest_name {
 public:
  explicit nearest_name(std::string_view name)
      : name_(name) {}
  void consider(std::string_view candidate);
  std::string_view best() const { return best_; }

 private:
  std::string_view name_, best_;
  std::size_t distance_ = 3;
};

} // namespace chainring::scxml
