// The SQLite store: the contract, and what only a file can meet: a second process, a full disk, damage, kill -9.
#include <csignal>
#include <cstdio>
#include <fstream>
#include <functional>

#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/catch.hpp"
#include "tests/dialer/scratch.hpp"
#include "tests/dialer/store/full_disk.hpp"
#include "tests/dialer/store_contract.hpp"

using namespace chainring::dialer;

namespace {

class sqlite_place final : public store_place {
 public:
  chainring::result<std::unique_ptr<store>> open() override { return open_sqlite(file()); }
  std::string file() const { return scratch_.file("people.db"); }

 private:
  scratch_folder scratch_;
};

/// A forked process that says bytes through a pipe and lives until it is killed or has done its work.
class child {
 public:
  explicit child(const std::function<void(int say)>& work) {
    int ends[2];
    if (::pipe(ends) != 0) std::abort();
    id_ = ::fork();
    if (id_ == 0) {
      ::close(ends[0]);
      work(ends[1]);
      ::_exit(0);
    }
    ::close(ends[1]);
    hear_ = ends[0];
  }
  child(const child&) = delete;
  child& operator=(const child&) = delete;
  ~child() { end(); }

  /// The next byte, -1 when the child has ended.
  int hear() {
    unsigned char byte = 0;
    return ::read(hear_, &byte, 1) == 1 ? byte : -1;
  }
  /// kill -9, and gone when this returns. What it had said before is heard still.
  void kill() {
    if (id_ <= 0) return;
    ::kill(id_, SIGKILL);
    ::waitpid(id_, nullptr, 0);
    id_ = 0;
  }

 private:
  void end() {
    kill();
    ::close(hear_);
  }

  pid_t id_ = 0;
  int hear_ = -1;
};

void say(int to, unsigned char byte) {
  if (::write(to, &byte, 1) != 1) ::_exit(1);
}

chainring::error refusal(const std::string& path) {
  auto made = open_sqlite(path);
  REQUIRE_FALSE(made.ok());
  CHECK(made.error().where == path);
  CHECK_FALSE(made.error().mend.empty());
  return made.error();
}

/// Runs SQL on a file as some other program would.
void run_sql(const std::string& path, const char* sql) {
  sqlite3* handle = nullptr;
  REQUIRE(sqlite3_open(path.c_str(), &handle) == SQLITE_OK);
  CHECK(sqlite3_exec(handle, sql, nullptr, nullptr, nullptr) == SQLITE_OK);
  REQUIRE(sqlite3_close(handle) == SQLITE_OK);
}

bool is_sound(const std::string& path) {
  sqlite3* handle = nullptr;
  std::string told;
  REQUIRE(sqlite3_open(path.c_str(), &handle) == SQLITE_OK);
  sqlite3_exec(
    handle, "PRAGMA integrity_check",
    [](void* to, int, char** values, char**) { return *static_cast<std::string*>(to) += values[0], 0; }, &told,
    nullptr);
  sqlite3_close(handle);
  return told == "ok";
}

} // namespace

TEST_CASE("SQLite keeps the store contract") {
  for (const auto* cases : {&store_contract(), &store_history_contract(), &store_put_away_contract(), &store_copies_contract()})
    for (const contract_case& promise : *cases) {
      DYNAMIC_SECTION(promise.name) {
        sqlite_place place;
        promise.run(place);
      }
    }
}

TEST_CASE("A store that another process holds is refused, and free again when it has ended") {
  sqlite_place place;
  const bool exists_before = GENERATE(false, true);
  if (exists_before) people(*opened(place), 1);
  child other([&](int to) {
    auto held = place.open();
    say(to, held.ok() ? 1 : 0);
    ::pause();
  });
  REQUIRE(other.hear() == 1);
  const auto refused = refusal(place.file());
  CHECK(chainring::to_line(refused) ==
        "store is in use by another process: " + place.file() + ": stop that process or name another --store");
  other.kill();
  CHECK(place.open().ok());
}

TEST_CASE("A store that is open in this process is refused a second time") {
  sqlite_place place;
  auto first = opened(place);
  CHECK(refusal(place.file()).what == "store is in use by another process");
  first.reset();
  CHECK(place.open().ok());
}

TEST_CASE("Files that are no store are refused and left as they are") {
  scratch_folder scratch;
  const std::string path = scratch.file("other.db");
  SECTION("text") {
    std::ofstream(path) << std::string(5'000, 'x');
    CHECK(refusal(path).what == "not a store");
  }
  SECTION("another program's database") {
    run_sql(path, "CREATE TABLE t (a)");
    CHECK(refusal(path).what == "not a store");
    run_sql(path, "INSERT INTO t VALUES (1)");
  }
  SECTION("a folder") { CHECK(refusal(scratch.path()).what == "store cannot be opened"); }
  SECTION("a folder that is not there") {
    CHECK(refusal(scratch.file("none/people.db")).what == "store cannot be opened");
  }
  SECTION("no name") { CHECK(refusal("").what == "the store has no file name"); }
}

TEST_CASE("A store of a newer chainring is refused") {
  sqlite_place place;
  people(*opened(place), 1);
  run_sql(place.file(), "PRAGMA user_version = 99");
  CHECK(refusal(place.file()).what == "store was written by a newer chainring (schema 99, this one knows 5)");
  run_sql(place.file(), "PRAGMA user_version = 5");
  CHECK(place.open().ok());
}

TEST_CASE("A store of schema 1 is brought up to date, with all that is in it") {
  sqlite_place place;
  const auto list = people(*opened(place), 2);
  run_sql(place.file(), "DROP TABLE history; DROP TABLE instances; DROP TABLE documents; PRAGMA user_version = 1");
  const auto in = opened(place);
  CHECK(in->counts(list)->chains == 2);
  auto told = std::get<write_intent>(intent_of(list, 1, 1, 1));
  told.history = std::make_shared<history_post>(history_post{"http://crm/", "{}"});
  CHECK(in->commit({told}).ok());
  CHECK(in->waiting_history("http://crm/", 10, {})->size() == 1);
}

TEST_CASE("A store that cannot be written is refused") {
  sqlite_place place;
  people(*opened(place), 1);
  REQUIRE(::chmod(place.file().c_str(), 0444) == 0);
  // The superuser may write anything, so that somebody else has to try.
  child other([&](int to) {
    if (::geteuid() == 0) {
      const std::string folder = place.file().substr(0, place.file().rfind('/'));
      if (::chmod(folder.c_str(), 0755) != 0 || ::setuid(65'534) != 0) ::_exit(1);
    }
    auto made = place.open();
    say(to, !made.ok() && made.error().what == "store is read-only" ? 1 : 0);
  });
  CHECK(other.hear() == 1);
}

TEST_CASE("A value that the file refuses is refused for good, and the store is not away") {
  sqlite_place place;
  const auto list = people(*opened(place), 2);
  run_sql(place.file(), "CREATE TRIGGER t BEFORE INSERT ON attempts WHEN NEW.record_id = 11 "
                        "BEGIN SELECT RAISE(ABORT, 'not this one'); END");
  auto in = opened(place);
  const auto refused = in->commit({intent_of(list, 1, 1, 1), intent_of(list, 2, 1, 1)});
  CHECK(refused.outcome == commit_outcome::refused);
  CHECK(refused.error().what == "store refuses a value (not this one)");
  CHECK(in->commit({intent_of(list, 2, 1, 1)}).outcome == commit_outcome::done);
}

TEST_CASE("Damage is told, not worked on") {
  sqlite_place place;
  const auto list = people(*opened(place), 500);
  {
    std::fstream file(place.file(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(0, std::ios::end);
    const auto bytes = static_cast<std::int64_t>(file.tellg());
    std::string bytes_of_page(4'096, '\0');
    for (std::int64_t page = 0; page < bytes; page += 4'096) {
      file.seekg(page);
      file.read(bytes_of_page.data(), 4'096);
      if (bytes_of_page.find("+1555") == std::string::npos) continue; // no rows
      file.seekp(page);
      file << std::string(64, '\xa5');
    }
  }
  auto in = opened(place); // what it is made of is sound
  const auto read = in->export_records(list, [](const record&) { return true; });
  REQUIRE_FALSE(read.ok());
  CHECK(chainring::to_line(read.error()) == "store is damaged: " + place.file() +
                                              ": restore a backup; sqlite3's .recover command reads what is left");
}

TEST_CASE("A full disk loses nothing that was committed, and the store goes on when there is space again") {
  full_disk disk;
  sqlite_place place;
  auto in = opened(place);
  const auto list = people(*in, 200);
  std::int64_t chain = 1;
  // Different amounts of space: the disk is full at another write of the commit each time.
  for (const std::int64_t space : {0, 10, 4'096, 8'192, 20'000, 60'000}) {
    INFO("space " << space);
    disk.set_space(space);
    std::vector<chainring::dialer::write> batch;
    for (std::int64_t i = 1; i <= 200; ++i) batch.push_back(write_row{{list, i, 2}, {}, {}, {}, space, {}});
    batch.push_back(intent_of(list, chain, 1, 1));
    batch.push_back(write_row{{list, chain, 1}, {}, {}, {}, {}, {{"agent_id", std::string(32, 'a')}}});
    const auto refused = in->commit(batch);
    if (refused.ok()) break; // there was space for all of it
    CHECK(refused.outcome == commit_outcome::unknown);
    CHECK(refused.error().what == "no space left for the store");
    CHECK(refused.error().where == place.file());
    CHECK(in->attempts_of(list, chain * 10 + 1)->empty());
    disk.set_unlimited();
    REQUIRE(in->commit(batch).ok());
    CHECK(in->attempts_of(list, chain * 10 + 1)->size() == 1);
    ++chain;
  }
  CHECK(chain > 3);
  disk.set_space(0);
  auto rows = std::vector<record>{row_of(900, 1)};
  CHECK_FALSE(in->import_records(list, rows, {}, store::on_existing::keep).ok());
  CHECK_FALSE(in->open_list({"another", {}}).ok());
  CHECK_FALSE(in->take_ready({list, INT64_MIN, 10, 1}).ok());
  CHECK(in->find_list("another").ok());
  CHECK_FALSE(*in->find_list("another"));
  disk.set_unlimited();
  CHECK(in->counts(list)->chains_ready == 200);
  CHECK(in->take_ready({list, INT64_MIN, 10, 1})->chains.size() == 10);
  CHECK(in->open_list({"another", {}}).ok());
  in.reset();
  CHECK(is_sound(place.file()));
}

TEST_CASE("kill -9 amid commits: what was acknowledged is there, each batch wholly or not at all") {
  const int after = GENERATE(0, 1, 7, 40);
  sqlite_place place;
  const std::int64_t chains = 60;
  const auto list = people(*opened(place), chains);
  constexpr std::int32_t rows_of_a_batch = 2;
  int acknowledged = 0;
  {
    child writer([&](int to) {
      auto in = place.open();
      if (!in || !(*in)->take_ready({list, INT64_MIN, 1'000, 1}).ok()) ::_exit(1);
      say(to, 1);
      for (std::int32_t n = 1;; ++n)
        for (std::int64_t chain = 1; chain <= chains; ++chain) {
          if (!(*in)->commit({intent_of(list, chain, 1, n), intent_of(list, chain, 2, n)}).ok()) ::_exit(1);
          say(to, 2);
          if (!(*in)
                 ->commit({result_of(list, chain, 1, n, call_result::busy),
                           result_of(list, chain, 2, n, call_result::busy)})
                 .ok())
            ::_exit(1);
          say(to, 2);
        }
    });
    REQUIRE(writer.hear() == 1);
    for (; acknowledged < after; ++acknowledged) REQUIRE(writer.hear() == 2);
    writer.kill();
    while (writer.hear() == 2) ++acknowledged;
  }
  auto in = opened(place);
  const auto lost = in->recover(list, 77'000);
  REQUIRE(lost.ok());
  // Batches alternate between the intents of a chain and their ends; one more than acknowledged may have got through.
  int committed = 0, in_flight = 0;
  REQUIRE(in->export_attempts([&](const attempt& a, std::string_view) {
                committed += a.state == attempt_state::done ? 2 : 1;
                in_flight += a.state == attempt_state::unknown ? 1 : 0;
                CHECK((a.state == attempt_state::done || (a.state == attempt_state::unknown && a.ended_ms == 77'000)));
                return true;
              }).ok());
  CHECK(committed % rows_of_a_batch == 0);
  CHECK(committed / rows_of_a_batch >= acknowledged);
  CHECK(committed / rows_of_a_batch <= acknowledged + 1);
  CHECK(static_cast<int>(lost->size()) == in_flight);
  CHECK((in_flight == 0 || in_flight == rows_of_a_batch));
  CHECK(in->counts(list)->chains_ready == chains);
  in.reset();
  CHECK(is_sound(place.file()));
}

TEST_CASE("The file can be read and mended with sqlite3, and the table refuses what is out of range") {
  sqlite_place place;
  const auto list = people(*opened(place), 2);
  run_sql(place.file(), "UPDATE list_1 SET record_status = 5 WHERE chain_id = 2");
  sqlite3* handle = nullptr;
  REQUIRE(sqlite3_open(place.file().c_str(), &handle) == SQLITE_OK);
  CHECK(sqlite3_exec(handle, "UPDATE list_1 SET record_status = 77", nullptr, nullptr, nullptr) == SQLITE_CONSTRAINT);
  CHECK(sqlite3_exec(handle, "UPDATE list_1 SET daily_from = 'noon'", nullptr, nullptr, nullptr) == SQLITE_CONSTRAINT);
  REQUIRE(sqlite3_close(handle) == SQLITE_OK);
  run_sql(place.file(), "INSERT INTO list_1 (record_id, chain_id, chain_n, contact_info) VALUES (900, 90, 1, '+1')");
  auto in = opened(place);
  CHECK(in->counts(list)->chains_ended == 1);
  record by_hand;
  by_hand.record_id = 900;
  by_hand.chain_id = 90;
  by_hand.chain_n = 1;
  by_hand.contact_info = "+1";
  const auto found = in->find_record(list, 900);
  REQUIRE(found.ok());
  CHECK(*found == by_hand); // the defaults of the format
}
