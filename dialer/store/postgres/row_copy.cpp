// row_copy.cpp: table by table, so many rows at a step, each step a transaction of the file.
#include "dialer/store/postgres/row_copy.hpp"

#include "dialer/limits.hpp"
#include "dialer/store/postgres/view.hpp"
#include "dialer/store/sqlite/row_sink.hpp"
#include "dialer/store/store_view.hpp"
#include "dialer/store/table_forms.hpp"

namespace chainring::dialer::postgres {

namespace {

class row_copy final : public store_copy {
 public:
  row_copy(std::unique_ptr<store_view> from, std::unique_ptr<sqlite::row_sink> to, std::vector<table_form> tables)
    : from_(std::move(from)), to_(std::move(to)), tables_(std::move(tables)) {}

  result<bool> step() override {
    if (at_ == tables_.size()) return close();
    if (auto begun = to_->begin(); !begun) return std::move(begun).error();
    for (int row = 0; row < limits::copy_rows_at_once && at_ < tables_.size(); ++row) {
      auto taken = take_row();
      if (!taken) return std::move(taken).error();
      if (!*taken) rows_.reset(), ++at_;
      else ++progress_.done;
    }
    if (auto stored = to_->commit(); !stored) return std::move(stored).error();
    return true;
  }

  copy_progress progress() const override { return progress_; }

 private:
  /// False: the table has no more.
  result<bool> take_row() {
    const auto& table = tables_[at_];
    if (!rows_) {
      auto asked = from_->select(table.select());
      if (!asked) return std::move(asked).error();
      rows_ = std::move(*asked);
    }
    auto there = rows_->next();
    if (!there || !*there) return there;
    if (auto put = to_->put(table, *rows_); !put) return std::move(put).error();
    return true;
  }

  result<bool> close() {
    rows_.reset();
    from_.reset();
    if (auto closed = to_->close(); !closed) return std::move(closed).error();
    return false;
  }

  std::unique_ptr<store_view> from_;
  std::unique_ptr<view_rows> rows_;
  std::unique_ptr<sqlite::row_sink> to_;
  std::vector<table_form> tables_;
  std::size_t at_ = 0;
  copy_progress progress_;
};

/// The small facts, and who owned it.
result<void> copy_facts(store_view& from, sqlite::row_sink& to) {
  if (auto begun = to.begin(); !begun) return begun;
  const auto epoch = from.epoch();
  if (!epoch) return epoch.error();
  if (auto put = to.put_fact("epoch", std::to_string(*epoch)); !put) return put;
  auto facts = from.select("SELECT key, value FROM meta WHERE key NOT IN ('schema', 'readable_from') UNION ALL SELECT 'owner', "
                           "node FROM (SELECT node FROM members ORDER BY epoch DESC LIMIT 1) AS last");
  if (!facts) return std::move(facts).error();
  for (;;) {
    auto one = (*facts)->next();
    if (!one) return std::move(one).error();
    if (!*one) break;
    if (auto put = to.put_fact((*facts)->text(0), (*facts)->text(1)); !put) return put;
  }
  return to.commit();
}

/// Those of the snapshot; other processes may make some at any moment.
result<std::vector<std::pair<list_id, calling_list>>> lists_of(session& of, store_view& from) {
  auto on = of.ready();
  if (!on) return std::move(on).error();
  if (auto seen = of.tables().load(**on); !seen) return std::move(seen).error();
  auto asked = from.select("SELECT id FROM lists ORDER BY id");
  if (!asked) return std::move(asked).error();
  std::vector<std::pair<list_id, calling_list>> lists;
  for (;;) {
    auto one = (*asked)->next();
    if (!one) return std::move(one).error();
    if (!*one) return lists;
    const auto table = of.tables().at(static_cast<list_id>((*asked)->integer(0)));
    if (!table) return table.error();
    lists.emplace_back((*table)->id, (*table)->form);
  }
}

} // namespace

result<std::unique_ptr<store_copy>> begin_row_copy(session& of, const std::string& path) {
  auto from = view_of(of);
  if (!from) return std::move(from).error();
  auto lists = lists_of(of, **from);
  if (!lists) return std::move(lists).error();
  auto to = sqlite::row_sink::make(path, *lists);
  if (!to) return std::move(to).error();
  if (auto copied = copy_facts(**from, **to); !copied) return std::move(copied).error();
  return std::unique_ptr<store_copy>(std::make_unique<row_copy>(std::move(*from), std::move(*to), forms_of_store(*lists)));
}

} // namespace chainring::dialer::postgres
