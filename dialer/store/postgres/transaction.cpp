// transaction.cpp: transactions that write, and cursors that read.
#include <string>
#include <utility>

#include "dialer/limits.hpp"
#include "dialer/store/postgres/session.hpp"

namespace chainring::dialer::postgres {

namespace {

/// Until the end of the transaction: time, and plans for whole tables (session_settings() has those for single rows).
const std::string scan_settings =
  "SELECT set_config('statement_timeout', '" + std::to_string(limits::store_scan_ms) +
  "', true), set_config('enable_seqscan', 'on', true), set_config('enable_hashjoin', 'on', true), "
  "set_config('enable_mergejoin', 'on', true), set_config('plan_cache_mode', 'force_custom_plan', true)";

} // namespace

// -- writing ------------

result<transaction> transaction::begin(session& in) {
  auto on = in.ready();
  if (!on) return std::move(on).error();
  (*on)->queue("BEGIN");
  // Fences whoever has been ended, and counts for session::find_out(). Nobody can end the member until the transaction is over.
  if (in.epoch_ != 0)
    (*on)->queue("UPDATE members SET commits = commits + 1 WHERE epoch = $1 AND NOT ended RETURNING commits",
                 parameters::of(in.epoch_));
  return transaction(in, **on);
}

transaction::transaction(transaction&& other) noexcept
  : in_(other.in_), on_(other.on_), commits_(other.commits_), open_(std::exchange(other.open_, false)) {}

transaction::~transaction() {
  on_->be_patient(false);
  if (!open_ || on_->is_lost()) return;
  (void)on_->settle().ok();
  (void)on_->ask("ROLLBACK").ok();
}

void transaction::look_through_tables() {
  on_->be_patient(true);
  on_->queue(scan_settings);
}

void transaction::look_up_by_key() {
  on_->queue("SELECT set_config('enable_indexscan', 'off', true), set_config('enable_indexonlyscan', 'off', true)");
}

commit_result transaction::admitted() {
  if (auto begun = on_->next(); !begun) return {commit_outcome::unknown, std::move(begun).error()};
  if (in_->epoch_ == 0) return {};
  auto counted = on_->next();
  if (!counted) return {commit_outcome::unknown, std::move(counted).error()};
  if (counted->rows() == 1) {
    commits_ = counted->integer(0, 0);
    return {};
  }
  in_->fenced_ = true;
  return {commit_outcome::fenced, in_->fenced_error()};
}

commit_result transaction::commit(std::function<result<void>(connection&)> if_stored) {
  auto ended = on_->ask("COMMIT");
  open_ = false;
  if (ended && ended->command() == "COMMIT") return {};
  if (ended) return {commit_outcome::unknown, {"the server took the transaction back", in_->where_, "it is tried again"}};
  if (!on_->is_lost())
    return {on_->refused_a_value() ? commit_outcome::refused : commit_outcome::unknown, std::move(ended).error()};
  if (in_->epoch_ != 0) in_->open_end_ = session::open_end{commits_, std::move(if_stored)};
  return {commit_outcome::unknown, std::move(ended).error()};
}

result<transaction> begin_admitted(session& in) {
  auto begun = transaction::begin(in);
  if (!begun) return begun;
  if (auto mine = begun->admitted(); !mine) return std::move(mine).error();
  if (auto clear = begun->on().settle(); !clear) return std::move(clear).error();
  return begun;
}

// -- reading ------------

result<cursor> cursor::open(session& in, std::string_view select, const parameters& values) {
  auto on = in.ready();
  if (!on) return std::move(on).error();
  cursor made(in, **on, ++in.readers_);
  if (made.number_ == 1) {
    (*on)->be_patient(true);
    (*on)->queue("BEGIN READ ONLY");
    (*on)->queue(scan_settings);
  }
  (*on)->queue("DECLARE c" + std::to_string(made.number_) + " BINARY NO SCROLL CURSOR FOR " + std::string(select), values);
  if (auto declared = (*on)->settle(); !declared) return std::move(declared).error();
  return made;
}

cursor::cursor(cursor&& other) noexcept : in_(std::exchange(other.in_, nullptr)), on_(other.on_), number_(other.number_) {}

cursor::~cursor() {
  if (in_ == nullptr) return;
  --in_->readers_;
  if (number_ == 1) on_->be_patient(false);
  if (!on_->is_lost()) (void)on_->ask(number_ == 1 ? "ROLLBACK" : "CLOSE c" + std::to_string(number_)).ok();
}

result<answer> cursor::fetch() {
  return on_->ask("FETCH " + std::to_string(limits::store_rows_at_once) + " FROM c" + std::to_string(number_));
}

} // namespace chainring::dialer::postgres
