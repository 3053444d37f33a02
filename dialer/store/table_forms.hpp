// table_forms.hpp: the tables of a store, as they go row by row from one kind of database into another. Of meta and owner each
// database has its own form: they are not among them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "dialer/record.hpp"
#include "dialer/store/store.hpp"

namespace chainring::dialer {

enum class column_content : std::uint8_t { integer, text, bytes };

struct table_form {
  struct column {
    std::string name; // as SQL
    column_content content = column_content::integer;
  };
  std::string name;
  std::vector<column> columns;

  /// "a, b, c".
  std::string names() const;
  /// All rows; columns in order.
  std::string select() const { return "SELECT " + names() + " FROM " + name; }
};

/// Of the rows of list `id`.
table_form form_of_list(list_id id, const calling_list& form);
/// All of a store with these lists: the lists' names first, then their rows, then the rest.
std::vector<table_form> forms_of_store(const std::vector<std::pair<list_id, calling_list>>& lists);

} // namespace chainring::dialer
