// writes.cpp: see writes.hpp.
#include "dialer/store/writes.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <type_traits>

namespace chainring::dialer {

namespace {

std::string place(const calling_list& form, std::int64_t record_id, std::int32_t n) {
  return "list " + form.name + ", record " + std::to_string(record_id) + ", attempt " + std::to_string(n);
}

} // namespace

std::pair<list_id, std::int64_t> chain_of(const write& what) {
  return std::visit(
    [](const auto& w) -> std::pair<list_id, std::int64_t> {
      using kind = std::decay_t<decltype(w)>;
      if constexpr (std::is_same_v<kind, write_intent>) return {w.what.list, w.what.chain_id};
      else if constexpr (std::is_same_v<kind, write_row>) return {w.key.list, w.key.chain_id};
      else return {w.list, w.chain_id};
    },
    what);
}

bool leaves_history(const write& what) {
  const auto* intent = std::get_if<write_intent>(&what);
  const auto* end = std::get_if<write_result>(&what);
  return (intent && intent->history) || (end && end->history);
}

std::vector<ordered_write> by_chain(std::span<const write> batch) {
  std::vector<ordered_write> order(batch.size());
  for (std::size_t i = 0; i < batch.size(); ++i) order[i] = {chain_of(batch[i]), i};
  std::sort(order.begin(), order.end());
  return order;
}

std::uint64_t handles_end_of(std::span<const write> batch) {
  std::uint64_t end = 0;
  for (const auto& w : batch) {
    const auto* intent = std::get_if<write_intent>(&w);
    const auto* saved = intent ? intent->instance.get() : std::get_if<write_instance>(&w);
    if (saved) end = std::max(end, saved->handles_end);
  }
  return end;
}

result<row_values> values_of(const write_row& w, const calling_list& form) {
  row_values row;
  auto& [values, columns] = row;
  values.user.resize(form.user_columns.size());
  if (w.status) values.record_status = *w.status, columns.push_back(column_record_status);
  if (w.type) values.record_type = *w.type, columns.push_back(column_record_type);
  if (w.result) values.call_result = *w.result, columns.push_back(column_call_result);
  if (w.dial_sched_time) values.dial_sched_time = *w.dial_sched_time, columns.push_back(column_dial_sched_time);
  for (const auto& [name, text] : w.columns) {
    const auto column = find_column(form, name);
    if (!column || *column == column_record_id || *column == column_chain_id || *column == column_chain_n)
      return error{"no column that can be written", "list " + form.name + ", column " + name,
                   "name a column of the list, none of its keys"};
    const auto said = text ? std::optional<std::string_view>(*text) : std::nullopt;
    if (auto set = set_column(values, form, *column, said); !set) return std::move(set).error();
    if (std::find(columns.begin(), columns.end(), *column) == columns.end()) columns.push_back(*column);
  }
  return row;
}

result<void> check_intent(const write_intent& w, const calling_list& form) {
  if (w.what.state == attempt_state::intent && w.what.n >= 1) return {};
  return error{"no intent of an attempt", place(form, w.what.record_id, w.what.n), "number attempts from 1, state intent"};
}

result<void> check_end(const write_result& w, const calling_list& form) {
  if (w.state == attempt_state::done || w.state == attempt_state::unknown) return {};
  return error{"no end of an attempt", place(form, w.record_id, w.n), "end it as done or unknown"};
}

error attempt_made_before(const calling_list& form, std::int64_t record_id, std::int32_t n) {
  return {"the attempt was made before", place(form, record_id, n), "give the next attempt a new number"};
}

error no_attempt_in_flight(const calling_list& form, std::int64_t record_id, std::int32_t n) {
  return {"no such attempt is in flight", place(form, record_id, n), "commit its intent first, its end once"};
}

error no_such_row(const calling_list& form, std::int64_t chain_id, std::int32_t chain_n) {
  return {"no such row", "list " + form.name + ", chain " + std::to_string(chain_id) + ", record " + std::to_string(chain_n),
          "import the row first"};
}

} // namespace chainring::dialer
