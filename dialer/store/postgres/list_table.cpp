// list_table.cpp: names are checked when a list is made or grows; what is in the store is trusted to have been.
#include "dialer/store/postgres/list_table.hpp"

#include <utility>

#include "dialer/store/postgres/columns.hpp"
#include "dialer/store/row_columns.hpp"

namespace chainring::dialer::postgres {

const std::vector<bulk_column> columns_of_set_attempt = {{"chain_id"}, {"chain_n"}, {"record_id"}, {"n"}};
const std::vector<bulk_column> columns_of_set_result = {{"chain_id"}, {"chain_n"},   {"record_id"},
                                                        {"result"},   {"call_time"}, {"type"}};
const std::vector<bulk_column> columns_of_end_chain = {{"chain_id"}, {"status"}, {"result"}};
const std::vector<bulk_column> columns_of_release = {{"chain_id"}};
const std::vector<bulk_column> columns_of_instance = {{"list"},    {"chain_id"}, {"handles_end"}, {"due_ms"},
                                                      {"version"}, {"epoch"},    {"listens"},     {"bytes", element::bytes}};

std::string put_instances(std::string_view from) {
  return "INSERT INTO instances (list, chain_id, handles_end, due_ms, version, epoch, listens, bytes) "
         "SELECT u.list, u.chain_id, u.handles_end, u.due_ms, u.version, u.epoch, u.listens <> 0, u.bytes FROM " +
         std::string(from) +
         " ON CONFLICT (list, chain_id) DO UPDATE SET handles_end = excluded.handles_end, due_ms = excluded.due_ms, "
         "version = excluded.version, epoch = excluded.epoch, listens = excluded.listens, bytes = excluded.bytes WHERE "
         "excluded.version > instances.version "
         "RETURNING list, chain_id";
}

list_table::list_table(list_id list, calling_list stored)
  : id(list), form(std::move(stored)), table("list_" + std::to_string(list)) {
  for (std::size_t i = 0; i < form.user_columns.size(); ++i) given_order.push_back(i);
  const std::string update = "UPDATE " + table + " AS t SET ";
  const std::string key = " WHERE t.chain_id = u.chain_id AND t.chain_n = u.chain_n AND t.record_id = u.record_id RETURNING u.at";
  select_all = "SELECT " + column_names(form) + " FROM " + table + " ";
  select_chains = "SELECT t.* FROM unnest($1::bigint[]) AS u (id) CROSS JOIN LATERAL (" +
                  select("WHERE chain_id = u.id ORDER BY chain_n") + ") AS t ORDER BY t.chain_id, t.chain_n";
  set_attempt = update + "attempt = u.n FROM " + unnested(columns_of_set_attempt) + key;
  set_result = update + "call_result = u.result, call_time = u.call_time, record_type = coalesce(u.type, t.record_type) FROM " +
               unnested(columns_of_set_result) + key;
  end_chain = update +
              "record_status = u.status, call_result = CASE WHEN u.result IS NOT NULL AND coalesce(t.call_result, 28) = 28 "
              "THEN u.result ELSE t.call_result END FROM " +
              unnested(columns_of_end_chain) + " WHERE t.chain_id = u.chain_id AND t.record_status IN (1, 2)";
  release_chain = update + "record_status = 1 FROM " + unnested(columns_of_release) +
                  " WHERE t.chain_id = u.chain_id AND t.record_status = 2";
  put_at_work = put_instances(unnested(columns_of_instance) + " WHERE EXISTS (SELECT 1 FROM " + table +
                              " AS t WHERE t.chain_id = u.chain_id AND t.record_status = 2)");
}

result<std::vector<record>> read_rows(connection& on, const list_table& table, std::string_view sql, const parameters& values) {
  auto asked = on.ask(sql, values);
  if (!asked) return std::move(asked).error();
  std::vector<record> rows;
  for (int row = 0; row < asked->rows(); ++row) rows.push_back(read_record(*asked, row, table.form));
  return rows;
}

result<void> list_tables::load(connection& on) {
  auto asked = on.ask("SELECT id, name FROM lists ORDER BY id");
  if (!asked) return std::move(asked).error();
  for (int row = 0; row < asked->rows(); ++row) {
    const auto id = static_cast<list_id>(asked->integer(row, 0));
    auto columns =
        on.ask("SELECT attname::text FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > $2 AND NOT attisdropped "
               "ORDER BY attnum",
               parameters::of("list_" + std::to_string(id), std::int64_t{mandatory_columns_count}));
    if (!columns) return std::move(columns).error();
    calling_list form{std::string(asked->text(row, 1)), {}};
    for (int column = 0; column < columns->rows(); ++column) form.user_columns.emplace_back(columns->text(column, 0));
    const auto known = by_id_.find(id);
    if (known == by_id_.end()) {
      by_id_.emplace(id, list_table(id, std::move(form)));
    } else if (known->second.form.user_columns != form.user_columns) { // others stand behind: positions stay right
      auto order = std::move(known->second.given_order);
      known->second = list_table(id, std::move(form));
      known->second.given_order = std::move(order);
    }
  }
  return {};
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

result<list_id> list_tables::open(connection& on, const calling_list& form) {
  if (auto legal = check_form(form); !legal) return std::move(legal).error();
  if (find(form.name) == nullptr) {
    if (auto made = make(on, form); !made) return std::move(made).error();
    if (auto seen = load(on); !seen) return std::move(seen).error();
  }
  list_table& table = by_id_.at(find(form.name)->id);
  if (auto grown = add_columns(on, table, form); !grown) return std::move(grown).error();
  table.given_order.clear();
  for (const std::string& name : form.user_columns)
    table.given_order.push_back(*find_column(table.form, name) - mandatory_columns_count);
  return table.id;
}

/// Another process may make one at the same moment: the lock of the table of lists lets one after the other.
result<void> list_tables::make(connection& on, const calling_list& form) {
  on.queue("BEGIN");
  on.queue("LOCK TABLE lists IN SHARE ROW EXCLUSIVE MODE");
  on.queue("SELECT coalesce(max(id), 0) + 1, count(*) FILTER (WHERE name = $1) FROM lists", parameters::of(form.name));
  const auto rolled_back = [&](error why) {
    if (!on.is_lost()) (void)on.settle().ok(), (void)on.ask("ROLLBACK").ok();
    return why;
  };
  for (int i = 0; i < 2; ++i)
    if (auto begun = on.next(); !begun) return rolled_back(std::move(begun).error());
  auto found = on.next();
  if (!found) return rolled_back(std::move(found).error());
  if (auto begun = on.settle(); !begun) return rolled_back(std::move(begun).error());
  if (found->integer(0, 1) != 0) { // another process was faster
    auto ended = on.ask("ROLLBACK");
    return ended ? result<void>{} : std::move(ended).error();
  }
  const auto id = found->integer(0, 0);
  on.queue("INSERT INTO lists (id, name) VALUES ($1, $2)", parameters::of(id, form.name));
  if (auto named = on.settle(); !named) return rolled_back(std::move(named).error());
  if (auto made = on.run_script(create_table("list_" + std::to_string(id), form)); !made)
    return rolled_back(std::move(made).error());
  auto stored = on.ask("COMMIT");
  if (!stored) return std::move(stored).error();
  return {};
}

result<void> list_tables::add_columns(connection& on, list_table& table, const calling_list& form) {
  auto grown = grown_form(table.form, form);
  if (!grown) return std::move(grown).error();
  if (grown->user_columns.size() == table.form.user_columns.size()) return {};
  std::string sql;
  for (std::size_t i = table.form.user_columns.size(); i < grown->user_columns.size(); ++i)
    sql += "ALTER TABLE " + table.table + " ADD COLUMN IF NOT EXISTS " + quoted_name(grown->user_columns[i]) + " text; ";
  if (auto done = on.run_script(sql); !done) return done;
  return load(on);
}

} // namespace chainring::dialer::postgres
