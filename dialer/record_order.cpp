// record_order.cpp: see record_order.hpp.
#include "dialer/record_order.hpp"

#include <algorithm>
#include <numeric>
#include <optional>
#include <string>
#include <utility>

#include "dialer/calling_list.hpp"
#include "dialer/text.hpp"

namespace chainring::dialer {

namespace {

/// What is compared: kind first (empty, number, text), then the number or the text.
struct rank {
  int kind = 0;
  std::int64_t number = 0;
  std::string text;
  friend auto operator<=>(const rank&, const rank&) = default;
};

rank rank_of(const record& row, std::size_t column) {
  auto text = column_text(row, column);
  if (!text || trimmed(*text).empty()) return {};
  if (const auto number = to_integer(trimmed(*text))) return {1, *number, {}};
  return {2, 0, std::move(*text)};
}

} // namespace

result<record_order> record_order::make(std::string_view clause, const calling_list& form) {
  record_order made;
  for (std::string_view rest = trimmed(clause); !rest.empty();) {
    const auto end = std::min(rest.find(','), rest.size());
    const auto part = trimmed(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    const auto space = std::min(part.find_first_of(" \t"), part.size());
    const auto direction = trimmed(part.substr(space));
    const auto column = find_column(form, part.substr(0, space));
    if (!column)
      return error{"the list has no column " + quoted(part.substr(0, space)), form.name, "name its columns, parted by commas"};
    const bool descending = same_word(direction, "DESC");
    if (!descending && !direction.empty() && !same_word(direction, "ASC"))
      return error{quoted(direction) + " is no direction", form.name, "write ASC or DESC behind a column, or nothing"};
    made.keys_.push_back({*column, descending});
  }
  return made;
}

std::vector<std::size_t> record_order::positions(const std::vector<record>& rows) const {
  std::vector<std::size_t> order(rows.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  for (auto k = keys_.rbegin(); k != keys_.rend(); ++k) { // stable: what was sorted before decides among equal ones
    std::vector<rank> ranks;
    for (const auto& row : rows) ranks.push_back(rank_of(row, k->column));
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      return k->descending ? ranks[b] < ranks[a] : ranks[a] < ranks[b];
    });
  }
  return order;
}

} // namespace chainring::dialer
