// table_forms.cpp: the columns of dialer/store/schema.
#include "dialer/store/table_forms.hpp"

#include "dialer/calling_list.hpp"
#include "dialer/store/row_columns.hpp"

namespace chainring::dialer {

namespace {

constexpr auto number = column_content::integer;
constexpr auto text = column_content::text;
constexpr auto bytes = column_content::bytes;

} // namespace

std::string table_form::names() const {
  std::string all;
  for (const auto& one : columns) all += (all.empty() ? "" : ", ") + one.name;
  return all;
}

table_form form_of_list(list_id id, const calling_list& form) {
  table_form made{"list_" + std::to_string(id), {}};
  for (std::size_t n = 0; n < columns_count(form); ++n) {
    const bool is_text = n >= mandatory_columns_count || mandatory_columns()[n].kind == column_kind::text;
    made.columns.push_back({quoted_name(column_name(form, n)), is_text ? text : number});
  }
  return made;
}

std::vector<table_form> forms_of_store(const std::vector<std::pair<list_id, calling_list>>& lists) {
  std::vector<table_form> all = {{"lists", {{"id", number}, {"name", text}}}};
  for (const auto& [id, form] : lists) all.push_back(form_of_list(id, form));
  all.push_back({"attempts",
                 {{"list", number}, {"record_id", number}, {"n", number}, {"chain_id", number}, {"chain_n", number},
                  {"epoch", number}, {"state", number}, {"contact_info", text}, {"trunk", text}, {"started_ms", number},
                  {"ended_ms", number}, {"result", number}}});
  all.push_back({"chains",
                 {{"list", number}, {"chain_id", number}, {"ended_ms", number}, {"reason", text}, {"post_processing", text}}});
  all.push_back({"do_not_call", {{"kind", number}, {"value", text}}});
  all.push_back({"history", {{"id", number}, {"uri", text}, {"list", number}, {"chain_id", number}, {"body", text}}});
  all.push_back({"instances",
                 {{"list", number}, {"chain_id", number}, {"handles_end", number}, {"bytes", bytes}, {"version", number},
                  {"due_ms", number}, {"epoch", number}, {"listens", number}}});
  all.push_back({"documents", {{"hash", text}, {"bytes", bytes}}});
  return all;
}

} // namespace chainring::dialer
