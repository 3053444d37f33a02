// connection.hpp: one session with a PostgreSQL server, in libpq's pipeline mode: questions are queued without waiting, answers
// come in their order. Everything of libpq stops in this folder.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "dialer/store/postgres/answer.hpp"
#include "dialer/store/postgres/parameters.hpp"
#include "dialer/store/postgres/problem.hpp"
#include "scxml/result.hpp"

struct pg_conn;

namespace chainring::dialer::postgres {

class connection {
 public:
  /// Bounded by limits::store_connect_s. `where`: the URI as it may be shown.
  static result<std::unique_ptr<connection>> open(const std::string& uri, const std::string& where);
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;
  ~connection();

  /// One statement more; its answer comes by next(). What fails shows there.
  void queue(std::string_view sql, const parameters& values = {});
  /// The answer to the oldest statement that has none yet. After an error those behind it fail too, until settle().
  /// Nothing heard for limits::store_silence_ms (store_scan_silence_ms): the connection is given up.
  result<answer> next();
  /// Ends the pipeline: waits for all that is queued. The first error of it.
  result<void> settle();
  /// A single statement behind those that are queued, in one transaction with them unless one was begun, and in one go: the server
  /// comes to its end whatever becomes of this process. Its answer, or the first error.
  result<answer> ask(std::string_view sql, const parameters& values = {});
  /// Longer than others: what comes next looks through whole tables.
  void be_patient(bool patient) { patient_ = patient; }
  /// Several statements without parameters, in one transaction. Nothing may be queued.
  result<void> run_script(const std::string& sql);

  /// It can only be closed. An answer that was waited for is not known.
  bool is_lost() const { return lost_.has_value(); }
  /// Was the last error one of a value in the statement?
  bool refused_a_value() const { return refused_; }
  int server_version() const; // 150018 is 15.18
  int process_id() const;
  const std::string& where() const { return where_; }

 private:
  struct awaited {
    bool is_preparation = false;
    std::string sql; // of a preparation
  };
  struct text_hash : std::hash<std::string_view> {
    using is_transparent = void;
  };

  connection(pg_conn* session, std::string where) : session_(session), where_(std::move(where)) {}
  error lose();
  error lose(error why);
  error fail(const pg_result* failed);
  bool sync();
  result<pg_result*> fetch();
  result<answer> take(bool& was_preparation);

  pg_conn* session_;
  std::string where_;
  std::optional<error> lost_;
  bool refused_ = false, patient_ = false;
  bool unasked_ = false; // there are statements that the server need not answer yet
  std::deque<awaited> waiting_;
  std::unordered_map<std::string, std::string, text_hash, std::equal_to<>> names_; // of prepared statements, by text
  std::uint64_t last_name_ = 0;
};

} // namespace chainring::dialer::postgres
