// view.cpp: one transaction that reads; each SELECT is a cursor in it.
#include "dialer/store/postgres/view.hpp"

#include <optional>
#include <utility>

#include "dialer/limits.hpp"
#include "dialer/store/object_names.hpp"
#include "dialer/store/postgres/schema.hpp"

namespace chainring::dialer::postgres {

namespace {

class cursor_rows final : public view_rows {
 public:
  cursor_rows(std::shared_ptr<connection> on, std::string name) : on_(std::move(on)), name_(std::move(name)) {}
  ~cursor_rows() override {
    if (!on_->is_lost()) (void)on_->ask("CLOSE " + name_).ok();
  }

  result<bool> next() override {
    if (part_ && ++row_ < part_->rows()) return true;
    auto more = on_->ask("FETCH " + std::to_string(limits::view_rows_at_once) + " FROM " + name_);
    if (!more) return std::move(more).error();
    part_.emplace(std::move(*more));
    row_ = 0;
    return part_->rows() > 0;
  }
  bool is_null(int column) const override { return part_->is_null(row_, column); }
  std::int64_t integer(int column) const override { return part_->integer(row_, column); }
  std::string_view text(int column) const override { return part_->text(row_, column); }

 private:
  std::shared_ptr<connection> on_;
  std::string name_;
  std::optional<answer> part_;
  int row_ = 0;
};

class server_view final : public store_view {
 public:
  explicit server_view(std::shared_ptr<connection> on) : on_(std::move(on)) {}

  result<std::unique_ptr<view_rows>> select(const std::string& sql) override {
    auto name = "v" + std::to_string(++cursors_);
    auto declared = on_->ask("DECLARE " + name + " BINARY NO SCROLL CURSOR FOR " + sql);
    if (!declared) return std::move(declared).error();
    return std::unique_ptr<view_rows>(std::make_unique<cursor_rows>(on_, std::move(name)));
  }

  result<std::int64_t> epoch() override {
    auto asked = on_->ask("SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM epochs");
    if (!asked) return std::move(asked).error();
    return asked->rows() == 1 ? asked->integer(0, 0) : 0;
  }

  result<std::vector<std::string>> objects() override {
    return texts_of("SELECT relname::text FROM pg_class WHERE relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = "
                    "current_schema()) AND relkind IN ('r', 'p', 'i') AND relname NOT LIKE '%\\_pkey' AND relname NOT LIKE "
                    "'%\\_key'");
  }

  std::vector<std::string> objects_wanted() const override { return objects_made_by(migrations()); }

  /// That tables and indexes agree page for page is the server's to check (amcheck); these it knows by heart.
  result<std::vector<std::string>> damage(std::size_t most) override {
    return texts_of("SELECT 'index ' || c.relname || ' is not valid' FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid "
                    "WHERE c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema()) AND NOT i.indisvalid "
                    "UNION ALL SELECT 'table ' || r.relname || ' has no primary key' FROM pg_class AS r WHERE r.relkind = 'r' AND "
                    "r.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema()) AND NOT EXISTS (SELECT 1 "
                    "FROM pg_index AS k WHERE k.indrelid = r.oid AND k.indisprimary) LIMIT " +
                    std::to_string(most));
  }

 private:
  result<std::vector<std::string>> texts_of(const std::string& sql) {
    auto asked = on_->ask(sql);
    if (!asked) return std::move(asked).error();
    std::vector<std::string> read;
    for (int row = 0; row < asked->rows(); ++row) read.emplace_back(asked->text(row, 0));
    return read;
  }

  std::shared_ptr<connection> on_; // of its cursors too
  int cursors_ = 0;
};

} // namespace

result<std::unique_ptr<store_view>> view_of(const session& of) {
  auto on = of.another();
  if (!on) return std::move(on).error();
  (*on)->be_patient(true);
  (*on)->queue("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
  (*on)->queue("SET LOCAL statement_timeout = " + std::to_string(limits::store_scan_ms));
  (*on)->queue("SET LOCAL cursor_tuple_fraction = 1"); // all rows are read
  (*on)->queue("SELECT 1 FROM meta");                  // the instant is that of the first look
  if (auto begun = (*on)->settle(); !begun) return std::move(begun).error();
  return std::unique_ptr<store_view>(std::make_unique<server_view>(std::shared_ptr<connection>(std::move(*on))));
}

} // namespace chainring::dialer::postgres
