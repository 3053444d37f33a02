// fill.cpp: see fill.hpp.
#include "dialer/store/postgres/fill.hpp"

#include <algorithm>

#include "dialer/limits.hpp"
#include "dialer/store/postgres/bulk.hpp"
#include "dialer/store/postgres/columns.hpp"
#include "dialer/store/postgres/session.hpp"
#include "dialer/store/store_view.hpp"
#include "dialer/store/table_forms.hpp"

namespace chainring::dialer::postgres {

namespace {

/// One statement for many rows; values have names of their own, because a column may be called anything.
struct insert {
  explicit insert(const table_form& table) {
    for (std::size_t i = 0; i < table.columns.size(); ++i) names.push_back("v" + std::to_string(i));
    std::string values;
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
      const auto content = table.columns[i].content;
      columns.push_back({names[i], content == column_content::integer ? element::integer
                                   : content == column_content::text  ? element::text
                                                                      : element::bytes});
      values += (i > 0 ? ", u." : "u.") + names[i] + (table.columns[i].name == "listens" ? " <> 0" : "");
    }
    sql = "INSERT INTO " + table.name + " (" + table.names() + ") " +
          (table.name == "history" ? "OVERRIDING SYSTEM VALUE " : "") + "SELECT " + values + " FROM " + unnested(columns);
  }

  std::vector<std::string> names; // columns have views of them
  std::vector<bulk_column> columns;
  std::string sql;
};

void add_row(bulk& to, const table_form& table, const view_rows& from) {
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    const auto column = static_cast<int>(i);
    if (from.is_null(column)) to.column(i).add_null();
    else if (table.columns[i].content == column_content::integer) to.column(i).add(from.integer(column));
    else to.column(i).add(from.text(column));
  }
}

result<void> fill_table(connection& on, store_view& from, const table_form& table) {
  const insert into(table);
  auto rows = from.select(table.select());
  if (!rows) return std::move(rows).error();
  for (bool more = true; more;) {
    bulk part(into.columns);
    while (part.rows() < static_cast<std::size_t>(limits::copy_rows_at_once) && part.bytes() < limits::store_statement_bytes) {
      auto there = (*rows)->next();
      if (!there) return std::move(there).error();
      if (more = *there; !more) break;
      add_row(part, table, **rows);
    }
    if (part.rows() == 0) break;
    if (auto stored = on.ask(into.sql, part.values()); !stored) return std::move(stored).error();
  }
  return {};
}

result<void> fill_facts(connection& on, store_view& from) {
  auto facts = from.select("SELECT key, value FROM meta WHERE key NOT IN ('epoch', 'owner')");
  if (!facts) return std::move(facts).error();
  for (;;) {
    auto one = (*facts)->next();
    if (!one) return std::move(one).error();
    if (!*one) break;
    auto kept = on.ask("INSERT INTO meta (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                       parameters::of((*facts)->text(0), (*facts)->text(1)));
    if (!kept) return std::move(kept).error();
  }
  const auto epoch = from.epoch();
  if (!epoch) return epoch.error();
  auto raised =
      on.ask("SELECT setval('epochs', greatest($1, last_value), $1 > 0 OR is_called) FROM epochs", parameters::of(*epoch));
  if (!raised) return std::move(raised).error();
  auto counted = on.ask("SELECT setval(pg_get_serial_sequence('history', 'id'), (SELECT coalesce(max(id), 0) + 1 FROM history))");
  return counted ? result<void>{} : std::move(counted).error();
}

/// Somebody may have imported a list since the session was made: looked at within the transaction.
result<void> check_empty(connection& on, const std::string& where) {
  auto asked = on.ask("SELECT (SELECT count(*) FROM lists) + (SELECT count(*) FROM do_not_call)");
  if (!asked) return std::move(asked).error();
  if (asked->integer(0, 0) == 0) return {};
  return error{"the store is not empty", where, "name an empty one: a restore replaces nothing"};
}

} // namespace

result<void> fill_server(const std::string& uri, store& from) {
  auto lists = from.lists();
  if (!lists) return std::move(lists).error();
  auto rows = from.view();
  if (!rows) return std::move(rows).error();
  auto in = session::open(uri, durability::every_commit);
  if (!in) return std::move(in).error();
  if (auto mine = (*in)->own("chainring restore"); !mine) return std::move(mine).error();
  auto all = begin_admitted(**in);
  if (!all) return std::move(all).error();
  auto& on = all->on();
  if (auto empty = check_empty(on, (*in)->where()); !empty) return empty;
  all->look_through_tables();
  if (auto set = on.settle(); !set) return set;
  for (const auto& [id, form] : *lists)
    if (auto made = on.run_script(create_table("list_" + std::to_string(id), form)); !made) return made;
  for (const auto& table : forms_of_store(*lists))
    if (auto filled = fill_table(on, **rows, table); !filled) return filled;
  if (auto filled = fill_facts(on, **rows); !filled) return filled;
  auto stored = all->commit();
  return stored ? result<void>{} : std::move(stored).error();
}

} // namespace chainring::dialer::postgres
