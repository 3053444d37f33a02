// set_flex_attr.cpp: <ocs:set_flex_attr>: options and extensions of calls, and USERDATA, which
// changes rows. Either all children are right and take effect, or none does.
#include <algorithm>

#include "dialer/action_parts.hpp"
#include "dialer/calling_list.hpp"
#include "dialer/limits.hpp"
#include "dialer/ocs_vocabulary.hpp"
#include "dialer/text.hpp"

namespace chainring::dialer {

namespace {

/// Keys of a row: a treatment that changed them would lose the row.
bool is_read_only(std::size_t column) {
  return column == column_record_id || column == column_chain_id || column == column_chain_n;
}

class flex_change {
 public:
  flex_change(chain& c, const chain_environment& environment)
      : chain_(c)
      , environment_(environment) {}

  std::optional<action_outcome> choose(const scxml::value* handle);
  std::optional<action_outcome> check(const scxml::action_effect& child);
  std::optional<action_outcome> check_rows() const;
  action_outcome apply();

 private:
  struct changed_row {
    std::size_t position = 0;
    record row;
    std::vector<std::size_t> columns;
  };
  std::optional<action_outcome> check_option(flex_attribute& what);
  std::optional<action_outcome> check_userdata(const flex_attribute& what);

  chain& chain_;
  const chain_environment& environment_;
  std::int32_t target_ = flex_attributes::whole_chain;
  flex_attributes flex_;
  std::vector<changed_row> rows_;
  std::vector<std::string> warnings_;
};

std::optional<action_outcome> flex_change::choose(const scxml::value* handle) {
  if (!handle) return refusal(error_code::record_unknown, "set_flex_attr lacks a record_id");
  flex_ = chain_.flex;
  const auto all = flex_text(*handle, true);
  if (!all || *all != "0") {
    const auto position = chain_.position_of(*handle);
    if (!position)
      return refusal(error_code::record_unknown,
                     "record_id is " + shown(*handle) + ", no record of this chain");
    target_ = static_cast<std::int32_t>(*position);
  }
  for (std::size_t i = 0; i < chain_.size(); ++i)
    if (target_ == flex_attributes::whole_chain || static_cast<std::size_t>(target_) == i)
      rows_.push_back({i, chain_.at(i), {}});
  return std::nullopt;
}

/// One <ocs:flex_attr>.
std::optional<action_outcome> flex_change::check(const scxml::action_effect& child) {
  const scxml::value* attr = given(child, ocs::flex_attr_attr);
  const scxml::value* type = given(child, ocs::flex_attr_type);
  const scxml::value* key = given(child, ocs::flex_attr_key);
  const scxml::value* to = given(child, ocs::flex_attr_value);
  if (!attr || !type || !key || !to)
    return refusal(error_code::attribute_missing,
                   "flex_attr lacks one of attr, type, key and value");
  const auto kind = flex_kind_from_name(word_of(*attr));
  if (!kind)
    return refusal(error_code::flex_kind_invalid,
                   "attr is " + shown(*attr) + ", none of OPTIONS, USERDATA and EXTENSIONS");
  const bool is_integer = same_word(word_of(*type), "int");
  if (!is_integer && !same_word(word_of(*type), "string"))
    return refusal(error_code::flex_type_invalid,
                   "type is " + shown(*type) + ", neither string nor int");
  const std::string name(word_of(*key));
  if (name.empty() || name.size() > limits::flex_key_bytes_max || has_control_character(name) ||
      !is_clean_utf8(name))
    return refusal(error_code::flex_key_invalid, "key is " + shown(*key) + ", not a name");
  const auto text = flex_text(*to, is_integer);
  if (!text)
    return refusal(error_code::flex_value_invalid, "value of " + name + " is " + shown(*to) +
                                                       ", not of type " +
                                                       (is_integer ? "int" : "string"));
  flex_attribute what{*kind, is_integer, name, *text};
  return *kind == flex_kind::userdata ? check_userdata(what) : check_option(what);
}

/// Options and extensions travel in the signalling of a call: nothing in them may end a line.
std::optional<action_outcome> flex_change::check_option(flex_attribute& what) {
  if (what.value.size() > limits::flex_value_bytes_max || has_control_character(what.value) ||
      !is_clean_utf8(what.value))
    return refusal(error_code::flex_value_invalid,
                   "value of " + what.key + " is too long, not UTF-8 or holds control characters");
  if (what.kind == flex_kind::options) {
    const auto known = known_option(what.key);
    if (known)
      what.key = *known;
    else
      warnings_.push_back("option " + quoted(what.key) +
                          " is not known: it is passed on to the trunk");
    if (known == "pre-dial-validation" && !switch_value(what.value))
      return refusal(error_code::flex_value_invalid,
                     "pre-dial-validation is " + quoted(what.value) + ", neither true nor false");
  }
  if (flex_.set(target_, std::move(what))) return std::nullopt;
  return refusal(error_code::flex_attributes_too_many,
                 "the chain has " + std::to_string(limits::flex_attributes_per_chain_max) +
                     " flexible attributes");
}

std::optional<action_outcome> flex_change::check_userdata(const flex_attribute& what) {
  const auto column = find_column(environment_.form, what.key);
  if (!column)
    return refusal(error_code::column_unknown,
                   "the list " + environment_.form.name + " has no column " + quoted(what.key));
  if (is_read_only(*column))
    return refusal(error_code::column_read_only, what.key + " names the row and cannot be changed");
  for (changed_row& changed : rows_) {
    const std::int32_t attempts = changed.row.attempt;
    if (auto set = set_column(changed.row, environment_.form, *column, what.value); !set)
      return refusal(error_code::column_value_invalid, set.error().what + ": " + set.error().mend);
    if (changed.row.attempt < attempts)
      return refusal(error_code::column_read_only,
                     "attempt counts the attempts made and cannot go down");
    if (std::find(changed.columns.begin(), changed.columns.end(), *column) == changed.columns.end())
      changed.columns.push_back(*column);
  }
  return std::nullopt;
}

/// tz_dbid or tz_name may have changed: no row may lose its zone.
std::optional<action_outcome> flex_change::check_rows() const {
  for (const changed_row& changed : rows_) {
    if (changed.columns.empty()) continue;
    if (auto zone = environment_.zones.zone_of(changed.row, environment_.form); !zone)
      return refusal(error_code::column_value_invalid, zone.error().what);
  }
  return std::nullopt;
}

action_outcome flex_change::apply() {
  action_outcome out;
  out.warnings = std::move(warnings_);
  chain_.flex = std::move(flex_);
  for (const changed_row& changed : rows_) {
    if (changed.columns.empty()) continue;
    chain_.put(changed.position, changed.row);
    write_row row;
    row.key = {environment_.list, changed.row.chain_id, changed.row.chain_n};
    for (const std::size_t column : changed.columns)
      row.columns.emplace_back(column_name(environment_.form, column),
                               column_text(changed.row, column));
    out.rows.push_back(std::move(row));
  }
  return out;
}

} // namespace

action_outcome perform_set_flex_attr(chain& c, const scxml::action_effect& action,
                                     const chain_environment& environment) {
  flex_change change(c, environment);
  if (auto failed = change.choose(given(action, ocs::set_flex_attr_record_id)))
    return *std::move(failed);
  if (action.children.empty())
    return refusal(error_code::flex_attribute_missing, "set_flex_attr has no flex_attr");
  for (const auto& child : action.children)
    if (auto failed = change.check(child)) return *std::move(failed);
  if (auto failed = change.check_rows()) return *std::move(failed);
  return change.apply();
}

} // namespace chainring::dialer
