// bulk.hpp: one statement for many rows: their values travel as arrays, a column each, which the statement unnests.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "dialer/store/postgres/connection.hpp"

namespace chainring::dialer::postgres {

/// A column of `u`, what the statement reads its rows from.
struct bulk_column {
  std::string_view name;
  element kind = element::integer;
};

/// The rows, as u (name, name, at): parameter `first` is the first array, how many rows follows the last. That number tells the
/// planner, which cannot know it, to expect few: each row is then looked up by key, whatever the table was when the plan was made.
std::string unnested(const std::vector<bulk_column>& columns, std::size_t first = 1);

/// The arrays. A row is complete when each column has got its value.
class bulk {
 public:
  explicit bulk(const std::vector<bulk_column>& columns);
  template <class... Values>
  void add(const Values&... values) {
    std::size_t column = 0;
    (put(column++, values), ...);
  }
  array& column(std::size_t n) { return arrays_[n]; }
  std::size_t rows() const { return arrays_.front().size(); }
  std::size_t bytes() const;
  /// Parameters of the statement: `before`, then those of unnested().
  parameters values(std::initializer_list<std::int64_t> before = {}) const;

 private:
  void put(std::size_t column, std::string_view text) { arrays_[column].add(text); }
  void put(std::size_t column, std::int64_t value) { arrays_[column].add(value); }
  template <class Value>
  void put(std::size_t column, const std::optional<Value>& value) {
    if (value) put(column, *value);
    else arrays_[column].add_null();
  }

  std::vector<array> arrays_;
};

} // namespace chainring::dialer::postgres
