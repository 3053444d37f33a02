// row_sink.cpp: see row_sink.hpp.
#include "dialer/store/sqlite/row_sink.hpp"

#include "dialer/store/sqlite/columns.hpp"
#include "dialer/store/sqlite/schema.hpp"

namespace chainring::dialer::sqlite {

namespace {

std::string insert_into(const table_form& table) {
  std::string places = "?";
  for (std::size_t i = 1; i < table.columns.size(); ++i) places += ", ?";
  return "INSERT INTO " + table.name + " (" + table.names() + ") VALUES (" + places + ")";
}

} // namespace

result<std::unique_ptr<row_sink>> row_sink::make(const std::string& path,
                                                 const std::vector<std::pair<list_id, calling_list>>& lists) {
  auto file = database::open(path);
  if (!file) return std::move(file).error();
  if (auto ready = prepare_schema(**file); !ready) return std::move(ready).error();
  if (auto relaxed = (*file)->execute("PRAGMA synchronous = OFF"); !relaxed) return std::move(relaxed).error();
  for (const auto& [id, form] : lists)
    if (auto made = (*file)->execute(create_table("list_" + std::to_string(id), form)); !made) return std::move(made).error();
  return std::unique_ptr<row_sink>(new row_sink(std::move(*file)));
}

result<void> row_sink::begin() {
  auto begun = transaction::begin(*file_);
  if (!begun) return std::move(begun).error();
  open_.emplace(std::move(*begun));
  return {};
}

result<void> row_sink::commit() {
  auto done = open_->commit();
  open_.reset();
  return done;
}

result<void> row_sink::put(const table_form& table, const view_rows& from) {
  if (table_ != table.name) table_ = table.name, insert_ = insert_into(table);
  auto inserted = file_->prepare(insert_);
  if (!inserted) return std::move(inserted).error();
  for (int column = 0; column < static_cast<int>(table.columns.size()); ++column) {
    if (from.is_null(column)) {
      inserted->bind_null(column + 1);
      continue;
    }
    switch (table.columns[static_cast<std::size_t>(column)].content) {
    case column_content::integer: inserted->bind(column + 1, from.integer(column)); break;
    case column_content::text: inserted->bind(column + 1, from.text(column)); break;
    case column_content::bytes: inserted->bind_blob(column + 1, from.text(column)); break;
    }
  }
  return inserted->run();
}

result<void> row_sink::put_fact(std::string_view key, std::string_view value) {
  auto kept = file_->prepare("INSERT INTO meta (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = ?2");
  if (!kept) return std::move(kept).error();
  kept->bind(1, key);
  kept->bind(2, value);
  return kept->run();
}

result<void> row_sink::close() {
  if (auto whole = file_->execute("PRAGMA wal_checkpoint(TRUNCATE)"); !whole) return whole;
  file_.reset();
  return {};
}

} // namespace chainring::dialer::sqlite
