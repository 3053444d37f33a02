// row_columns.cpp: names as SQL, and what a list may be made of.
#include "dialer/store/row_columns.hpp"

#include "dialer/limits.hpp"
#include "dialer/text.hpp"

namespace chainring::dialer {

std::string quoted_name(std::string_view name) {
  std::string quoted = "\"";
  for (const char c : name) quoted.append(c == '"' ? 2 : 1, c);
  return quoted += '"';
}

std::string column_names(const calling_list& form) {
  std::string names;
  for (std::size_t column = 0; column < columns_count(form); ++column) {
    if (column > 0) names += ", ";
    names += quoted_name(column_name(form, column));
  }
  return names;
}

result<void> check_form(const calling_list& form) {
  if (form.name.empty() || form.name.size() > limits::list_name_bytes_max || !is_clean_utf8(form.name) ||
      has_control_character(form.name))
    return error{"no name for a list", quoted(form.name),
                 "give 1 to " + std::to_string(limits::list_name_bytes_max) + " bytes of printable UTF-8"};
  for (std::size_t i = 0; i < form.user_columns.size(); ++i) {
    const std::string& name = form.user_columns[i];
    if (auto legal = check_user_column(name); !legal) return legal;
    for (std::size_t j = 0; j < i; ++j)
      if (same_word(name, form.user_columns[j]))
        return error{"column " + quoted(name) + " is there twice", "list " + form.name,
                     "give each column its own name"};
  }
  return {};
}

result<calling_list> grown_form(const calling_list& stored, const calling_list& form) {
  calling_list grown = stored;
  for (const std::string& name : form.user_columns)
    if (!find_column(grown, name)) grown.user_columns.push_back(name);
  if (grown.user_columns.size() > stored.user_columns.size() && grown.user_columns.size() > limits::user_columns_max)
    return error{"more than " + std::to_string(limits::user_columns_max) + " user columns", "list " + form.name,
                 "leave columns out of the file"};
  return grown;
}

} // namespace chainring::dialer
