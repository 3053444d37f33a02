// store_view.hpp: a store to be looked through, by whoever copies it or checks it: its tables in the SQL that all databases
// understand. Tables and columns are those of dialer/store/schema, whose names are the same in each.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "scxml/result.hpp"

namespace chainring::dialer {

/// The rows of a SELECT, one after the other.
class view_rows {
 public:
  virtual ~view_rows() = default;
  /// True: a row can be read. False: that was all.
  virtual result<bool> next() = 0;
  // Columns count from 0. Text lives until next().
  virtual bool is_null(int column) const = 0;
  virtual std::int64_t integer(int column) const = 0; // 0 for null
  virtual std::string_view text(int column) const = 0; // or bytes; empty for null
};

/// It lives no longer than its store.
class store_view {
 public:
  virtual ~store_view() = default;
  /// Several may be read at once. All see the same instant, on a server too, whoever writes meanwhile.
  virtual result<std::unique_ptr<view_rows>> select(const std::string& sql) = 0;
  /// Of the last owner.
  virtual result<std::int64_t> epoch() = 0;
  /// Names of all tables and indexes.
  virtual result<std::vector<std::string>> objects() = 0;
  /// Names of those that there have to be besides the lists' own.
  virtual std::vector<std::string> objects_wanted() const = 0;
  /// What the database itself finds wrong: pages, indexes, values that their columns do not allow. At most so many.
  virtual result<std::vector<std::string>> damage(std::size_t most) = 0;
};

} // namespace chainring::dialer
