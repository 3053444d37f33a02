// connection.cpp: see connection.hpp. The session is non-blocking: what is sent and what comes back are moved together, so that
// neither side waits for the other with full buffers.
#include "dialer/store/postgres/connection.hpp"

#include <string>
#include <utility>
#include <vector>

#include <libpq-fe.h>

#include "dialer/limits.hpp"
#include "dialer/store/postgres/wait.hpp"

namespace chainring::dialer::postgres {

namespace {

constexpr int binary = 1;

} // namespace

result<std::unique_ptr<connection>> connection::open(const std::string& uri, const std::string& where) {
  // The URI comes last and wins; its own connect_timeout too.
  const auto patience = std::to_string(limits::store_connect_s);
  const char* keys[] = {"connect_timeout", "client_encoding", "fallback_application_name", "dbname", nullptr};
  const char* values[] = {patience.c_str(), "UTF8", "chainring", uri.c_str(), nullptr};
  std::unique_ptr<connection> made(new connection(PQconnectdbParams(keys, values, 1), where));
  if (made->session_ == nullptr || PQstatus(made->session_) != CONNECTION_OK) return unreachable(made->session_, where);
  PQsetNoticeReceiver(made->session_, [](void*, const pg_result*) {}, nullptr);
  if (PQsetnonblocking(made->session_, 1) != 0 || PQenterPipelineMode(made->session_) != 1) return made->lose();
  return made;
}

connection::~connection() { PQfinish(session_); }

int connection::server_version() const { return PQserverVersion(session_); }
int connection::process_id() const { return PQbackendPID(session_); }

error connection::lose() { return lose(unreachable(session_, where_)); }

error connection::lose(error why) {
  if (!lost_) lost_ = std::move(why);
  waiting_.clear();
  return *lost_;
}

error connection::fail(const pg_result* failed) {
  auto found = problem_of(failed, where_);
  refused_ = found.of_the_value;
  if (found.session_lost || PQstatus(session_) == CONNECTION_BAD) return lose(std::move(found.why));
  return std::move(found.why);
}

void connection::queue(std::string_view sql, const parameters& values) {
  if (lost_) return;
  const auto pointers = values.values();
  const auto lengths = values.lengths();
  const std::vector<int> formats(pointers.size(), binary);
  auto prepared = names_.find(sql);
  if (prepared == names_.end() && names_.size() < limits::statements_cached_max) {
    prepared = names_.emplace(sql, "s" + std::to_string(++last_name_)).first;
    if (PQsendPrepare(session_, prepared->second.c_str(), prepared->first.c_str(), values.count(), values.types().data()) != 1)
      return void(lose());
    waiting_.push_back({true, prepared->first});
  }
  const int sent = prepared != names_.end()
                     ? PQsendQueryPrepared(session_, prepared->second.c_str(), values.count(), pointers.data(), lengths.data(),
                                           formats.data(), binary)
                     : PQsendQueryParams(session_, std::string(sql).c_str(), values.count(), values.types().data(),
                                         pointers.data(), lengths.data(), formats.data(), binary);
  if (sent != 1) return void(lose());
  unasked_ = true;
  waiting_.push_back({});
}

bool connection::sync() {
  unasked_ = false;
  if (PQpipelineSync(session_) == 1) return true;
  lose();
  return false;
}

/// The next result of libpq, null between two statements.
result<pg_result*> connection::fetch() {
  for (;;) {
    if (unasked_ && PQisBusy(session_) == 1) { // the server keeps its answers until there are many
      unasked_ = false;
      if (PQsendFlushRequest(session_) != 1) return lose();
    }
    const int unsent = PQflush(session_);
    if (unsent < 0) return lose();
    if (PQisBusy(session_) == 0) return PQgetResult(session_);
    const int silence_ms = patient_ ? limits::store_scan_silence_ms : limits::store_silence_ms;
    if (wait_for(PQsocket(session_), unsent == 1, silence_ms) != heard::something)
      return lose({"the server does not answer", where_, "see what keeps it; it is asked again"});
    if (PQconsumeInput(session_) != 1) return lose();
  }
}

/// The answer to what waits first.
result<answer> connection::take(bool& was_preparation) {
  if (lost_) return *lost_;
  auto first = std::move(waiting_.front());
  waiting_.pop_front();
  was_preparation = first.is_preparation;
  auto got = fetch();
  if (!got) return std::move(got).error();
  answer taken(*got);
  if (*got == nullptr && PQstatus(session_) == CONNECTION_BAD) return lose();
  if (*got == nullptr) return lose({"the server's answers are out of order", where_, "look in the server's log"});
  const auto status = PQresultStatus(*got);
  std::optional<error> why;
  if (status == PGRES_FATAL_ERROR) why = fail(*got);
  else if (status == PGRES_PIPELINE_ABORTED) why = error{"a statement before has failed", where_, "look in the server's log"};
  if (why && first.is_preparation) names_.erase(first.sql);
  if (lost_) return *lost_;
  if (auto end = fetch(); !end) return std::move(end).error(); // null: that was all of it
  if (why) return std::move(*why);
  return taken;
}

result<answer> connection::next() {
  for (bool was_preparation = true;;) {
    if (!lost_ && waiting_.empty()) return error{"nothing was asked", where_, "report this as a bug of chainring"};
    auto taken = take(was_preparation);
    if (taken && was_preparation) continue;
    if (!taken && was_preparation && !lost_) { // the statement itself fails with it
      if (auto skipped = take(was_preparation); skipped) continue;
    }
    return taken;
  }
}

result<void> connection::settle() {
  if (lost_) return *lost_;
  if (!sync()) return *lost_;
  std::optional<error> first;
  bool refused = false;
  while (!lost_ && !waiting_.empty())
    if (auto taken = next(); !taken && !first) first = std::move(taken).error(), refused = refused_;
  if (lost_) return first ? *first : *lost_;
  auto end = fetch();
  if (!end) return std::move(end).error();
  const answer sync(*end);
  if (*end == nullptr || PQresultStatus(*end) != PGRES_PIPELINE_SYNC)
    return lose({"the server's answers are out of order", where_, "look in the server's log"});
  refused_ = refused;
  if (first) return std::move(*first);
  return {};
}

result<answer> connection::ask(std::string_view sql, const parameters& values) {
  queue(sql, values);
  if (!lost_) sync();
  auto taken = next();
  bool refused = refused_;
  while (!lost_ && !waiting_.empty())
    if (auto later = next(); taken) taken = std::move(later), refused = refused_;
  if (lost_) return taken ? *lost_ : std::move(taken);
  auto end = fetch();
  if (!end) return std::move(end).error();
  const answer sync(*end);
  if (!taken) refused_ = refused;
  return taken;
}

result<void> connection::run_script(const std::string& sql) {
  if (lost_) return *lost_;
  if (PQexitPipelineMode(session_) != 1 || PQsendQuery(session_, sql.c_str()) != 1) return lose();
  std::optional<error> first;
  for (;;) {
    auto got = fetch();
    if (!got) return std::move(got).error();
    const answer one(*got);
    if (*got == nullptr) break;
    if (PQresultStatus(*got) == PGRES_FATAL_ERROR && !first) first = fail(*got);
    if (lost_) return *lost_;
  }
  if (PQenterPipelineMode(session_) != 1) return lose();
  if (first) return std::move(*first);
  return {};
}

} // namespace chainring::dialer::postgres
