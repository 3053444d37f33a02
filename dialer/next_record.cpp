// next_record.cpp: <ocs:next_record>: which record of the chain comes next. One cursor runs over
// the chain in the order of the pass: records of the preferred contact type first, then the others,
// each in the list's order. What the criteria leave out is passed over, and
// what OCS would not have taken: rows that are not Ready; repeat_chain starts the pass again;
// a search that finds nothing leaves the cursor where it is.
#include <algorithm>

#include "dialer/action_parts.hpp"
#include "dialer/calling_list.hpp"
#include "dialer/ocs_events.hpp"
#include "dialer/ocs_vocabulary.hpp"
#include "dialer/schedule.hpp"
#include "dialer/text.hpp"

namespace chainring::dialer {

namespace {

/// Bit n: contact type n.
using type_set = std::uint16_t;
constexpr type_set all_types = (1u << (contact_info_type_max + 1)) - 1;
constexpr type_set only(std::uint8_t type) { return static_cast<type_set>(1u << type); }

struct criteria {
  type_set included = 0, excluded = 0;
  bool has_includes = false;
  std::vector<std::string> warnings;

  type_set allowed() const {
    return static_cast<type_set>((has_includes ? included : all_types) & ~excluded);
  }
};

/// One <ocs:contact_info_type>.
std::optional<action_outcome> add_criterion(const scxml::action_effect& child, criteria& to) {
  const scxml::value* id = given(child, ocs::contact_info_type_type_id);
  const scxml::value* name = given(child, ocs::contact_info_type_type_name);
  if (!id && !name)
    return refusal(error_code::contact_type_invalid,
                   "contact_info_type lacks both type_id and type_name");
  const scxml::value& deciding = id ? *id : *name;
  const auto type = contact_type_of(deciding);
  if (!type)
    return refusal(error_code::contact_type_invalid, std::string(id ? "type_id" : "type_name") +
                                                         " is " + shown(deciding) +
                                                         ", no contact type");
  if (id && name && contact_type_of(*name) != type)
    to.warnings.push_back("type_id " + shown(*id) + " is " +
                          std::string(contact_info_type_names()[*type]) + ", type_name says " +
                          shown(*name) + ": type_id counts");
  const scxml::value* exclude = given(child, ocs::contact_info_type_exclude);
  const auto excluded = exclude ? yes_or_no(*exclude) : std::optional(false);
  if (!excluded)
    return refusal(error_code::yes_or_no_expected,
                   "exclude is " + shown(*exclude) + ", neither yes nor no");
  to.has_includes |= !*excluded;
  type_set& set = *excluded ? to.excluded : to.included;
  set = static_cast<type_set>(set | only(*type));
  return std::nullopt;
}

/// The contact type to look for first: the first record of the chain that fills the preferred field
/// decides.
std::optional<std::uint8_t> preferred_type(const std::vector<record>& rows,
                                           const chain_environment& environment) {
  if (environment.preferred_contact_field.empty()) return std::nullopt;
  const auto column = find_column(environment.form, environment.preferred_contact_field);
  if (!column) return std::nullopt;
  for (const record& row : rows) {
    const auto text = column_text(row, *column);
    if (text && !trimmed(*text).empty()) return contact_type_of(scxml::value(*text));
  }
  return std::nullopt;
}

} // namespace

std::optional<std::uint8_t> contact_type_of(const scxml::value& what) {
  if (const auto* n = what.as<double>()) {
    if (*n >= 0 && *n <= contact_info_type_max && *n == static_cast<int>(*n))
      return static_cast<std::uint8_t>(*n);
    return std::nullopt;
  }
  const auto word = word_of(what);
  const auto number = to_integer(word);
  if (!number) return contact_info_type_from_name(word);
  if (*number < 0 || *number > contact_info_type_max) return std::nullopt;
  return static_cast<std::uint8_t>(*number);
}

action_outcome perform_next_record(chain& c, const scxml::action_effect& action,
                                   const chain_environment& environment, std::int64_t now_ms) {
  criteria wanted;
  for (const auto& child : action.children)
    if (auto failed = add_criterion(child, wanted)) return *std::move(failed);
  bool repeat = false;
  if (const scxml::value* again = given(action, ocs::next_record_repeat_chain)) {
    const auto answer = yes_or_no(*again);
    if (!answer)
      return refusal(error_code::yes_or_no_expected,
                     "repeat_chain is " + shown(*again) + ", neither yes nor no");
    repeat = *answer;
  }

  std::vector<record> rows;
  rows.reserve(c.size());
  for (std::size_t i = 0; i < c.size(); ++i) rows.push_back(c.at(i));
  const auto preferred = preferred_type(rows, environment);
  const auto is_preferred = [&](std::size_t i) {
    return preferred && rows[i].contact_info_type == *preferred;
  };
  auto order = environment.order.positions(rows);
  std::stable_partition(order.begin(), order.end(), is_preferred);

  if (repeat) c.cursor = 0;
  action_outcome out;
  out.warnings = std::move(wanted.warnings);
  out.answer = events_due{no_next_record_event()};
  for (std::size_t step = c.cursor; step < order.size(); ++step) {
    const std::size_t position = order[step];
    const std::uint8_t type = rows[position].contact_info_type;
    if (!is_taken(rows[position])) continue;
    if (type > contact_info_type_max || (wanted.allowed() & only(type)) == 0) continue;
    c.cursor = static_cast<std::uint32_t>(step + 1);
    c.current = static_cast<std::uint32_t>(position);
    out.answer = events_due{next_record_event(c, position, is_preferred(position), environment.form,
                                              environment.zones, now_ms)};
    break;
  }
  return out;
}

} // namespace chainring::dialer
