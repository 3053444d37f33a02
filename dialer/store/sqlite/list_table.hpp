// list_table.hpp: the table of one calling list: its form, its SQL, and how it comes to be.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "dialer/calling_list.hpp"
#include "dialer/store/sqlite/database.hpp"
#include "dialer/store/store.hpp"

namespace chainring::dialer::sqlite {

/// One list. The SQL texts are built once, because statements are found by their text.
struct list_table {
  list_table(list_id list, calling_list stored);
  /// SELECT of all columns and what follows the table's name.
  std::string select(std::string_view rest) const { return select_all + std::string(rest); }

  list_id id;
  calling_list form; // as stored: user columns in the order in which they were added
  /// Position in `form` of each user column of the form that open_list was last given: the order of rows on import.
  std::vector<std::size_t> given_order;
  std::string table; // quoted

  std::string select_all;     // every column, up to the table's name
  std::string select_page;    // chains above ?1
  std::string select_chain;   // of chain ?1
  std::string insert;         // a parameter per column; a row that is there stays
  std::string retrieve_chain; // app_id ?1, chain ?2
  std::string release_chain;  // chain ?1
  std::string chain_at_work;  // a row if there is a Retrieved one of chain ?1
  std::string set_attempt;    // n ?1, chain ?2, chain_n ?3, record ?4
  std::string set_result;     // result ?1, call_time ?2, chain ?3, chain_n ?4, record ?5
  std::string end_chain;      // status ?1, result ?2, chain ?3
};

/// Rows of a SELECT made by select() or select_chain, its parameter `key`.
result<std::vector<record>> read_rows(database& file, const list_table& table, std::string_view sql, std::int64_t key);

/// The lists of a store, by id. Small: read once when the store is opened.
class list_tables {
 public:
  static result<list_tables> load(database& file);

  /// As store::open_list.
  result<list_id> open(database& file, const calling_list& form);
  const list_table* find(std::string_view name) const;
  /// Refuses an id that is none.
  result<const list_table*> at(list_id id) const;
  const std::map<list_id, list_table>& all() const { return by_id_; }

 private:
  result<void> make(database& file, const calling_list& form);
  result<void> add_columns(database& file, list_table& table, const calling_list& form);

  std::map<list_id, list_table> by_id_;
};

} // namespace chainring::dialer::sqlite
