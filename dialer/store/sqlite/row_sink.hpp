// row_sink.hpp: a new store in a file that is filled row by row, with what another database holds.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dialer/store/sqlite/database.hpp"
#include "dialer/store/sqlite/transaction.hpp"
#include "dialer/store/store_view.hpp"
#include "dialer/store/table_forms.hpp"

namespace chainring::dialer::sqlite {

class row_sink {
 public:
  /// Empty tables of these lists, in an empty file. Nothing of it waits for the disk.
  static result<std::unique_ptr<row_sink>> make(const std::string& path,
                                                const std::vector<std::pair<list_id, calling_list>>& lists);
  /// What is put between the two is stored together.
  result<void> begin();
  result<void> commit();
  /// The row that `from` is at, whose columns are those of the table.
  result<void> put(const table_form& table, const view_rows& from);
  /// Of the table meta.
  result<void> put_fact(std::string_view key, std::string_view value);
  /// All is in the one file.
  result<void> close();

 private:
  explicit row_sink(std::unique_ptr<database> file) : file_(std::move(file)) {}

  std::unique_ptr<database> file_;
  std::optional<transaction> open_;
  std::string table_, insert_; // the last one, and how a row gets into it
};

} // namespace chainring::dialer::sqlite
