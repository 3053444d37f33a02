// fsck_test.cpp: what a killed node leaves behind is sound, and each kind of damage, made with SQL, is found on both databases.
#include "dialer/store/fsck.hpp"

#include <algorithm>
#include <fstream>
#include <set>

#include <sqlite3.h>

#include "tests/catch.hpp"
#include "tests/dialer/full_store.hpp"
#include "tests/dialer/scratch.hpp"
#include "tests/dialer/store/postgres_server.hpp"
#include "tests/dialer/store_contract.hpp"

using namespace chainring::dialer;

namespace {

using kinds = std::set<std::string>;

struct damage {
  kinds found;
  std::string sql;
  std::string sql_of_server = {}; // empty: the same
};

const std::vector<damage>& damages() {
  static const std::vector<damage> all = {
    {{"missing-object"}, "DROP INDEX history_by_chain"},
    {{"missing-object", "unreadable"}, "ALTER TABLE attempts RENAME TO tries"},
    {{"table-of-no-list"}, "CREATE TABLE list_9 (x INTEGER PRIMARY KEY)"},
    {{"fact"}, "INSERT INTO meta (key, value) VALUES ('virtual_now_ms', 'soon')"},
    {{"rows-of-no-list"}, "UPDATE chains SET list = 8"},
    {{"row-value", "damage"},
     "PRAGMA ignore_check_constraints = 1; UPDATE list_1 SET record_type = 99 WHERE record_id = 51",
     "ALTER TABLE list_1 DROP CONSTRAINT list_1_record_type_check; UPDATE list_1 SET record_type = 99 WHERE record_id = 51"},
    {{"record-twice", "missing-object"}, "DROP INDEX list_1_record_id; UPDATE list_1 SET record_id = 51 WHERE chain_id = 5"},
    {{"attempt-column"}, "UPDATE list_1 SET attempt = 7 WHERE record_id = 11"},
    {{"attempt-orphan"}, "UPDATE attempts SET chain_n = 2 WHERE record_id = 11 AND n = 1"},
    {{"attempt-gap", "attempt-column"}, "UPDATE attempts SET n = 4 WHERE record_id = 11 AND n = 2"},
    {{"attempt-in-flight"}, "UPDATE attempts SET state = 1, ended_ms = 0, result = NULL WHERE record_id = 11 AND n = 1"},
    {{"attempt-state"}, "UPDATE attempts SET result = NULL WHERE record_id = 11 AND n = 2"},
    {{"attempt-times"}, "UPDATE attempts SET ended_ms = 5 WHERE record_id = 11 AND n = 1"},
    {{"attempt-result"}, "UPDATE attempts SET result = 99 WHERE record_id = 11 AND n = 1"},
    {{"attempt-epoch"}, "UPDATE attempts SET epoch = 2 WHERE record_id = 11 AND n = 2"},
    {{"attempt-epoch"}, "UPDATE attempts SET epoch = -1 WHERE record_id = 11 AND n = 2"},
    {{"redial-gap"}, "UPDATE attempts SET started_ms = started_ms - 1 WHERE record_id = 21 AND n = 2"},
    {{"chain-end-orphan"}, "UPDATE chains SET chain_id = 99"},
    {{"saved-orphan"}, "UPDATE instances SET chain_id = 99 WHERE chain_id = 4"},
    {{"saved-ended"}, "UPDATE list_1 SET record_status = 3 WHERE chain_id = 4"},
    {{"passive-not-retrieved"}, "UPDATE list_1 SET record_status = 1 WHERE chain_id = 3"},
    {{"saved-unreadable"}, "UPDATE instances SET bytes = x'00' WHERE chain_id = 4",
     "UPDATE instances SET bytes = '\\x00' WHERE chain_id = 4"},
    {{}, "UPDATE instances SET bytes = x'' WHERE chain_id = 3", "UPDATE instances SET bytes = '' WHERE chain_id = 3"}, // not begun
    {{"saved-document"}, "DELETE FROM documents"},
    {{"saved-epoch"}, "UPDATE instances SET epoch = 2 WHERE chain_id = 4"},
    {{"saved-due"}, "UPDATE instances SET due_ms = 9000000000000000 WHERE chain_id = 3"},
    {{"handles-end"}, "UPDATE instances SET handles_end = 90000000 WHERE chain_id = 4"},
    {{"document-damaged", "saved-document"}, "UPDATE documents SET hash = 'another'"},
    {{"history-post"}, "UPDATE history SET uri = 'ftp://crm'"},
    {{"history-post"}, "UPDATE history SET body = ''"},
    {{"do-not-call-empty"}, "UPDATE do_not_call SET value = ' ' WHERE kind = 1"},
  };
  return all;
}

/// Just as long as fill() waits between an unknown end and the next attempt.
fsck_terms terms() { return {100'000'000, {{"people", 60'000}}}; }

struct checked {
  fsck_report report;
  std::vector<finding> shown;
  kinds found;
};

checked check(store& in) {
  checked c;
  c.report = good(check_store(in, terms(), [&](const finding& f) { c.shown.push_back(f); }));
  for (const auto& [kind, count] : c.report.found) c.found.insert(std::string(kind));
  for (const auto& f : c.shown) {
    CHECK(c.found.contains(std::string(f.kind)));
    CHECK_FALSE(f.problem.what.empty());
    CHECK_FALSE(f.problem.where.empty());
    CHECK_FALSE(f.problem.mend.empty());
  }
  return c;
}

class file_place final : public store_place {
 public:
  chainring::result<std::unique_ptr<store>> open() override { return open_sqlite(file()); }
  std::string file() const { return scratch_.file("people.db"); }
  void sql(const std::string& text) const {
    sqlite3* handle = nullptr;
    REQUIRE(sqlite3_open(file().c_str(), &handle) == SQLITE_OK);
    INFO(sqlite3_errmsg(handle));
    CHECK(sqlite3_exec(handle, text.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK);
    REQUIRE(sqlite3_close(handle) == SQLITE_OK);
  }

 private:
  scratch_folder scratch_;
};

void a_sound_store_is_sound(store_place& place) {
  fill(*opened(place));
  const auto c = check(*opened(place));
  CHECK(c.shown.empty());
  CHECK(c.report.sound());
  CHECK(summary_of(c.report) == "sound; 1 list, 12 records, 4 attempts, 3 saved chains, 1 document, 1 history record");
}

} // namespace

TEST_CASE("Every kind of damage to a file's tables is found, and nothing else", "[fsck]") {
  for (const auto& one : damages())
    DYNAMIC_SECTION(one.sql) {
      file_place place;
      fill(*opened(place));
      place.sql(one.sql);
      CHECK(check(*opened(place)).found == one.found);
    }
}

TEST_CASE("Every kind of damage to a server's tables is found, and nothing else", "[fsck][postgres]") {
  for (const auto& one : damages())
    DYNAMIC_SECTION(one.sql) {
      postgres_place place;
      fill(*opened(place));
      place.sql(one.sql_of_server.empty() ? one.sql : one.sql_of_server);
      auto expected = one.found;
      expected.erase("damage"); // what the server knows of itself is another test's
      CHECK(check(*opened(place)).found == expected);
    }
}

TEST_CASE("There is a test for every kind of finding", "[fsck]") {
  kinds tested;
  for (const auto& one : damages()) tested.insert(one.found.begin(), one.found.end());
  const auto all = fsck_kinds();
  CHECK(tested == kinds(all.begin(), all.end()));
}

TEST_CASE("What a node leaves behind is sound in a file, and is not changed by looking", "[fsck]") {
  file_place place;
  a_sound_store_is_sound(place);
  const auto before = content_of(*opened(place));
  check(*opened(place));
  CHECK(content_of(*opened(place)) == before);
}

TEST_CASE("What a node leaves behind is sound on a server, while the node works too", "[fsck][postgres]") {
  postgres_place place;
  {
    auto node = opened(place);
    fill(*node);
    CHECK(check(*opened(place)).report.sound());
  }
  postgres_place other;
  a_sound_store_is_sound(other);
}

TEST_CASE("Pages that were overwritten are damage", "[fsck]") {
  file_place place;
  {
    auto in = opened(place);
    people(*in, 2'000);
  }
  {
    std::fstream file(place.file(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(0, std::ios::end);
    const auto middle = file.tellg() / 2;
    file.seekp(middle);
    file << std::string(8'192, '\x55');
  }
  const auto c = check(*opened(place));
  CHECK(c.found.contains("damage"));
  CHECK(c.shown.front().problem.mend.find("restore a backup") == 0);
}

TEST_CASE("An index that its server calls invalid is damage", "[fsck][postgres]") {
  postgres_place place;
  fill(*opened(place));
  place.sql("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'history_by_chain'::regclass");
  const auto c = check(*opened(place));
  CHECK(c.found == kinds{"damage"});
  CHECK(c.shown.at(0).problem.where == "index history_by_chain is not valid");
}

TEST_CASE("Of each kind some findings are shown and all are counted", "[fsck]") {
  file_place place;
  people(*opened(place), 100);
  place.sql("UPDATE list_1 SET attempt = 3 WHERE chain_n = 1; "
            "INSERT INTO attempts SELECT 1, record_id, 1, chain_id, 1, 0, 2, 'x', 't', 5, 6, 6 FROM list_1 WHERE chain_n = 1");
  const auto c = check(*opened(place));
  REQUIRE(c.report.found.size() == 1);
  CHECK(c.report.found[0] == std::pair<std::string_view, std::int64_t>("attempt-column", 100));
  CHECK(c.report.findings() == 100);
  CHECK(c.shown.size() == 20);
  CHECK(c.shown[0].problem.where == "list people, record 11, column 3, last attempt 1");
}

TEST_CASE("Attempts that a list brings along from another dialer are no gap", "[fsck]") {
  file_place place;
  {
    auto in = opened(place);
    const auto list = good(in->open_list({"people", {}}));
    auto row = row_of(1, 1);
    row.attempt = 5;
    good(in->import_records(list, {row, row_of(2, 1)}, {"attempt"}, store::on_existing::keep));
    good(in->commit({intent_of(list, 1, 1, 6), result_of(list, 1, 1, 6, call_result::busy)}));
  }
  CHECK(check(*opened(place)).report.sound());
}
