// chart.hpp: a state chart as a tree of names: made by chance, written as SCXML, or run by
// naive_interpreter.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace chainring::scxml::testing {

struct chart_transition {
  std::string source;
  std::string event; // empty: eventless
  std::string cond;  // a state for In(); empty: none
  std::vector<std::string> targets;
  bool internal = false;
  std::string raises; // an event, or empty
};

struct chart_state {
  std::string id, parent;
  std::string kind;                  // scxml, state, parallel, final, shallow, deep
  std::vector<std::string> children; // histories among them
  std::vector<std::string> initial;  // targets of the initial transition, or of a history's default
  std::vector<chart_transition> transitions;
  std::string raises_on_entry, raises_on_exit;
};

struct chart {
  std::vector<std::string> order; // document order; order[0] is the root
  std::map<std::string, chart_state> states;
};

/// Gives a number below its argument.
using choice = std::function<unsigned(unsigned)>;

/// The same choices give the same chart; it ends whatever they are.
chart chosen_chart(const choice& below);
/// The same seed gives the same chart. Events are "e0"…"e3", internal ones "i0"…"i2".
chart random_chart(std::uint32_t seed);

/// As an SCXML document with the null data model.
std::string to_scxml(const chart& c);

} // namespace chainring::scxml::testing
