// candidates.hpp: which transitions an event can concern: found once per document, so that a step looks at no others.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

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
  token find(std::string_view name) const;

  std::vector<std::string> names_;
  std::vector<token> places_; // a hash table; `other`: free
};

class candidate_table {
 public:
  candidate_table() = default;
  explicit candidate_table(const document& d);

  /// The document never has more than one atomic state active, and where its transitions lead is known beforehand: no
  /// <parallel>, no <history>. Only then the functions below may be called. Documents with very many states and events are
  /// left out.
  bool known() const { return !first_.empty(); }

  /// Positions in document::transitions, of an atomic state and its ancestors in the order in which they are asked.
  std::span<const std::uint16_t> eventless(std::uint16_t atomic) const { return cell(atomic, 0); }
  std::span<const std::uint16_t> for_event(std::uint16_t atomic, std::string_view name) const {
    return cell(atomic, std::size_t{1} + tokens_.of(name));
  }

 private:
  std::span<const std::uint16_t> cell(std::uint16_t atomic, std::size_t column) const {
    const std::uint32_t* const at = first_.data() + std::size_t{row_[atomic]} * columns_ + column;
    return {list_.data() + at[0], at[1] - at[0]};
  }

  event_tokens tokens_;
  std::size_t columns_ = 0;
  std::vector<std::uint16_t> row_;    // per state
  std::vector<std::uint32_t> first_;  // per cell, in list_; and the end
  std::vector<std::uint16_t> list_;
};

} // namespace chainring::scxml
