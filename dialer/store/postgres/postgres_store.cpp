// postgres_store.cpp: the contract of store.hpp on one schema of a PostgreSQL server.
#include "dialer/store/postgres/attempts.hpp"
#include "dialer/store/postgres/batch.hpp"
#include "dialer/store/postgres/columns.hpp"
#include "dialer/store/postgres/history.hpp"
#include "dialer/store/postgres/import_rows.hpp"
#include "dialer/store/postgres/instances.hpp"
#include "dialer/store/postgres/orders.hpp"
#include "dialer/store/postgres/ready.hpp"
#include "dialer/store/postgres/row_copy.hpp"
#include "dialer/store/postgres/server_uri.hpp"
#include "dialer/store/postgres/session.hpp"
#include "dialer/store/postgres/view.hpp"
#include "dialer/store/shared_store.hpp"
#include "dialer/store/store_copy.hpp"
#include "dialer/store/store_view.hpp"

namespace chainring::dialer {

namespace {

using namespace postgres;

struct locked_turn final : import_turn {
  explicit locked_turn(std::unique_ptr<connection> by) : on(std::move(by)) {}
  std::unique_ptr<connection> on;
};

class postgres_store final : public shared_store {
 public:
  explicit postgres_store(std::unique_ptr<session> in) : in_(std::move(in)) {}

  // -- lists ------------

  result<list_id> open_list(const calling_list& form) override {
    auto on = in_->ready();
    if (!on) return std::move(on).error();
    return in_->tables().open(**on, form);
  }

  result<std::optional<list_id>> find_list(std::string_view name) override {
    const list_table* found = in_->tables().find(name);
    return found == nullptr ? std::optional<list_id>() : std::optional<list_id>(found->id);
  }

  result<std::vector<std::pair<list_id, calling_list>>> lists() override {
    std::vector<std::pair<list_id, calling_list>> all;
    for (const auto& [id, table] : in_->tables().all()) all.emplace_back(id, table.form);
    return all;
  }

  result<import_counts> import_records(list_id list, const std::vector<record>& rows, const std::vector<std::string>& given,
                                       on_existing policy) override {
    auto table = in_->tables().at(list);
    if (!table) return std::move(table).error();
    return import_rows(*in_, **table, rows, given, policy);
  }

  result<void> export_records(list_id list, const std::function<bool(const record&)>& each) override {
    auto table = in_->tables().at(list);
    if (!table) return std::move(table).error();
    auto all = cursor::open(*in_, (*table)->select("ORDER BY chain_id, chain_n"));
    if (!all) return std::move(all).error();
    for (;;) {
      auto part = all->fetch();
      if (!part) return std::move(part).error();
      if (part->rows() == 0) return {};
      for (int row = 0; row < part->rows(); ++row)
        if (!each(read_record(*part, row, (*table)->form))) return {};
    }
  }

  result<list_counts> counts(list_id list) override {
    auto table = in_->tables().at(list);
    if (!table) return std::move(table).error();
    return count_chains(*in_, **table);
  }

  result<std::optional<chain_of_records>> find_chain(list_id list, std::int64_t chain_id) override {
    auto table = in_->tables().at(list);
    if (!table) return std::move(table).error();
    auto on = in_->ready();
    if (!on) return std::move(on).error();
    auto chains = read_chains(*in_, **on, **table, {chain_id});
    if (!chains) return std::move(chains).error();
    return chains->empty() ? std::optional<chain_of_records>() : std::optional(std::move(chains->front()));
  }

  result<std::optional<record>> find_record(list_id list, std::int64_t record_id) override {
    auto table = in_->tables().at(list);
    if (!table) return std::move(table).error();
    auto on = in_->ready();
    if (!on) return std::move(on).error();
    auto rows = read_rows(**on, **table, (*table)->select("WHERE record_id = $1"), parameters::of(record_id));
    if (!rows) return std::move(rows).error();
    return rows->empty() ? std::optional<record>() : std::optional<record>(std::move(rows->front()));
  }

  // -- running ------------

  result<ready_page> take_ready(const ready_query& query) override {
    auto table = in_->tables().at(query.list);
    if (!table) return std::move(table).error();
    return take_ready_chains(*in_, **table, query);
  }

  result<passive_page> activate(const passive_query& query) override {
    auto table = in_->tables().at(query.list);
    if (!table) return std::move(table).error();
    return postgres::activate(*in_, **table, query);
  }

  result<std::int64_t> own(std::string_view node) override {
    auto epoch = in_->own(node);
    if (epoch) known_ = {};
    return epoch;
  }

  using store::recover;
  result<std::vector<attempt>> recover(list_id list, std::int64_t at_ms, const history_of_end& history) override {
    auto table = in_->tables().at(list);
    if (!table) return std::move(table).error();
    return recover_list(*in_, **table, in_->shards(), at_ms, history);
  }

  commit_result commit(const std::vector<write>& batch) override { return commit_batch(*in_, known_, batch); }

  result<void> export_attempts(const std::function<bool(const attempt&, std::string_view)>& each) override {
    return postgres::export_attempts(*in_, each);
  }

  result<std::vector<attempt>> attempts_of(list_id list, std::int64_t record_id) override {
    return postgres::attempts_of(*in_, list, record_id);
  }
  result<std::vector<attempt>> unknown_attempts(list_id list, std::int64_t since_ms) override {
    return postgres::unknown_attempts(*in_, list, since_ms);
  }

  result<std::int64_t> latest_attempt_ms() override { return postgres::latest_attempt_ms(*in_); }

  // -- one of several ------------

  /// The lock of the member 0, which there is not; it goes with the connection.
  result<std::unique_ptr<import_turn>> try_import_turn() override {
    auto beside = in_->another();
    if (!beside) return std::move(beside).error();
    auto got = (*beside)->ask("SELECT pg_try_advisory_lock($1::bigint::integer, 0)",
                              parameters::of(static_cast<std::int64_t>(static_cast<std::int32_t>(in_->schema()))));
    if (!got) return std::move(got).error();
    if (got->integer(0, 0) == 0) return std::unique_ptr<import_turn>();
    return std::unique_ptr<import_turn>(std::make_unique<locked_turn>(std::move(*beside)));
  }

  result<std::int64_t> join(std::string_view node, std::int64_t lease_ms) override {
    auto epoch = in_->join(node, lease_ms);
    if (epoch) known_ = {};
    return epoch;
  }

  void work_on(const shard_set& shards) override { in_->work_on(shards); }

  result<std::vector<attempt>> take_over(list_id list, const shard_set& shards, std::int64_t at_ms,
                                         const history_of_end& history) override {
    auto table = in_->tables().at(list);
    if (!table) return std::move(table).error();
    return recover_list(*in_, **table, array_of(shards), at_ms, history);
  }

  result<std::int64_t> do_not_call_change() override {
    auto asked = in_->ask("SELECT coalesce((SELECT value::bigint FROM meta WHERE key = 'do_not_call_change'), 0)", {});
    return asked ? result<std::int64_t>(asked->integer(0, 0)) : std::move(asked).error();
  }

  result<std::vector<chains_of_shard>> count_passive(list_id list, const shard_set& shards) override {
    auto all = cursor::open(*in_,
                            "SELECT shard_of(list, chain_id), count(*) FROM instances WHERE list = $1 AND due_ms > 0 AND " +
                              of_shards("list", "chain_id", 2) + " GROUP BY 1",
                            parameters::of(std::int64_t{list}, array_of(shards)));
    if (!all) return std::move(all).error();
    std::vector<chains_of_shard> found;
    for (;;) {
      auto part = all->fetch();
      if (!part) return std::move(part).error();
      if (part->rows() == 0) return found;
      for (int row = 0; row < part->rows(); ++row)
        found.push_back({static_cast<std::size_t>(part->integer(row, 0)), part->integer(row, 1)});
    }
  }

  result<std::optional<standing_order>> order_of(std::string_view campaign, std::string_view what) override {
    return postgres::order_of(*in_, campaign, what);
  }

  result<std::optional<standing_order>> give_order(std::string_view campaign, std::string_view what, std::int64_t value,
                                                   std::int64_t instead_of) override {
    return postgres::give_order(*in_, campaign, what, value, instead_of);
  }

  result<std::uint64_t> reserve_handles(std::uint64_t count) override {
    auto kept = in_->ask("INSERT INTO meta AS m (key, value) VALUES ('handles_end', ($1 + 1)::text) ON CONFLICT (key) DO UPDATE "
                         "SET value = (m.value::bigint + $1)::text RETURNING value::bigint",
                         parameters::of(static_cast<std::int64_t>(count)));
    if (!kept) return std::move(kept).error();
    known_.handles_reserved = static_cast<std::uint64_t>(kept->integer(0, 0));
    return known_.handles_reserved - count;
  }

  // -- history ------------

  result<std::vector<std::pair<std::string, std::int64_t>>> history_receivers() override {
    return postgres::history_receivers(*in_);
  }
  result<std::vector<waiting_post>> waiting_history(std::string_view uri, std::int32_t most,
                                                    const std::vector<std::int64_t>& passed_over) override {
    return postgres::waiting_history(*in_, uri, most, passed_over);
  }
  result<void> remove_history(const std::vector<std::int64_t>& ids) override { return postgres::remove_history(*in_, ids); }

  // -- saved chains ------------

  result<std::vector<kept_document>> documents() override {
    known_.documents.clear(); // they may go
    return postgres::documents(*in_);
  }
  result<std::uint64_t> handles_end() override { return postgres::handles_end(*in_); }

  // -- small facts ------------

  result<std::optional<std::string>> get(std::string_view key) override {
    auto asked = in_->ask("SELECT value FROM meta WHERE key = $1", parameters::of(key));
    if (!asked) return std::move(asked).error();
    return asked->rows() > 0 ? std::optional<std::string>(asked->text(0, 0)) : std::optional<std::string>();
  }

  result<void> set(std::string_view key, std::string_view value) override {
    auto kept = in_->ask("INSERT INTO meta (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                         parameters::of(key, value));
    return kept ? result<void>{} : std::move(kept).error();
  }

  // -- do not call ------------

  result<std::int64_t> import_do_not_call(const std::vector<std::pair<dnc_kind, std::string>>& entries) override {
    return postgres::import_do_not_call(*in_, entries);
  }

  result<void> do_not_call(const std::function<void(dnc_kind, std::string_view)>& each) override {
    auto all = cursor::open(*in_, "SELECT kind, value FROM do_not_call ORDER BY kind, value");
    if (!all) return std::move(all).error();
    for (;;) {
      auto part = all->fetch();
      if (!part) return std::move(part).error();
      if (part->rows() == 0) return {};
      for (int row = 0; row < part->rows(); ++row) each(static_cast<dnc_kind>(part->integer(row, 0)), part->text(row, 1));
    }
  }

  // -- the whole store ------------

  result<std::unique_ptr<store_copy>> begin_copy(const std::string& path) override { return begin_row_copy(*in_, path); }
  result<std::unique_ptr<store_view>> view() override { return view_of(*in_); }

 private:
  std::unique_ptr<session> in_;
  batch_memory known_;
};

} // namespace

result<std::unique_ptr<store>> open_postgres(const std::string& uri, durability promised) {
  auto in = session::open(uri, promised);
  if (!in) return std::move(in).error();
  return std::unique_ptr<store>(std::make_unique<postgres_store>(std::move(*in)));
}

result<std::unique_ptr<shared_store>> open_shared(const std::string& uri) {
  if (!is_server_uri(uri))
    return error{"nodes of a cluster share a store on a server", uri, "name a postgresql:// URI as the store's path"};
  auto in = session::open(uri, durability::every_commit);
  if (!in) return std::move(in).error();
  return std::unique_ptr<shared_store>(std::make_unique<postgres_store>(std::move(*in)));
}

} // namespace chainring::dialer
