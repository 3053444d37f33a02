// shadowed.cpp: transitions that are never selected, because one that always holds comes before them (SCXML 3.13: the
// first in document order, descendants before ancestors).
#include <algorithm>
#include <optional>
#include <unordered_map>

#include "scxml/lint/descriptors.hpp"
#include "scxml/lint/rules.hpp"

namespace chainring::scxml {

namespace {

/// Longer ones are left alone: they are no author's.
constexpr std::size_t descriptor_bytes_max = 256;

bool always_holds(const document& d, const transition& t) {
  return t.cond == none || trimmed(d.expressions[t.cond].text) == "true";
}

/// The unconditional transitions of one state: what they match → the first of them.
struct taken {
  std::unordered_map<std::string_view, index> events;
  index eventless = none;

  /// The first that takes every event of the descriptor, or none.
  index first_for(std::string_view descriptor) const {
    index first = none;
    const auto look = [&](std::string_view prefix) {
      if (auto i = events.find(prefix); i != events.end()) first = std::min(first, i->second);
    };
    look({});
    for (std::size_t dot = 0; !events.empty() && dot < descriptor.size(); ++dot) {
      dot = std::min(descriptor.find('.', dot), descriptor.size());
      look(descriptor.substr(0, dot));
    }
    return first;
  }
};

class shadows {
 public:
  shadows(const document& d, complaints& out)
      : d_(d)
      , out_(out)
      , taken_(d.states.size()) {}

  void find() {
    // From the inside out, so that a state's children are known before it.
    for (std::size_t s = d_.states.size(); s-- > 0;) look_at(static_cast<index>(s));
  }

 private:
  void look_at(index s) {
    const state& of = d_.states[s];
    for (index t = of.transitions.first; t < of.transitions.first + of.transitions.count; ++t) {
      if (d_.transitions[t].events.empty())
        check_eventless(s, t);
      else
        check_events(s, t);
    }
    if (leaves_at_once(s))
      for (const transition& t : d_.view(d_.transitions, of.transitions))
        if (!t.events.empty())
          out_.warning(t.where,
                       "this transition is never taken: the one without event at " + line(taken_[s].eventless) +
                           " leaves the state before any event",
                       "give that one an event or a condition, or remove this one");
  }

  void check_eventless(index s, index t) {
    index& first = taken_[s].eventless;
    if (first != none)
      out_.warning(d_.transitions[t].where,
                   "this transition is never taken: the one at " + line(first) + " always comes first",
                   "put this one before it, or give that one a condition");
    else if (always_holds(d_, d_.transitions[t]))
      first = t;
  }

  void check_events(index s, index t) {
    const transition& it = d_.transitions[t];
    std::vector<const event_descriptor*> lost;
    index by = none;
    for (const auto& e : d_.view(d_.descriptors, it.events)) {
      if (e.prefix.size() > descriptor_bytes_max) continue;
      const index first = taken_[s].first_for(e.prefix);
      const bool inside = first == none && taken_by_children(s, e.prefix);
      if (first == none && !inside) continue;
      lost.push_back(&e);
      by = first;
    }
    if (!lost.empty()) report(it, lost, by);
    if (!always_holds(d_, it)) return;
    for (const auto& e : d_.view(d_.descriptors, it.events)) taken_[s].events.try_emplace(e.prefix, t);
  }

  void report(const transition& t, const std::vector<const event_descriptor*>& lost, index by) {
    const std::string taker =
        by == none ? "every state inside takes it first" : "the one at " + line(by) + " takes it first";
    const char* mend = by == none ? "remove this, or one of those" : "put this before it, or give that one a condition";
    if (lost.size() == t.events.count)
      return out_.warning(t.where, "this transition never gets its event: " + taker, mend);
    for (const auto* e : lost)
      out_.warning(e->where, "the event " + shown(*e) + " never gets to this transition: " + taker, mend);
  }

  /// Whichever states inside are active, one of them takes the event, in each region.
  bool taken_by_children(index s, std::string_view descriptor) const {
    const state_kind kind = d_.states[s].kind;
    if (kind != state_kind::compound && kind != state_kind::parallel) return false;
    for (index c = static_cast<index>(s + 1); c < d_.states[s].subtree_end; c = d_.states[c].subtree_end)
      if (!d_.is_history(c) && taken_[c].first_for(descriptor) == none && !taken_by_children(c, descriptor))
        return false;
    return true;
  }

  /// An atomic state that an unconditional transition without event leaves: none of another region can come before it.
  bool leaves_at_once(index s) const {
    if (d_.states[s].kind != state_kind::atomic || taken_[s].eventless == none) return false;
    for (index a = s; a != none; a = d_.states[a].parent)
      if (d_.states[a].kind == state_kind::parallel) return false;
    return !d_.transitions[taken_[s].eventless].targets.empty();
  }

  std::string line(index t) const { return "line " + std::to_string(d_.transitions[t].where.line); }
  static std::string shown(const event_descriptor& e) { return quoted(e.prefix.empty() ? "*" : e.prefix); }

  const document& d_;
  complaints& out_;
  std::vector<taken> taken_; // per state
};

} // namespace

void find_shadowed_transitions(const document& d, complaints& out) { shadows(d, out).find(); }

} // namespace chainring::scxml
