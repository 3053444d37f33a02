// lint_claims.hpp: what lint says can never happen in a document, for runs that show whether it does.
#pragma once

#include <set>
#include <utility>

#include "scxml/lint/lint.hpp"

namespace chainring::scxml::testing {

class lint_claims {
 public:
  explicit lint_claims(const document& d) {
    for (const auto& w : lint(d)) {
      const bool of_state = w.what.ends_with("is never entered") || w.what.ends_with("it is never entered");
      const bool of_transition = w.what.starts_with("this transition never gets its event") ||
                                 w.what.starts_with("this transition is never taken");
      if (of_state) states_.insert(place(w.where));
      if (of_transition) transitions_.insert(place(w.where));
    }
  }

  bool never_enters(const state& s) const { return states_.contains(place(s.where)); }
  bool never_takes(const transition& t) const { return transitions_.contains(place(t.where)); }
  std::size_t size() const { return states_.size() + transitions_.size(); }

 private:
  static std::pair<std::uint32_t, std::uint32_t> place(position p) { return {p.line, p.column}; }
  std::set<std::pair<std::uint32_t, std::uint32_t>> states_, transitions_;
};

} // namespace chainring::scxml::testing
