// older_stores_test.cpp: stores that programs of earlier schemas have left behind, with chains called, saved and passive: this one
// opens each, has all of it, and goes on.
#include <algorithm>
#include <string>

#include <sqlite3.h>

#include "dialer/store/sqlite/schema.hpp"
#include "tests/catch.hpp"
#include "tests/dialer/scratch.hpp"
#include "tests/dialer/store_contract.hpp"

using namespace chainring::dialer;

namespace {

constexpr list_id list = 1;

/// The table of a list, as every program so far has made it.
constexpr const char* list_table = R"(
INSERT INTO lists (id, name) VALUES (1, 'people');
CREATE TABLE "list_1" ("record_id" INTEGER NOT NULL CHECK ("record_id" BETWEEN 0 AND 9007199254740991),
  "contact_info" TEXT NOT NULL, "contact_info_type" INTEGER NOT NULL DEFAULT 1 CHECK ("contact_info_type" BETWEEN 0 AND 10),
  "record_type" INTEGER NOT NULL DEFAULT 2 CHECK ("record_type" BETWEEN 0 AND 7),
  "record_status" INTEGER NOT NULL DEFAULT 1 CHECK ("record_status" BETWEEN 0 AND 9),
  "call_result" INTEGER DEFAULT 28 CHECK ("call_result" BETWEEN 0 AND 53), "attempt" INTEGER NOT NULL DEFAULT 0,
  "dial_sched_time" INTEGER, "call_time" INTEGER, "daily_from" INTEGER NOT NULL DEFAULT 28800,
  "daily_till" INTEGER NOT NULL DEFAULT 64800, "tz_dbid" INTEGER NOT NULL DEFAULT 122, "campaign_id" INTEGER, "agent_id" TEXT,
  "chain_id" INTEGER NOT NULL, "chain_n" INTEGER NOT NULL, "group_id" INTEGER, "app_id" INTEGER, "treatments" TEXT,
  "media_ref" INTEGER, "email_subject" TEXT, "email_template_id" INTEGER, "switch_id" INTEGER, "said" TEXT,
  PRIMARY KEY (chain_id, chain_n)) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX "list_1_record_id" ON "list_1" (record_id);
)";

// Chain 1 has ended; 2 is being called, for the second time; 3 waits in its rows, of two records; 4 has never been called.
constexpr const char* rows_of_1 = R"(
INSERT INTO list_1 (record_id, contact_info, record_status, call_result, attempt, call_time, chain_id, chain_n, said) VALUES
  (11, '15550011', 3, 33, 1, 1700000005, 1, 1, 'hello'), (21, '15550021', 2, 6, 2, 1700000015, 2, 1, NULL),
  (41, '15550041', 1, 28, 0, NULL, 4, 1, '');
INSERT INTO list_1 (record_id, contact_info, record_type, record_status, call_result, attempt, dial_sched_time, call_time,
  treatments, chain_id, chain_n) VALUES
  (31, '15550031', 5, 1, 7, 1, 1700009000, 1700000025, '7@1@1@1', 3, 1), (32, '15550032', 2, 1, 28, 0, NULL, NULL, NULL, 3, 2);
INSERT INTO attempts (list, record_id, n, chain_id, chain_n, epoch, state, contact_info, trunk, started_ms, ended_ms, result)
  VALUES (1, 11, 1, 1, 1, 3, 2, '15550011', 'sim', 1700000000000, 1700000005000, 33),
  (1, 21, 1, 2, 1, 3, 2, '15550021', 'sim', 1700000010000, 1700000015000, 6),
  (1, 21, 2, 2, 1, 4, 0, '15550021', 'sim', 1700000075000, 0, NULL),
  (1, 31, 1, 3, 1, 3, 2, '15550031', 'sim', 1700000020000, 1700000025000, 7);
INSERT INTO chains VALUES (1, 1, 1700000005000, '', 'Finalize');
INSERT INTO do_not_call VALUES (0, '15559999'), (1, 'c-17');
INSERT INTO meta VALUES ('virtual_now_ms', '1700000075000');
)";
constexpr const char* rows_of_2 = R"(
INSERT INTO history (uri, list, chain_id, body) VALUES ('http://crm/', 1, 1, '{"n":1}'), ('http://crm/', 1, 2, '{"n":2}');
)";
// Chain 5 was put away.
constexpr const char* rows_of_3 = R"(
INSERT INTO list_1 (record_id, contact_info, record_status, call_result, attempt, chain_id, chain_n)
  VALUES (51, '15550051', 1, 28, 0, 5, 1);
INSERT INTO instances (list, chain_id, handles_end, bytes) VALUES (1, 5, 77, x'610062');
INSERT INTO documents VALUES ('abc', x'64006f63');
)";
// Chain 6 was saved as it waited for a call, chain 7 is passive.
constexpr const char* rows_of_4 = R"(
INSERT INTO list_1 (record_id, contact_info, record_status, call_result, attempt, chain_id, chain_n)
  VALUES (61, '15550061', 2, 28, 0, 6, 1), (71, '15550071', 2, 28, 0, 7, 1);
INSERT INTO instances (list, chain_id, handles_end, bytes, version, due_ms) VALUES
  (1, 6, 90, x'36', 4, 0), (1, 7, 99, x'37', 9, 1700000999000);
)";

void run_sql(sqlite3* file, const std::string& sql) {
  INFO(sql << ": " << sqlite3_errmsg(file));
  REQUIRE(sqlite3_exec(file, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK);
}

/// As the first program that had it left it.
void make_store(const std::string& path, std::size_t schema) {
  sqlite3* file = nullptr;
  REQUIRE(sqlite3_open(path.c_str(), &file) == SQLITE_OK);
  run_sql(file, "PRAGMA journal_mode = WAL; PRAGMA application_id = " + std::to_string(sqlite::application_id) +
                  "; PRAGMA user_version = " + std::to_string(schema));
  const char* const rows[] = {rows_of_1, rows_of_2, rows_of_3, rows_of_4};
  for (std::size_t n = 0; n < schema; ++n) run_sql(file, std::string(sqlite::migrations()[n]));
  run_sql(file, list_table);
  for (std::size_t n = 0; n < schema; ++n) run_sql(file, rows[n]);
  REQUIRE(sqlite3_close(file) == SQLITE_OK);
}

class older_place final : public store_place {
 public:
  chainring::result<std::unique_ptr<store>> open() override { return open_sqlite(file()); }
  std::string file() const { return scratch_.file("people.db"); }

 private:
  scratch_folder scratch_;
};

std::vector<std::int64_t> ids_of(const std::vector<chain_of_records>& chains) {
  std::vector<std::int64_t> ids;
  for (const auto& chain : chains) ids.push_back(chain.chain_id);
  return ids;
}

void check_what_never_changes(store& in) {
  const auto lists = good(in.lists());
  REQUIRE(lists.size() == 1);
  CHECK(lists[0].second.name == "people");
  CHECK(lists[0].second.user_columns == std::vector<std::string>{"said"});
  const auto ended = good(in.find_record(list, 11));
  REQUIRE(ended);
  CHECK(ended->record_status == record_status::updated);
  CHECK(ended->call_result == call_result::answer);
  CHECK(ended->user == std::vector<std::optional<std::string>>{"hello"});
  const auto scheduled = good(in.find_record(list, 31));
  REQUIRE(scheduled);
  CHECK(scheduled->record_type == record_type::personal_callback);
  CHECK(scheduled->dial_sched_time == 1'700'009'000);
  CHECK(scheduled->treatments == "7@1@1@1");
  CHECK(good(in.attempts_of(list, 21)).size() == 2);
  CHECK(good(in.get("virtual_now_ms")) == "1700000075000");
  CHECK(good(in.latest_attempt_ms()) == 1'700'000'075'000);
  std::vector<std::string> not_called;
  good(in.do_not_call([&](store::dnc_kind kind, std::string_view text) {
    not_called.push_back(std::to_string(static_cast<int>(kind)) + ' ' + std::string(text));
  }));
  CHECK(not_called == std::vector<std::string>{"0 15559999", "1 c-17"});
}

void check_saved(store& in, std::size_t schema) {
  const auto documents = good(in.documents());
  CHECK(documents.size() == (schema >= 3 ? 1 : 0));
  if (schema >= 3) CHECK(documents[0].bytes == std::string("d\0oc", 4));
  CHECK(good(in.handles_end()) >= (schema >= 4 ? 99U : schema >= 3 ? 77U : 1U));
  CHECK(good(in.history_receivers()).size() == (schema >= 2 ? 1 : 0));
  if (schema >= 2) {
    const auto posts = good(in.waiting_history("http://crm/", 10, {}));
    REQUIRE(posts.size() == 2);
    CHECK(posts[1].body == R"({"n":2})");
    good(in.remove_history({posts[0].id}));
  }
  if (schema < 4) return;
  const auto due = good(in.activate({.list = list, .at_ms = 1'700'000'999'000}));
  REQUIRE(ids_of(due.chains) == std::vector<std::int64_t>{7});
  REQUIRE(due.chains[0].saved);
  CHECK(due.chains[0].saved->bytes == "7");
  CHECK(due.chains[0].saved->version == 9);
}

} // namespace

TEST_CASE("Stores of every earlier schema open with all that is in them, and go on") {
  const auto schema = GENERATE(std::size_t{1}, std::size_t{2}, std::size_t{3}, std::size_t{4});
  REQUIRE(schema < sqlite::migrations().size());
  DYNAMIC_SECTION("schema " << schema) {
    older_place place;
    make_store(place.file(), schema);
    {
      auto in = opened(place);
      const auto epoch = good(in->own("this one"));
      check_what_never_changes(*in);
      check_saved(*in, schema);
      const auto lost = good(in->recover(list, 1'700'000'100'000));
      REQUIRE(lost.size() == 1);
      CHECK(lost[0].record_id == 21);
      CHECK(lost[0].state == attempt_state::unknown);
      std::vector<std::int64_t> expected{2, 3, 4};
      if (schema >= 3) expected.push_back(5);
      if (schema >= 4) expected.insert(expected.end(), {6, 7});
      const auto page = good(in->take_ready({.list = list, .chains_max = 100}));
      CHECK(ids_of(page.chains) == expected);
      const auto has_save = [](const chain_of_records& one) { return one.saved != nullptr; };
      const auto saved = std::count_if(page.chains.begin(), page.chains.end(), has_save);
      CHECK(saved == (schema >= 4 ? 3 : schema >= 3 ? 1 : 0));
      // A call, and the chain as it waits for that.
      write_intent intent;
      intent.what = {.list = list, .record_id = 41, .chain_id = 4, .chain_n = 1, .n = 1, .contact_info = "15550041", .trunk = "sim",
                     .started_ms = 1'700'000'200'000};
      intent.instance = std::make_shared<write_instance>(write_instance{list, 4, "4", 100, {}, 1, {}});
      good(in->commit({intent, write_chain_end{.list = list, .chain_id = 3, .at_ms = 1'700'000'200'000}}));
      if (schema >= 3) good(in->commit({write_instance{list, 5, "again", 100, {}, 1, {}}})); // newer than what was put away
      CHECK(good(in->attempts_of(list, 41))[0].epoch == epoch);
    }
    auto in = opened(place);
    CHECK(good(in->find_chain(list, 4))->saved->bytes == "4");
    CHECK(good(in->find_chain(list, 3))->records[1].record_status == record_status::updated);
    if (schema >= 3) CHECK(good(in->find_chain(list, 5))->saved->bytes == "again");
    CHECK(good(in->counts(list)).chains_ended == 2);
    if (schema >= 2) CHECK(good(in->waiting_history("http://crm/", 10, {})).size() == 1);
  }
}
