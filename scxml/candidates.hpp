// candidates.hpp: which transitions an event can concern: found once per document, so that a step looks at no others.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "scxml/short_text.hpp"

namespace chainring::scxml {

class document;

/// Event names fall into classes: two names whose longest matching descriptor (SCXML 3.12.1) is the same are matched by the
/// same descriptors. A token is the number of a class.
class event_tokens {
 public:
  using token = std::uint16_t;
  static constexpr token other = 0; // matched by "*" at most

  event_tokens() = default;
  explicit event_tokens(const document& d);

  token of(std::string_view event_name) const;
  std::size_t size() const { return names_.size(); }
  /// The descriptor of a token; that of `other` is empty.
  const std::string& name(token t) const { return names_[t]; }

 private:
  void add(const std::string& name);
  inline token find(std::string_view name) const;

  std::vector<std::string> names_;
  std::vector<token> places_; // a hash table; `other`: free
};

/// A transition that an atomic state or one of its ancestors has.
struct candidate {
  std::uint16_t transition = 0; // of document::transitions
  std::uint16_t cond = 0;       // of document::expressions, or none
  std::uint16_t leave_steps = 0; // of way_table::leaving() for the atomic state
};

class candidate_table {
 public:
  candidate_table() = default;
  explicit candidate_table(const document& d);

  /// False: the document has no ways (way_table), or very many states and events. Then the functions below may not be called.
  bool known() const { return !first_.empty(); }

  /// Of any state.
  bool has_eventless() const { return has_eventless_; }
  /// In the order in which they are asked.
  std::span<const candidate> eventless(std::uint16_t atomic) const { return cell(atomic, 0); }
  std::span<const candidate> for_event(std::uint16_t atomic, std::string_view name) const {
    const row& r = rows_[atomic];
    for (std::size_t i = r.first_expected; i < std::size_t{r.first_expected} + r.expected; ++i)
      if (same_text(tokens_.name(expected_[i]), name)) return cell(atomic, std::size_t{1} + expected_[i]);
    return cell(atomic, std::size_t{1} + tokens_.of(name));
  }

 private:
  void expect(const document& d, std::uint16_t atomic);
  std::span<const candidate> cell(std::uint16_t atomic, std::size_t column) const {
    const std::uint32_t* const at = first_.data() + rows_[atomic].first_cell + column;
    return {list_.data() + at[0], at[1] - at[0]};
  }

  event_tokens tokens_;
  /// Of an atomic state.
  struct row {
    std::uint32_t first_cell = 0; // in first_
    std::uint32_t first_expected = 0;
    std::uint32_t expected = 0; // names that are looked for before all others
  };

  bool has_eventless_ = false;
  std::vector<row> rows_;            // per state
  std::vector<event_tokens::token> expected_; // that have candidates, most of the state's own first
  std::vector<std::uint32_t> first_; // per cell, in list_; and the end
  std::vector<candidate> list_;
};

} // namespace chainring::scxml
