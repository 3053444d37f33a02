// chart.cpp: charts by chance: nested parallels, histories, transitions across regions.
#include "tests/scxml/chart.hpp"

#include <random>

namespace chainring::scxml::testing {

namespace {

class maker {
 public:
  explicit maker(const choice& below)
      : choice_(below) {}

  chart make() {
    add("", "scxml");
    grow("root", 0);
    for (const auto& id : chart_.order) set_initial(id);
    for (const auto& id : chart_.order) add_transitions(id);
    return std::move(chart_);
  }

 private:
  unsigned below(unsigned n) { return choice_(n); }
  bool one_in(unsigned n) { return below(n) == 0; }

  std::string add(const std::string& parent, const std::string& kind) {
    const std::string id = parent.empty() ? "root" : "s" + std::to_string(chart_.order.size());
    chart_.order.push_back(id);
    chart_.states[id] = {id, parent, kind, {}, {}, {}, {}, {}};
    if (!parent.empty()) chart_.states[parent].children.push_back(id);
    return id;
  }

  void grow(const std::string& id, unsigned depth) {
    const bool parallel = chart_.states[id].kind == "parallel";
    const unsigned count = 2 + below(parallel ? 2 : 3);
    for (unsigned i = 0; i < count && chart_.order.size() < 40; ++i) {
      const bool leaf = depth >= 4 || one_in(3);
      const bool final = !parallel && i > 0 && one_in(depth == 0 ? 8 : 3);
      const std::string kind = final ? "final" : !leaf && one_in(2) ? "parallel" : "state";
      if (depth > 0 && one_in(5)) add(id, one_in(2) ? "shallow" : "deep");
      const std::string child = add(id, kind);
      if (!leaf && !final) grow(child, depth + 1);
      auto& made = chart_.states[child];
      if (made.kind == "parallel" && made.children.empty()) made.kind = "state";
      if (one_in(24)) made.raises_on_entry = "i" + std::to_string(below(3));
      if (one_in(24)) made.raises_on_exit = "i" + std::to_string(below(3));
    }
  }

  bool is_history(const std::string& id) {
    return chart_.states[id].kind == "shallow" || chart_.states[id].kind == "deep";
  }

  std::vector<std::string> inner(const std::string& id, bool deep) {
    std::vector<std::string> found;
    for (const auto& child : chart_.states[id].children) {
      if (!is_history(child)) found.push_back(child);
      if (!deep) continue;
      for (auto& more : inner(child, true)) found.push_back(more);
    }
    return found;
  }

  std::string one_of(const std::vector<std::string>& from) {
    return from[below(static_cast<unsigned>(from.size()))];
  }

  /// One state, or one in each region of a parallel.
  std::vector<std::string> targets_below(const std::string& id) {
    const auto& s = chart_.states[id];
    std::vector<std::string> targets;
    if (s.kind == "parallel" && one_in(2)) {
      for (const auto& region : inner(id, false)) {
        auto choices = inner(region, true);
        choices.push_back(region);
        targets.push_back(one_of(choices));
      }
      return targets;
    }
    return {one_of(inner(id, true))};
  }

  void set_initial(const std::string& id) {
    auto& s = chart_.states[id];
    if (is_history(id)) {
      const bool parallel = chart_.states[s.parent].kind == "parallel";
      const auto children = inner(s.parent, false);
      if (parallel)
        s.initial = s.kind == "deep" && one_in(2) ? targets_below_each(s.parent) : children;
      else
        s.initial =
            s.kind == "deep" ? targets_below(s.parent) : std::vector<std::string>{one_of(children)};
    } else if ((s.kind == "state" || s.kind == "scxml") && !s.children.empty() && one_in(2)) {
      s.initial = targets_below(id);
      for (const auto& child : s.children)
        if (is_history(child) && one_in(3)) s.initial = {child};
    }
  }

  std::vector<std::string> targets_below_each(const std::string& parallel) {
    std::vector<std::string> targets;
    for (const auto& region : inner(parallel, false)) {
      auto choices = inner(region, true);
      choices.push_back(region);
      targets.push_back(one_of(choices));
    }
    return targets;
  }

  std::string some_event(const std::string& id) {
    if (one_in(6))
      return "done.state." + (chart_.states[id].children.empty() ? one_of(chart_.order) : id);
    if (one_in(4)) return "i" + std::to_string(below(3));
    return one_in(12) ? "*" : "e" + std::to_string(below(4));
  }

  void add_transitions(const std::string& id) {
    auto& s = chart_.states[id];
    if (id == "root" || s.kind == "final" || is_history(id)) return;
    for (unsigned i = below(4); i > 0; --i) {
      chart_transition t;
      t.source = id;
      const bool eventless = one_in(16);
      if (!eventless) t.event = some_event(id);
      if (eventless || one_in(4)) t.cond = one_of(inner("root", true));
      if (!one_in(6) || eventless) t.targets = targets(id);
      t.internal = one_in(4);
      if (one_in(3) && t.event[0] == 'e') t.raises = "i" + std::to_string(below(3));
      s.transitions.push_back(t);
    }
  }

  std::vector<std::string> targets(const std::string& from) {
    std::vector<std::string> all(chart_.order.begin() + 1, chart_.order.end());
    if (one_in(3)) all = inner(from, true).empty() ? all : inner(from, true);
    if (one_in(3)) {
      std::vector<std::string> histories;
      for (const auto& id : chart_.order)
        if (is_history(id)) histories.push_back(id);
      if (!histories.empty()) all = histories;
    }
    const std::string chosen = one_of(all);
    return chart_.states[chosen].kind == "parallel" && one_in(2) ? targets_below(chosen)
                                                                 : std::vector{chosen};
  }

  const choice& choice_;
  chart chart_;
};

std::string joined(const std::vector<std::string>& words) {
  std::string all;
  for (const auto& w : words) all += (all.empty() ? "" : " ") + w;
  return all;
}

void write_transition(const chart_transition& t, std::string& out) {
  out += "<transition";
  if (!t.event.empty()) out += " event=\"" + t.event + "\"";
  if (!t.cond.empty()) out += " cond=\"In('" + t.cond + "')\"";
  if (!t.targets.empty()) out += " target=\"" + joined(t.targets) + "\"";
  if (t.internal) out += " type=\"internal\"";
  out += t.raises.empty() ? "/>\n" : "><raise event=\"" + t.raises + "\"/></transition>\n";
}

void write_state(const chart& c, const chart_state& s, std::string& out) {
  const bool history = s.kind == "shallow" || s.kind == "deep";
  const std::string element = history ? "history" : s.kind;
  out += "<" + element;
  if (s.kind == "scxml")
    out += " xmlns=\"http://www.w3.org/2005/07/scxml\" version=\"1.0\" datamodel=\"null\"";
  else
    out += " id=\"" + s.id + "\"";
  if (history)
    out += " type=\"" + s.kind + "\"><transition target=\"" + joined(s.initial) + "\"/";
  else if (!s.initial.empty())
    out += " initial=\"" + joined(s.initial) + "\"";
  out += ">\n";
  if (!s.raises_on_entry.empty())
    out += "<onentry><raise event=\"" + s.raises_on_entry + "\"/></onentry>\n";
  if (!s.raises_on_exit.empty())
    out += "<onexit><raise event=\"" + s.raises_on_exit + "\"/></onexit>\n";
  for (const auto& t : s.transitions) write_transition(t, out);
  for (const auto& child : s.children) write_state(c, c.states.at(child), out);
  out += "</" + element + ">\n";
}

} // namespace

chart chosen_chart(const choice& below) { return maker(below).make(); }

chart random_chart(std::uint32_t seed) {
  std::mt19937 chance(seed);
  return chosen_chart([&](unsigned n) { return static_cast<unsigned>(chance() % n); });
}

std::string to_scxml(const chart& c) {
  std::string out;
  write_state(c, c.states.at("root"), out);
  return out;
}

} // namespace chainring::scxml::testing
