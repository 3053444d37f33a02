// view.cpp: SELECTs as statements, and what PRAGMA integrity_check says.
#include "dialer/store/sqlite/view.hpp"

#include "dialer/store/object_names.hpp"
#include "dialer/store/sqlite/schema.hpp"

namespace chainring::dialer::sqlite {

namespace {

class statement_rows final : public view_rows {
 public:
  explicit statement_rows(statement asked) : asked_(std::move(asked)) {}
  result<bool> next() override { return asked_.step(); }
  bool is_null(int column) const override { return asked_.is_null(column); }
  std::int64_t integer(int column) const override { return asked_.integer(column); }
  std::string_view text(int column) const override { return asked_.blob(column); } // of a text its bytes, NUL or not

 private:
  statement asked_;
};

class file_view final : public store_view {
 public:
  explicit file_view(database& file) : file_(file) {}

  result<std::unique_ptr<view_rows>> select(const std::string& sql) override {
    auto asked = file_.prepare(sql);
    if (!asked) return std::move(asked).error();
    return std::unique_ptr<view_rows>(std::make_unique<statement_rows>(std::move(*asked)));
  }

  result<std::int64_t> epoch() override {
    return file_.integer_of("SELECT coalesce((SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'epoch'), 0)");
  }

  result<std::vector<std::string>> objects() override {
    return texts_of("SELECT name FROM sqlite_schema WHERE type IN ('table', 'index') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'");
  }

  std::vector<std::string> objects_wanted() const override { return objects_made_by(migrations()); }

  result<std::vector<std::string>> damage(std::size_t most) override {
    std::vector<std::string> told;
    // Some damage ends the check itself.
    if (auto whole = read_texts("PRAGMA integrity_check(" + std::to_string(most) + ")", told); !whole)
      told.push_back("the check of its pages ended early: " + whole.error().what);
    if (told == std::vector<std::string>{"ok"}) told.clear();
    return told;
  }

 private:
  result<void> read_texts(const std::string& sql, std::vector<std::string>& to) {
    auto asked = file_.prepare(sql);
    if (!asked) return std::move(asked).error();
    for (;;) {
      auto row = asked->step();
      if (!row) return std::move(row).error();
      if (!*row) return {};
      to.emplace_back(asked->text(0));
    }
  }

  result<std::vector<std::string>> texts_of(const std::string& sql) {
    std::vector<std::string> read;
    if (auto done = read_texts(sql, read); !done) return std::move(done).error();
    return read;
  }

  database& file_;
};

} // namespace

std::unique_ptr<store_view> view_of(database& file) { return std::make_unique<file_view>(file); }

} // namespace chainring::dialer::sqlite
