// list_table.cpp: names are checked when a list is made or grows; what is in the file is trusted to have been.
#include "dialer/store/sqlite/list_table.hpp"

#include "dialer/store/sqlite/columns.hpp"
#include "dialer/store/sqlite/transaction.hpp"

namespace chainring::dialer::sqlite {

namespace {

std::string table_name(list_id id) { return "list_" + std::to_string(id); }

std::string parameters(std::size_t count) {
  std::string text = "?";
  for (std::size_t i = 1; i < count; ++i) text += ", ?";
  return text;
}

result<std::vector<std::string>> user_columns_of(database& file, list_id id) {
  auto asked = file.prepare("SELECT name FROM pragma_table_info(?1) WHERE cid >= ?2 ORDER BY cid");
  if (!asked) return asked.error();
  const std::string name = table_name(id);
  asked->bind(1, std::string_view(name));
  asked->bind(2, static_cast<std::int64_t>(mandatory_columns_count));
  std::vector<std::string> names;
  for (;;) {
    auto row = asked->step();
    if (!row) return row.error();
    if (!*row) return names;
    names.emplace_back(asked->text(0));
  }
}

} // namespace

list_table::list_table(list_id list, calling_list stored)
  : id(list), form(std::move(stored)), table(quoted_name(table_name(list))) {
  for (std::size_t i = 0; i < form.user_columns.size(); ++i) given_order.push_back(i);
  const std::string names = column_names(form);
  const std::string update = "UPDATE " + table + " SET ";
  select_all = "SELECT " + names + " FROM " + table + " ";
  select_page = select("WHERE chain_id > ?1 ORDER BY chain_id, chain_n");
  select_chain = select("WHERE chain_id = ?1 ORDER BY chain_n");
  insert = "INSERT INTO " + table + " (" + names + ") VALUES (" + parameters(columns_count(form)) +
           ") ON CONFLICT (chain_id, chain_n) DO NOTHING";
  retrieve_chain = update + "record_status = 2, app_id = ?1 WHERE chain_id = ?2 AND record_status = 1";
  release_chain = update + "record_status = 1 WHERE chain_id = ?1 AND record_status = 2";
  chain_at_work = "SELECT 1 FROM " + table + " WHERE chain_id = ?1 AND record_status = 2 LIMIT 1";
  set_attempt = update + "attempt = ?1 WHERE chain_id = ?2 AND chain_n = ?3 AND record_id = ?4";
  set_result = update + "call_result = ?1, call_time = ?2 WHERE chain_id = ?3 AND chain_n = ?4 AND record_id = ?5";
  end_chain = update +
              "record_status = ?1, call_result = CASE WHEN ?2 IS NOT NULL AND coalesce(call_result, 28) = 28 THEN ?2 "
              "ELSE call_result END WHERE chain_id = ?3 AND record_status IN (1, 2)";
}

result<std::vector<record>> read_rows(database& file, const list_table& table, std::string_view sql, std::int64_t key) {
  auto asked = file.prepare(sql);
  if (!asked) return asked.error();
  asked->bind(1, key);
  std::vector<record> rows;
  for (;;) {
    auto row = asked->step();
    if (!row) return row.error();
    if (!*row) return rows;
    rows.push_back(read_record(*asked, table.form));
  }
}

result<list_tables> list_tables::load(database& file) {
  auto asked = file.prepare("SELECT id, name FROM lists ORDER BY id");
  if (!asked) return asked.error();
  list_tables loaded;
  for (;;) {
    auto row = asked->step();
    if (!row) return row.error();
    if (!*row) return loaded;
    const auto id = static_cast<list_id>(asked->integer(0));
    auto columns = user_columns_of(file, id);
    if (!columns) return columns.error();
    loaded.by_id_.emplace(id, list_table(id, {std::string(asked->text(1)), std::move(*columns)}));
  }
}

const list_table* list_tables::find(std::string_view name) const {
  for (const auto& [id, table] : by_id_)
    if (table.form.name == name) return &table;
  return nullptr;
}

result<const list_table*> list_tables::at(list_id id) const {
  const auto found = by_id_.find(id);
  if (found == by_id_.end()) return error{"no such list", std::to_string(id), "open the list first"};
  return &found->second;
}

result<list_id> list_tables::open(database& file, const calling_list& form) {
  if (auto legal = check_form(form); !legal) return legal.error();
  if (find(form.name) == nullptr)
    if (auto made = make(file, form); !made) return made.error();
  list_table& table = by_id_.at(find(form.name)->id);
  if (auto grown = add_columns(file, table, form); !grown) return grown.error();
  table.given_order.clear();
  for (const std::string& name : form.user_columns)
    table.given_order.push_back(*find_column(table.form, name) - mandatory_columns_count);
  return table.id;
}

result<void> list_tables::make(database& file, const calling_list& form) {
  auto change = transaction::begin(file);
  if (!change) return change.error();
  const list_id id = by_id_.empty() ? 1 : by_id_.rbegin()->first + 1;
  auto named = file.prepare("INSERT INTO lists (id, name) VALUES (?1, ?2)");
  if (!named) return named.error();
  named->bind(1, std::int64_t{id});
  named->bind(2, std::string_view(form.name));
  if (auto done = named->run(); !done) return done;
  if (auto done = file.execute(create_table(table_name(id), form)); !done) return done;
  if (auto done = change->commit(); !done) return done;
  by_id_.emplace(id, list_table(id, form));
  return {};
}

result<void> list_tables::add_columns(database& file, list_table& table, const calling_list& form) {
  auto grown = grown_form(table.form, form);
  if (!grown) return std::move(grown).error();
  if (grown->user_columns.size() == table.form.user_columns.size()) return {};
  auto change = transaction::begin(file);
  if (!change) return change.error();
  for (std::size_t i = table.form.user_columns.size(); i < grown->user_columns.size(); ++i)
    if (auto done = file.execute("ALTER TABLE " + table.table + " ADD COLUMN " + quoted_name(grown->user_columns[i]) +
                                 " TEXT");
        !done)
      return done;
  if (auto done = change->commit(); !done) return done;
  table = list_table(table.id, *std::move(grown));
  return {};
}

} // namespace chainring::dialer::sqlite
