// complaints.hpp: collects what is wrong with a document while the compiler goes on.
#pragma once

#include <string>
#include <vector>

#include "scxml/diagnostic.hpp"
#include "scxml/words.hpp"

namespace chainring::scxml {

/// Bounded by limits::complaints_max; errors push warnings out when it is full.
class complaints {
 public:
  explicit complaints(std::string source)
      : source_(std::move(source)) {}

  void error(position where, std::string what, std::string mend);
  void warning(position where, std::string what, std::string mend);
  bool any_error() const { return errors_ > 0; }
  /// Nothing that is added now will be kept, so that its text need not be made.
  bool full() const;
  void count_error() { ++errors_, ++left_out_; }
  const std::string& source() const { return source_; }

  /// "did you mean …?" for a name that `each` finds no match for, else `otherwise`. `each` is
  /// called with a visitor that it must call with every known name.
  template <class F>
  std::string suggestion(std::string_view name, const F& each, std::string otherwise) {
    if (!may_suggest(name)) return otherwise;
    nearest_name nearest(name);
    each([&](std::string_view candidate) { nearest.consider(candidate); });
    if (nearest.best().empty()) return otherwise;
    return "did you mean " + quoted(nearest.best()) + "?";
  }

  /// Everything in source order, and a last line about what was left out.
  std::vector<diagnostic> take();

 private:
  void add(severity s, position where, std::string what, std::string mend);
  bool may_suggest(std::string_view name);

  std::string source_;
  std::vector<diagnostic> list_;
  std::size_t errors_ = 0, left_out_ = 0, suggestions_ = 0;
};

} // namespace chainring::scxml
