// list_table.hpp: the table of one calling list: its form, its SQL, and how it comes to be.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "dialer/calling_list.hpp"
#include "dialer/store/postgres/bulk.hpp"
#include "dialer/store/postgres/connection.hpp"
#include "dialer/store/store.hpp"

namespace chainring::dialer::postgres {

/// One list. Its SQL texts are built once.
struct list_table {
  list_table(list_id list, calling_list stored);
  /// SELECT of all columns and what follows the table's name.
  std::string select(std::string_view rest) const { return select_all + std::string(rest); }

  list_id id;
  calling_list form; // as stored: user columns in the order in which they were added
  /// Position in `form` of each user column of the form that open_list was last given: the order of rows on import.
  std::vector<std::size_t> given_order;
  std::string table; // quoted

  std::string select_all;    // every column, up to the table's name
  std::string select_chains; // of the chains in the array $1
  // Of many rows, in the columns of bulk that stand below. Those that say which rows they have found give the row's number.
  std::string set_attempt, set_result, end_chain, release_chain, put_at_work;
};

extern const std::vector<bulk_column> columns_of_set_attempt, columns_of_set_result, columns_of_end_chain, columns_of_release,
  columns_of_instance;
/// INSERT of instances, but for those as new or newer that are there; `from` is what rows come from. Gives the chains.
std::string put_instances(std::string_view from);

/// Rows of a SELECT made by select() with the parameters.
result<std::vector<record>> read_rows(connection& on, const list_table& table, std::string_view sql, const parameters& values);

/// The lists of a store, by id. Small: read when the session is made.
class list_tables {
 public:
  /// Again, too: lists and columns that others have made are there then.
  result<void> load(connection& on);

  /// As store::open_list.
  result<list_id> open(connection& on, const calling_list& form);
  const list_table* find(std::string_view name) const;
  /// Refuses an id that is none.
  result<const list_table*> at(list_id id) const;
  const std::map<list_id, list_table>& all() const { return by_id_; }

 private:
  result<void> make(connection& on, const calling_list& form);
  result<void> add_columns(connection& on, list_table& table, const calling_list& form);

  std::map<list_id, list_table> by_id_;
};

} // namespace chainring::dialer::postgres
