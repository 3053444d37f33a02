// actions.hpp: OCS actions for tests, written by the names of the vocabulary, and a small campaign
// to carry them out in.
#pragma once

#include <initializer_list>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "dialer/calling_list.hpp"
#include "dialer/ocs_actions.hpp"
#include "dialer/ocs_vocabulary.hpp"

namespace chainring::dialer::testing {

using attributes = std::vector<std::pair<std::string, scxml::value>>;

/// An element of the vocabulary with evaluated attributes; throws for names that it lacks.
inline scxml::action_effect element(const std::vector<scxml::action_specification>& known,
                                    const std::string& name, const attributes& given) {
  for (std::size_t i = 0; i < known.size(); ++i) {
    if (known[i].name != name) continue;
    scxml::action_effect made;
    made.spec = static_cast<scxml::index>(i);
    for (const auto& [attribute, what] : given) {
      std::size_t at = 0;
      while (at < known[i].attributes.size() && known[i].attributes[at].name != attribute) ++at;
      if (at == known[i].attributes.size()) throw std::out_of_range(attribute);
      made.arguments.push_back({static_cast<scxml::index>(at), what});
    }
    return made;
  }
  throw std::out_of_range(name);
}

inline scxml::action_effect
act(const std::string& name, const attributes& given = {},
    const std::vector<std::pair<std::string, attributes>>& children = {}) {
  const auto& actions = ocs_vocabulary().actions;
  scxml::action_effect made = element(actions, name, given);
  for (const auto& [child, child_given] : children)
    made.children.push_back(element(actions[made.spec].children, child, child_given));
  return made;
}

inline constexpr std::int64_t monday_ms = 1'767'600'000'000; // 2026-01-05T00:00 in Los Angeles
inline constexpr std::int64_t hour_ms = 3'600'000;
inline constexpr std::uint64_t handle_base = 16'287;

inline const time_zones& zones() {
  static const time_zones made = time_zones::open().operator*();
  return made;
}

/// One chain: home, mobile, business; the list has the user columns UserField, preferred and
/// tz_name.
struct campaign {
  calling_list form{"spring", {"UserField", "preferred", "tz_name"}};
  daytime_tables daytime;
  std::string preferred_field;
  record_order order;
  std::int64_t now_ms = monday_ms + 12 * hour_ms;
  chain c;
  action_outcome out; // of the last action

  campaign()
      : c(*chain::make(records(), handle_base)) {}

  static chain_of_records records() {
    chain_of_records made{7, {}};
    const std::uint8_t types[] = {1, 4, 2};
    for (int i = 0; i < 3; ++i) {
      record row;
      row.record_id = 100 + i;
      row.chain_id = 7;
      row.chain_n = i + 1;
      row.contact_info = "555" + std::to_string(i + 1);
      row.contact_info_type = types[i];
      row.attempt = i;
      row.user = {"u" + std::to_string(i), std::nullopt, std::nullopt};
      made.records.push_back(row);
    }
    return made;
  }

  chain_environment environment() const { return {form, 3, zones(), daytime, preferred_field, order}; }

  /// The event that answers, or null.
  const scxml::event* event(const scxml::action_effect& action) {
    out = perform(c, action, environment(), now_ms);
    const auto* due = std::get_if<events_due>(&out.answer);
    return due && due->size() == 1 ? &due->front() : nullptr;
  }
  bool answers_nothing(const scxml::action_effect& action) {
    out = perform(c, action, environment(), now_ms);
    return std::holds_alternative<std::monostate>(out.answer);
  }
  /// "Error.Attribute 3" for an error that answers, with both spellings of its number; "" for
  /// anything else.
  std::string refused(const scxml::action_effect& action) {
    const auto* e = event(action);
    if (!e || e->name.find("Error.") != 0) return "";
    const auto* one = e->data.find("Error_code");
    const auto* other = e->data.find("error_code");
    if (!one || !other || !(*one == *other)) return "codes differ";
    return e->name + " " + scxml::to_text(*one);
  }
  /// record_id of the next record minus the handle base, or "null".
  std::string next(const scxml::action_effect& action) {
    const auto* e = event(action);
    if (!e || e->name != "ocs.next_record") return "?";
    const auto* handle = e->data.find("record_id")->as<double>();
    return handle ? std::to_string(static_cast<std::uint64_t>(*handle) - handle_base) : "null";
  }
  scxml::value property(const scxml::action_effect& action, const std::string& name) {
    const auto* e = event(action);
    const auto* what = e ? e->data.find(name) : nullptr;
    return what ? *what : scxml::value();
  }
};

} // namespace chainring::dialer::testing
