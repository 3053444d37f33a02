// restore_test.cpp: from any kind of store into any, and what is refused leaves nothing behind.
#include "dialer/store/restore.hpp"

#include <filesystem>
#include <fstream>

#include "dialer/store/open.hpp"
#include "dialer/store/store_copy.hpp"
#include "dialer/store/store_view.hpp"
#include "tests/catch.hpp"
#include "tests/dialer/full_store.hpp"
#include "tests/dialer/scratch.hpp"
#include "tests/dialer/store/full_disk.hpp"
#include "tests/dialer/store/postgres_server.hpp"

using namespace chainring::dialer;

namespace {

namespace fs = std::filesystem;

chainring::result<restored_store> restored(const std::string& backup, const std::string& to,
                                           const std::vector<std::string>& calls = {}, bool despite_findings = false) {
  return restore({backup, to, calls, despite_findings, 100'000'000}, [](const finding&) {}, [](const chainring::error&) {});
}

std::string refusal(const std::string& backup, const std::string& to, const std::vector<std::string>& calls = {}) {
  const auto refused = restored(backup, to, calls);
  REQUIRE_FALSE(refused.ok());
  CHECK_FALSE(refused.error().mend.empty());
  return refused.error().what;
}

/// A backup of fill()'s store.
std::string backup_in(const scratch_folder& folder) {
  auto in = good(open_sqlite(folder.file("original.db")));
  fill(*in);
  good(back_up(*in, folder.file("backup.db"), 70'000));
  return folder.file("backup.db");
}

std::size_t files_in(const scratch_folder& folder) {
  return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder.path()), fs::directory_iterator()));
}

std::string bytes_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// What was in flight is unknown at the next start, and who owns the store then is above all owners before.
void goes_on(const std::string& where, const std::string& content) {
  auto in = good(open_store(where));
  CHECK(content_of(*in) == content);
  const auto before = good(good(in->view())->epoch());
  CHECK(before >= 2);
  CHECK(good(in->own("the next node")) > before);
  const auto unknown = good(in->recover(1, 200'000'000));
  REQUIRE(unknown.size() == 1);
  CHECK(unknown[0].record_id == 21);
  CHECK(unknown[0].n == 2);
  CHECK(unknown[0].epoch == 1);
  good(in->commit({intent_of(1, 5, 1, 1, 300'000'000)}));
  CHECK(good(in->attempts_of(1, 51))[0].epoch > before);
}

} // namespace

TEST_CASE("A backup of a file becomes a file again, and is not touched", "[restore]") {
  scratch_folder folder;
  const auto backup = backup_in(folder);
  const auto bytes = bytes_of(backup);
  const auto told = good(restored(backup, folder.file("new.db")));
  CHECK(told.checked.sound());
  CHECK(told.backup_ms == 70'000);
  CHECK(told.latest_attempt_ms == first_attempt_ms + 6 * 60'000);
  CHECK(told.in_flight == 1);
  CHECK(bytes_of(backup) == bytes);
  CHECK(files_in(folder) == 3);
  goes_on(folder.file("new.db"), content_of(*good(open_sqlite(folder.file("original.db")))));
}

TEST_CASE("Backups go from servers to servers, from files to servers and back", "[restore][postgres]") {
  scratch_folder folder;
  postgres_place first, second;
  std::string content;
  {
    auto in = good(open_sqlite(folder.file("original.db")));
    fill(*in);
    content = content_of(*in);
    good(back_up(*in, folder.file("of_file.db"), 1));
  }
  good(restored(folder.file("of_file.db"), first.uri()));
  {
    auto in = opened(first);
    CHECK(content_of(*in) == content);
    good(back_up(*in, folder.file("of_server.db"), 2));
  }
  good(restored(folder.file("of_server.db"), second.uri()));
  good(restored(folder.file("of_server.db"), folder.file("file.db")));
  goes_on(first.uri(), content);
  goes_on(second.uri(), content);
  goes_on(folder.file("file.db"), content);
  CHECK(good(good(opened(second)->view())->damage(10)).empty());
  auto in = opened(second); // history goes on behind what is there
  auto told = std::get<write_intent>(intent_of(1, 6, 1, 1));
  told.history = std::make_shared<history_post>(history_post{"http://crm/history", "{}"});
  good(in->own("node"));
  good(in->commit({told}));
  CHECK(good(in->waiting_history("http://crm/history", 10, {})).size() == 2);
}

TEST_CASE("A restore replaces nothing", "[restore]") {
  scratch_folder folder;
  const auto backup = backup_in(folder);
  people(*good(open_sqlite(folder.file("used.db"))), 1);
  CHECK(refusal(backup, folder.file("used.db")) == "the store is not empty");
  good(good(open_sqlite(folder.file("dnc.db")))->import_do_not_call({{store::dnc_kind::phone, "1"}}));
  CHECK(refusal(backup, folder.file("dnc.db")) == "the store is not empty");
  CHECK(refusal(backup, backup) == "the store is not empty");
  std::ofstream(folder.file("text.db")) << "no store, but somebody's text";
  CHECK(refusal(backup, folder.file("text.db")) == "not a store");
  std::ofstream(folder.file("gone.db-wal")) << "log";
  CHECK(refusal(backup, folder.file("gone.db")).find("the log of a store that was here") == 0);
  std::ofstream(folder.file("busy.db.restoring")) << "";
  CHECK(refusal(backup, folder.file("busy.db")) == "another restore is under way, or was cut off");
  CHECK(refusal(backup, folder.file("no/folder.db")) == "the store cannot be written (No such file or directory)");
  { auto empty = good(open_sqlite(folder.file("empty.db"))); }
  good(restored(backup, folder.file("empty.db")));
  CHECK(good(good(open_sqlite(folder.file("empty.db")))->counts(1)).chains == 6);
}

TEST_CASE("A restore to a server replaces nothing, and is done whole or not at all", "[restore][postgres]") {
  scratch_folder folder;
  const auto backup = backup_in(folder);
  postgres_place place;
  auto node = opened(place);
  good(node->own("a node"));
  CHECK(refusal(backup, place.uri()) == "store is in use by node a node");
  node.reset();
  place.sql("CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''no''; END'; "
            "CREATE TRIGGER no BEFORE INSERT ON documents FOR EACH STATEMENT EXECUTE FUNCTION no()"); // the last table of all
  CHECK_FALSE(restored(backup, place.uri()).ok());
  CHECK(good(opened(place)->lists()).empty());
  place.sql("DROP TRIGGER no ON documents");
  good(restored(backup, place.uri()));
  CHECK(refusal(backup, place.uri()) == "the store is not empty");
}

TEST_CASE("What is no backup, or not sound, is refused and leaves nothing behind", "[restore]") {
  scratch_folder folder;
  const auto backup = backup_in(folder);
  const auto to = folder.file("new.db");
  CHECK(refusal(folder.file("missing.db"), to) == "there is no backup");
  CHECK(refusal(folder.path(), to) == "the backup is no file");
  std::ofstream(folder.file("text")) << std::string(1'000, 'x');
  CHECK(refusal(folder.file("text"), to).find("the backup is none: not a store") == 0);
  std::ofstream(folder.file("cut"), std::ios::binary) << bytes_of(backup).substr(0, 20'000);
  CHECK_FALSE(restored(folder.file("cut"), to).ok());
  {
    auto open = good(open_sqlite(folder.file("original.db")));
    good(open->set("a", "b"));
    CHECK(refusal(folder.file("original.db"), to).find("this is a store that is open, or was not closed") == 0);
  }
  {
    auto in = good(open_sqlite(folder.file("unsound.db")));
    const auto list = people(*in, 1);
    auto end = std::get<write_result>(result_of(list, 1, 1, 1, call_result::busy, 9'000));
    end.ended_ms = 1;
    good(in->commit({intent_of(list, 1, 1, 1), end}));
  }
  CHECK(refusal(folder.file("unsound.db"), to).find("the backup is not sound: 1 finding: attempt-times 1") == 0);
  CHECK(refusal(backup, to, {folder.file("no log")}) == "the calls cannot be read");
  CHECK_FALSE(fs::exists(to));
  CHECK_FALSE(fs::exists(to + ".restoring"));
  CHECK(good(restored(folder.file("unsound.db"), to, {}, true)).checked.findings() == 1);
}

TEST_CASE("Calls made since a backup are taken in", "[restore]") {
  scratch_folder folder;
  const auto backup = backup_in(folder);
  std::ofstream(folder.file("calls.jsonl")) << R"({"ms":9000000,"trunk":"t","list":"people","record_id":51,"attempt":1,"number":"1"}
{"ms":9000001,"trunk":"t","list":"people","record_id":21,"attempt":2,"number":"1"}
{"ms":9000004,"trunk":"t","list":"people","record_id":31,"attempt":1,"number":"1"}
)";
  std::ofstream(folder.file("calls.csv"))
    << "list,record_id,attempt,started_ms,trunk\npeople,52,1,9000002,t\nothers,1,1,9000003,t\n";
  const std::vector<std::string> logs = {folder.file("calls.jsonl"), folder.file("calls.csv")};
  const auto told = good(restored(backup, folder.file("new.db"), logs));
  CHECK(told.taken.added == 3);
  CHECK(told.taken.known == 1);
  CHECK(told.taken.strangers == 1);
  CHECK(told.taken.begin_anew == 1);
  CHECK(told.in_flight == 4);
  auto in = good(open_sqlite(folder.file("new.db")));
  const auto passive = good(in->find_chain(1, 3)); // it has been called since it was saved
  CHECK_FALSE(passive->saved);
  CHECK(passive->records[0].record_status == record_status::ready);
  CHECK(good(in->find_chain(1, 2))->saved); // it waits for that very call
  CHECK(good(in->recover(1, 10'000'000)).size() == 4);
  CHECK(good(check_store(*in, {}, [](const finding& f) { FAIL_CHECK(to_line(f.problem)); })).sound());
}

TEST_CASE("A backup onto a full disk fails, and the store works on", "[restore]") {
  full_disk disk;
  scratch_folder folder;
  auto in = good(open_sqlite(folder.file("store.db")));
  const auto list = people(*in, 10'000);
  disk.set_space(100'000);
  const auto failed = back_up(*in, folder.file("backup.db"), 1);
  REQUIRE_FALSE(failed.ok());
  CHECK(failed.error().what == "no space left for the store");
  CHECK(failed.error().where == folder.file("backup.db.new"));
  CHECK_FALSE(fs::exists(folder.file("backup.db.new")));
  disk.set_unlimited();
  good(in->commit({intent_of(list, 1, 1, 1)}));
  good(back_up(*in, folder.file("backup.db"), 1));
}
