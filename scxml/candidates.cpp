// candidates.cpp: see candidates.hpp.
#include "scxml/candidates.hpp"

#include <algorithm>
#include <cstring>
#include <set>

#include "scxml/limits.hpp"
#include "scxml/selection.hpp"
#include "scxml/short_text.hpp"

namespace chainring::scxml {

namespace {

/// Eight bytes at a time; names that people give differ near their ends, so the last eight are always among them.
inline std::uint64_t hash_of(std::string_view name) {
  constexpr std::uint64_t factor = 0x9e3779b97f4a7c15u;
  const auto word_at = [&](std::size_t i, std::size_t size) {
    std::uint64_t word = 0;
    std::memcpy(&word, name.data() + i, size);
    return word;
  };
  std::uint64_t h = name.size() * factor;
  const auto mix = [&](std::uint64_t word) { h = (h ^ word) * factor, h ^= h >> 32; };
  for (std::size_t i = 0; i + 8 < name.size(); i += 8) mix(word_at(i, 8));
  name.size() >= 8 ? mix(word_at(name.size() - 8, 8)) : mix(word_at(0, name.size()));
  return h;
}

} // namespace

// -- tokens ---------------------------------------------------------------------------------------------------------

event_tokens::event_tokens(const document& d) {
  std::set<std::string_view> prefixes;
  for (const event_descriptor& descriptor : d.descriptors) prefixes.insert(descriptor.prefix);
  prefixes.erase(std::string_view());
  std::size_t places = 4;
  while (places < prefixes.size() * 2) places *= 2;
  places_.assign(places, other);
  names_.emplace_back();
  for (const std::string_view prefix : prefixes) add(std::string(prefix));
}

void event_tokens::add(const std::string& name) {
  std::size_t at = hash_of(name) & (places_.size() - 1);
  while (places_[at] != other) at = (at + 1) & (places_.size() - 1);
  places_[at] = static_cast<token>(names_.size());
  names_.push_back(name);
}

inline event_tokens::token event_tokens::find(std::string_view name) const {
  for (std::size_t at = hash_of(name) & (places_.size() - 1); places_[at] != other; at = (at + 1) & (places_.size() - 1))
    if (same_text(names_[places_[at]], name)) return places_[at];
  return other;
}

event_tokens::token event_tokens::of(std::string_view name) const {
  while (!name.empty()) {
    if (const token found = find(name); found != other) return found;
    const auto dot = name.rfind('.');
    name = name.substr(0, dot == std::string_view::npos ? 0 : dot);
  }
  return other;
}

// -- candidates -----------------------------------------------------------------------------------------------------

candidate_table::candidate_table(const document& d) {
  if (!d.ways.known()) return;
  tokens_ = event_tokens(d);
  rows_.resize(d.states.size());
  std::size_t looks = 0; // what building takes
  std::vector<std::uint32_t> first;
  std::vector<std::uint16_t> steps_up_to(d.states.size());
  for (index from = 0; from < d.states.size(); ++from) {
    if (!d.is_atomic(from)) continue;
    d.ways.measure_leaving(d, from, steps_up_to);
    rows_[from].first_cell = static_cast<std::uint32_t>(first.size());
    expect(d, from);
    for (std::size_t column = 0; column <= tokens_.size(); ++column) {
      first.push_back(static_cast<std::uint32_t>(list_.size()));
      for (index s = from; s != none; s = d.states[s].parent) {
        const range own = d.states[s].transitions;
        looks += 1 + own.count;
        for (index t = own.first; t < own.first + own.count; ++t) {
          const bool matches = column == 0 ? d.transitions[t].events.empty()
                                           : !d.transitions[t].events.empty() &&
                                                 name_match(d, d.transitions[t], tokens_.name(static_cast<index>(column - 1)));
          if (!matches) continue;
          has_eventless_ = has_eventless_ || column == 0;
          const index domain = d.transitions[t].domain;
          list_.push_back({t, d.transitions[t].cond, domain == none ? std::uint16_t{0} : steps_up_to[domain]});
        }
      }
      if (looks > limits::candidate_looks_max) return;
    }
  }
  first.push_back(static_cast<std::uint32_t>(list_.size()));
  first_ = std::move(first);
}

void candidate_table::expect(const document& d, index atomic) {
  row& r = rows_[atomic];
  r.first_expected = static_cast<std::uint32_t>(expected_.size());
  for (index s = atomic; s != none; s = d.states[s].parent)
    for (const transition& t : d.view(d.transitions, d.states[s].transitions))
      for (const event_descriptor& named : d.view(d.descriptors, t.events)) {
        const auto token = tokens_.of(named.prefix);
        const auto begin = expected_.begin() + r.first_expected;
        if (token == event_tokens::other || std::find(begin, expected_.end(), token) != expected_.end()) continue;
        if (r.expected == limits::expected_names_max) return;
        expected_.push_back(token);
        ++r.expected;
      }
}

} // namespace chainring::scxml
