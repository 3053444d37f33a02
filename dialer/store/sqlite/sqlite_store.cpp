// sqlite_store.cpp: the contract of store.hpp on one SQLite file.
#include "dialer/store/sqlite/attempts.hpp"
#include "dialer/store/sqlite/batch.hpp"
#include "dialer/store/sqlite/columns.hpp"
#include "dialer/store/sqlite/history.hpp"
#include "dialer/store/sqlite/import_rows.hpp"
#include "dialer/store/sqlite/instances.hpp"
#include "dialer/store/sqlite/list_table.hpp"
#include "dialer/store/sqlite/page_copy.hpp"
#include "dialer/store/sqlite/ready.hpp"
#include "dialer/store/sqlite/schema.hpp"
#include "dialer/store/sqlite/transaction.hpp"
#include "dialer/store/sqlite/view.hpp"
#include "dialer/store/store.hpp"
#include "dialer/store/store_copy.hpp"
#include "dialer/store/store_view.hpp"

namespace chainring::dialer {

namespace {

using namespace sqlite;

/// The copy is the store's as well, which ends it before it closes its file.
class file_copy final : public store_copy {
 public:
  explicit file_copy(std::shared_ptr<page_copy> made) : made_(std::move(made)) {}
  result<bool> step() override { return made_->step(); }
  copy_progress progress() const override { return made_->progress(); }

 private:
  std::shared_ptr<page_copy> made_;
};

class sqlite_store final : public store {
 public:
  sqlite_store(std::unique_ptr<database> file, list_tables tables)
    : file_(std::move(file)), tables_(std::move(tables)) {}
  ~sqlite_store() override {
    if (const auto copy = copy_.lock()) copy->give_up();
  }

  // -- lists ------------

  result<list_id> open_list(const calling_list& form) override { return tables_.open(*file_, form); }

  result<std::optional<list_id>> find_list(std::string_view name) override {
    const list_table* found = tables_.find(name);
    return found == nullptr ? std::optional<list_id>() : std::optional<list_id>(found->id);
  }

  result<std::vector<std::pair<list_id, calling_list>>> lists() override {
    std::vector<std::pair<list_id, calling_list>> all;
    for (const auto& [id, table] : tables_.all()) all.emplace_back(id, table.form);
    return all;
  }

  result<import_counts> import_records(list_id list, const std::vector<record>& rows,
                                       const std::vector<std::string>& given, on_existing policy) override {
    auto table = tables_.at(list);
    if (!table) return table.error();
    return import_rows(*file_, **table, rows, given, policy);
  }

  result<void> export_records(list_id list, const std::function<bool(const record&)>& each) override {
    auto table = tables_.at(list);
    if (!table) return table.error();
    auto asked = file_->prepare((*table)->select("ORDER BY chain_id, chain_n"));
    if (!asked) return asked.error();
    for (;;) {
      auto row = asked->step();
      if (!row) return row.error();
      if (!*row || !each(read_record(*asked, (*table)->form))) return {};
    }
  }

  result<list_counts> counts(list_id list) override {
    auto table = tables_.at(list);
    if (!table) return table.error();
    return count_chains(*file_, **table);
  }

  result<std::optional<chain_of_records>> find_chain(list_id list, std::int64_t chain_id) override {
    auto table = tables_.at(list);
    if (!table) return table.error();
    auto rows = read_rows(*file_, **table, (*table)->select_chain, chain_id);
    if (!rows) return rows.error();
    if (rows->empty()) return std::optional<chain_of_records>();
    chain_of_records chain{chain_id, std::move(*rows), {}};
    auto saved = find_instance(*file_, list, chain, owner_.epoch);
    if (!saved) return saved.error();
    chain.saved = std::move(*saved);
    return std::optional(std::move(chain));
  }

  result<std::optional<record>> find_record(list_id list, std::int64_t record_id) override {
    auto table = tables_.at(list);
    if (!table) return table.error();
    auto rows = read_rows(*file_, **table, (*table)->select("WHERE record_id = ?1"), record_id);
    if (!rows) return rows.error();
    return rows->empty() ? std::optional<record>() : std::optional<record>(std::move(rows->front()));
  }

  // -- running ------------

  result<ready_page> take_ready(const ready_query& query) override {
    auto table = tables_.at(query.list);
    if (!table) return table.error();
    return take_ready_chains(*file_, **table, query, owner_.epoch);
  }

  result<passive_page> activate(const passive_query& query) override {
    auto table = tables_.at(query.list);
    if (!table) return table.error();
    return sqlite::activate(*file_, **table, query, owner_.epoch);
  }

  result<std::int64_t> own(std::string_view node) override {
    auto taken = take_over(*file_, node);
    if (!taken) return taken.error();
    owner_ = *taken;
    return owner_.epoch;
  }

  using store::recover;
  result<std::vector<attempt>> recover(list_id list, std::int64_t at_ms, const history_of_end& history) override {
    auto table = tables_.at(list);
    if (!table) return table.error();
    return recover_list(*file_, **table, at_ms, history);
  }

  commit_result commit(const std::vector<write>& batch) override { return commit_batch(*file_, tables_, owner_, batch); }

  result<void> export_attempts(const std::function<bool(const attempt&, std::string_view)>& each) override {
    return sqlite::export_attempts(*file_, each);
  }

  result<std::vector<attempt>> attempts_of(list_id list, std::int64_t record_id) override {
    return sqlite::attempts_of(*file_, list, record_id);
  }
  result<std::vector<attempt>> unknown_attempts(list_id list, std::int64_t since_ms) override {
    return sqlite::unknown_attempts(*file_, list, since_ms);
  }

  result<std::int64_t> latest_attempt_ms() override { return sqlite::latest_attempt_ms(*file_); }

  // -- history ------------

  result<std::vector<std::pair<std::string, std::int64_t>>> history_receivers() override {
    return sqlite::history_receivers(*file_);
  }
  result<std::vector<waiting_post>> waiting_history(std::string_view uri, std::int32_t most,
                                                    const std::vector<std::int64_t>& passed_over) override {
    return sqlite::waiting_history(*file_, uri, most, passed_over);
  }
  result<void> remove_history(const std::vector<std::int64_t>& ids) override { return sqlite::remove_history(*file_, ids); }

  // -- put away ------------

  result<std::vector<kept_document>> documents() override { return sqlite::documents(*file_); }
  result<std::uint64_t> handles_end() override { return sqlite::handles_end(*file_); }

  // -- small facts ------------

  result<std::optional<std::string>> get(std::string_view key) override {
    auto asked = file_->prepare("SELECT value FROM meta WHERE key = ?1");
    if (!asked) return asked.error();
    asked->bind(1, key);
    auto row = asked->step();
    if (!row) return row.error();
    return *row ? std::optional<std::string>(asked->text(0)) : std::optional<std::string>();
  }

  result<void> set(std::string_view key, std::string_view value) override {
    auto kept = file_->prepare("INSERT INTO meta (key, value) VALUES (?1, ?2) "
                               "ON CONFLICT (key) DO UPDATE SET value = excluded.value");
    if (!kept) return kept.error();
    kept->bind(1, key);
    kept->bind(2, value);
    return kept->run();
  }

  // -- do not call ------------

  result<std::int64_t> import_do_not_call(const std::vector<std::pair<dnc_kind, std::string>>& entries) override {
    auto all = transaction::begin(*file_);
    if (!all) return all.error();
    auto added = file_->prepare("INSERT INTO do_not_call (kind, value) VALUES (?1, ?2) ON CONFLICT DO NOTHING");
    if (!added) return added.error();
    std::int64_t count = 0;
    for (const auto& [kind, value] : entries) {
      added->bind(1, static_cast<std::int64_t>(kind));
      added->bind(2, std::string_view(value));
      if (auto done = added->run(); !done) return done.error();
      count += file_->changes();
    }
    if (auto done = all->commit(); !done) return done.error();
    return count;
  }

  result<void> do_not_call(const std::function<void(dnc_kind, std::string_view)>& each) override {
    auto asked = file_->prepare("SELECT kind, value FROM do_not_call ORDER BY kind, value");
    if (!asked) return asked.error();
    for (;;) {
      auto row = asked->step();
      if (!row) return row.error();
      if (!*row) return {};
      each(static_cast<dnc_kind>(asked->integer(0)), asked->text(1));
    }
  }

  // -- the whole store ------------

  result<std::unique_ptr<store_copy>> begin_copy(const std::string& path) override {
    if (copy_.lock()) return error{"a copy of the store is being made already", file_->path(), "wait for its end"};
    auto made = page_copy::begin(*file_, path);
    if (!made) return std::move(made).error();
    copy_ = *made;
    return std::unique_ptr<store_copy>(std::make_unique<file_copy>(std::move(*made)));
  }

  result<std::unique_ptr<store_view>> view() override { return view_of(*file_); }

 private:
  std::unique_ptr<database> file_;
  list_tables tables_;
  ownership owner_;
  std::weak_ptr<page_copy> copy_;
};

} // namespace

result<std::unique_ptr<store>> open_sqlite(const std::string& path, durability promised) {
  auto file = database::open(path);
  if (!file) return file.error();
  if (auto ready = prepare_schema(**file); !ready) return ready.error();
  if (promised == durability::last_moments)
    if (auto relaxed = (*file)->execute("PRAGMA synchronous = NORMAL"); !relaxed) return relaxed.error();
  auto tables = list_tables::load(**file);
  if (!tables) return tables.error();
  return std::unique_ptr<store>(std::make_unique<sqlite_store>(std::move(*file), std::move(*tables)));
}

} // namespace chainring::dialer
