// ways.cpp: see ways.hpp.
#include "scxml/ways.hpp"

#include <algorithm>

#include "scxml/content.hpp"
#include "scxml/document.hpp"
#include "scxml/limits.hpp"

namespace chainring::scxml {

namespace {

using deed = way_step::deed;

/// One target or none: two could not both be entered without <parallel>.
bool leads_one_way(const document& d) {
  const auto one_way = [](const transition& t) { return t.targets.count <= 1 && !t.dynamic_domain; };
  const auto simple = [](const state& s) {
    return s.kind == state_kind::atomic || s.kind == state_kind::compound || s.kind == state_kind::final;
  };
  const auto starts = [](const state& s) { return s.kind != state_kind::compound || s.initial != none; };
  return std::all_of(d.transitions.begin(), d.transitions.end(), one_way) &&
         std::all_of(d.states.begin(), d.states.end(), simple) && std::all_of(d.states.begin(), d.states.end(), starts);
}

class way_maker {
 public:
  way_maker(const document& d, std::vector<way_step>& steps) : d_(d), steps_(steps) {}

  bool too_long() const { return steps_.size() > limits::way_steps_max; }

  /// exitStates
  void leave(index atomic) {
    for (index s = atomic; s != 0 && !too_long(); s = d_.states[s].parent) {
      const state& left = d_.states[s];
      if (!left.invokes.empty()) {
        add(deed::leave_whole, s);
        continue;
      }
      run_all(left.on_exit);
      add(deed::leave, s);
    }
  }
  /// executeTransitionContent
  void take(index t) { run(d_.transitions[t].block); }
  /// enterStates: from the domain to the target, and from there by default to an atomic state.
  void enter(index domain, index target) {
    std::vector<index> below; // innermost first
    for (index s = target; s != domain; s = d_.states[s].parent) below.push_back(s);
    const state& last = d_.states[target];
    const index by_default = last.kind == state_kind::compound ? last.initial : none;
    for (; !below.empty() && !too_long(); below.pop_back()) enter_one(below.back(), below.size() == 1 ? by_default : none);
    if (by_default != none && !too_long()) enter(target, d_.target_states[d_.transitions[by_default].targets.first]);
  }

 private:
  void enter_one(index s, index by_default) {
    const state& entered = d_.states[s];
    const bool has_data = !d_.early_binding && !entered.data.empty();
    if (has_data || !entered.invokes.empty() || entered.kind == state_kind::final)
      return add(deed::enter_whole, s, by_default);
    add(deed::enter, s);
    run_all(entered.on_entry);
    if (by_default != none) run(d_.transitions[by_default].block);
  }
  void run_all(range blocks) {
    for (index b = blocks.first; b < blocks.first + blocks.count && !too_long(); ++b) run(b);
  }
  void run(index block) {
    if (block == none) return;
    const std::size_t begin = steps_.size();
    for (auto left = d_.view(d_.instructions, d_.blocks[block].instructions); !left.empty() && !too_long();) {
      const auto first = static_cast<index>(left.data() - d_.instructions.data());
      const std::size_t count = std::clamp<std::size_t>(assigns_ahead(left), 1, UINT8_MAX);
      const bool assigns = left.front().kind == operation::assign;
      const auto what = !assigns ? deed::execute : count == 1 ? deed::assign : deed::assign_all;
      left = left.subspan(count);
      add(what, first, 0, static_cast<std::uint8_t>(count));
    }
    for (std::size_t at = begin; at < steps_.size(); ++at) steps_[at].more = static_cast<index>(steps_.size() - at - 1);
  }
  void add(deed what, index subject, index more = 0, std::uint8_t count = 0) { steps_.push_back({what, count, subject, more}); }

  const document& d_;
  std::vector<way_step>& steps_;
};

} // namespace

way_table::way_table(const document& d) {
  if (!leads_one_way(d)) return;
  way_maker maker(d, steps_);
  const auto part_since = [&](std::size_t first) {
    return part{static_cast<std::uint32_t>(first), static_cast<std::uint32_t>(steps_.size() - first)};
  };
  leaving_.resize(d.states.size());
  for (std::size_t s = 0; s < d.states.size() && !maker.too_long(); ++s) {
    const std::size_t first = steps_.size();
    if (d.is_atomic(static_cast<index>(s))) maker.leave(static_cast<index>(s));
    leaving_[s] = part_since(first);
  }
  std::vector<part> onward(d.transitions.size());
  const auto lay_out = [&](index i, index domain) {
    const transition& t = d.transitions[i];
    const std::size_t first = steps_.size();
    if (i != d.states[0].initial) maker.take(i);
    if (!t.targets.empty()) maker.enter(domain, d.target_states[t.targets.first]);
    onward[i] = part_since(first);
  };
  lay_out(d.states[0].initial, 0);
  for (const state& s : d.states)
    for (index t = s.transitions.first; t < s.transitions.first + s.transitions.count && !maker.too_long(); ++t)
      lay_out(t, d.transitions[t].domain);
  if (!maker.too_long()) onward_ = std::move(onward);
}

void way_table::measure_leaving(const document& d, std::uint16_t atomic, std::vector<std::uint16_t>& up_to) const {
  std::uint16_t taken = 0;
  for (const way_step& s : leaving(atomic)) {
    ++taken;
    if (s.what == deed::leave || s.what == deed::leave_whole) up_to[d.states[s.subject].parent] = taken;
  }
}

} // namespace chainring::scxml
