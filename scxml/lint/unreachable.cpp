// unreachable.cpp: which states a session can come to, if every transition of every state it is in may be taken.
// Conditions and events are not weighed, so what is not found here cannot be entered at all.
#include <algorithm>

#include "scxml/lint/rules.hpp"
#include "scxml/state_set.hpp"

namespace chainring::scxml {

namespace {

class reach {
 public:
  explicit reach(const document& d)
      : d_(d) {
    enter(0);
    while (!fresh_.empty() || shallow_histories_grow()) {
      while (!fresh_.empty()) {
        const index s = fresh_.back();
        fresh_.pop_back();
        for (const transition& t : d_.view(d_.transitions, d_.states[s].transitions))
          take(t, t.dynamic_domain ? none : t.domain);
      }
    }
  }

  bool can_be_entered(index s) const { return d_.is_history(s) ? histories_.contains(s) : active_.contains(s); }

 private:
  void activate(index s) {
    if (active_.contains(s)) return;
    active_.insert(s);
    fresh_.push_back(s);
  }

  /// As a target or by default, and therefore with its own default.
  void enter(index s) {
    if (d_.is_history(s)) {
      if (histories_.contains(s)) return;
      histories_.insert(s);
      take(d_.transitions[d_.states[s].initial], d_.states[s].parent);
      return;
    }
    activate(s);
    if (entered_.contains(s)) return;
    entered_.insert(s);
    if (d_.states[s].kind == state_kind::compound) take(d_.transitions[d_.states[s].initial], s);
    if (d_.states[s].kind == state_kind::parallel)
      for_each_child(s, [&](index region) {
        if (!d_.is_history(region)) enter(region);
      });
  }

  /// Enters the targets, and on the way down from `outer` (none: from the top) their ancestors with other regions.
  void take(const transition& t, index outer) {
    const auto targets = d_.view(d_.target_states, t.targets);
    for (const index target : targets) {
      for (index a = d_.states[target].parent; a != none && a != outer; a = d_.states[a].parent) {
        activate(a);
        if (d_.states[a].kind != state_kind::parallel) continue;
        for_each_child(a, [&](index region) {
          const bool named = std::any_of(targets.begin(), targets.end(), [&](index other) {
            return other == region || d_.is_descendant(other, region);
          });
          if (!named && !d_.is_history(region)) enter(region);
        });
      }
      enter(target);
    }
  }

  /// A shallow history enters a child that was active before by the child's default, which may be new.
  bool shallow_histories_grow() {
    histories_.for_each([&](index h) {
      if (d_.states[h].kind != state_kind::shallow_history) return;
      for_each_child(d_.states[h].parent, [&](index child) {
        if (active_.contains(child)) enter(child);
      });
    });
    return !fresh_.empty();
  }

  template <class F> void for_each_child(index s, F&& f) const {
    for (index c = static_cast<index>(s + 1); c < d_.states[s].subtree_end; c = d_.states[c].subtree_end) f(c);
  }

  const document& d_;
  state_set active_, entered_, histories_;
  std::vector<index> fresh_; // active, their transitions not yet looked at
};

} // namespace

void find_unreachable_states(const document& d, complaints& out) {
  const reach from_start(d);
  for (index s = 1; s < d.states.size(); ++s) {
    const state& lost = d.states[s];
    // What lies inside is lost with it.
    if (from_start.can_be_entered(s) || !from_start.can_be_entered(lost.parent)) continue;
    if (d.is_history(s))
      out.warning(lost.where, "the history " + quoted(lost.id) + " is never gone back to", "target it, or remove it");
    else if (lost.id.empty())
      out.warning(lost.where, "this state has no id and is no initial state: it is never entered",
                  "give it an id and target it, or remove it");
    else
      out.warning(lost.where, "the state " + quoted(lost.id) + " is never entered",
                  "target it from a state that is, or remove it");
  }
}

} // namespace chainring::scxml
