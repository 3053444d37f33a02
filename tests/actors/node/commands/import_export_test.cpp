// import_export_test.cpp: what goes in by import comes out by export; bad rows are named, good ones stay.
#include "actors/node/commands/common.hpp"
#include "actors/node/commands/export.hpp"
#include "actors/node/commands/import.hpp"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <sstream>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dialer/store/store.hpp"
#include "tests/actors/scratch.hpp"
#include "tests/catch.hpp"

using namespace chainring;
using namespace chainring::actors;

namespace {

struct ran {
  int status;
  std::string out, err;
};

struct folder : tests::scratch {
  std::string at(const std::string& name) const { return (path / name).string(); }

  ran import(const std::string& list, const std::string& csv, bool update = false, bool do_not_call = false) const {
    write("in.csv", csv);
    import_command command;
    command.list = list;
    command.do_not_call = do_not_call;
    command.file = at("in.csv");
    command.store = at("s.db");
    command.update = update;
    std::ostringstream out, err;
    const int status = run_import(command, out, err);
    return {status, out.str(), err.str()};
  }
  ran export_list(const std::string& list, const std::string& output = "") const {
    export_command command;
    command.list = list;
    command.attempts = list.empty();
    command.store = at("s.db");
    command.output = output;
    std::ostringstream out, err;
    const int status = run_export(command, out, err);
    return {status, out.str(), err.str()};
  }
};

constexpr auto people = "chain_id,chain_n,contact_info,city\n1,1,+15550100,Ulm\n1,2,+15550101,\n2,1,+15550102,Bonn\n";

std::size_t lines(const std::string& text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

} // namespace

TEST_CASE("a list that was imported is exported with its own columns and the defaults", "[commands]") {
  const folder f;
  const ran in = f.import("people", people);
  CHECK(in.status == 0);
  CHECK(in.err.empty());
  CHECK(in.out == "list people: 3 rows new, 0 there already, 0 updated, 0 bad; store " + f.at("s.db") + "\n");
  const ran out = f.export_list("people");
  CHECK(out.status == 0);
  CHECK(lines(out.out) == 4);
  CHECK(out.out.find("record_id,contact_info") != std::string::npos);
  CHECK(out.out.find("28800") != std::string::npos);
  CHECK(out.out.find("Bonn") != std::string::npos);

  const ran to_file = f.export_list("people", f.at("out.csv"));
  CHECK(to_file.status == 0);
  CHECK(to_file.out.empty());
  std::ifstream file(f.path / "out.csv", std::ios::binary);
  CHECK(std::string{std::istreambuf_iterator<char>(file), {}} == out.out);

  // What was exported is the list: importing it changes nothing.
  const ran back = f.import("people", out.out);
  CHECK(back.status == 0);
  CHECK(back.out.find("0 rows new, 3 there already") != std::string::npos);
}

TEST_CASE("bad rows are named by line, the others are imported", "[commands]") {
  const folder f;
  const ran in = f.import("people", "chain_id,chain_n,contact_info\n1,1,+15550100\n1,x,+15550101\n2,1,+15550102\n");
  CHECK(in.status == 1);
  CHECK(lines(in.err) == 1);
  CHECK(in.err.find("chainring: ") == 0);
  CHECK(in.err.find(f.at("in.csv") + ":3") != std::string::npos);
  CHECK(in.out.find("2 rows new") != std::string::npos);
  CHECK(in.out.find("1 bad") != std::string::npos);
}

TEST_CASE("a changed file is an error unless --update", "[commands]") {
  const folder f;
  REQUIRE(f.import("people", people).status == 0);
  const std::string changed = "chain_id,chain_n,contact_info,city\n1,1,+15550199,Ulm\n";
  const ran kept = f.import("people", changed);
  CHECK(kept.status == 1);
  CHECK(kept.err.find("1 rows differ") != std::string::npos);
  CHECK(kept.err.find("--update") != std::string::npos);
  CHECK(f.export_list("people").out.find("+15550199") == std::string::npos);
  const ran updated = f.import("people", changed, true);
  CHECK(updated.status == 0);
  CHECK(updated.out.find("1 updated") != std::string::npos);
  CHECK(f.export_list("people").out.find("+15550199") != std::string::npos);
}

TEST_CASE("do-not-call entries are added once", "[commands]") {
  const folder f;
  const ran in = f.import("", "phone,customer_id\n+15550100,\n,c7\n", false, true);
  CHECK(in.err.empty());
  CHECK(in.status == 0);
  CHECK(in.out.find("do not call: 2 entries new, 0 there already, 0 bad") == 0);
  CHECK(f.import("", "phone\n+15550100\n", false, true).out.find("0 entries new, 1 there already") !=
        std::string::npos);
}

TEST_CASE("attempts are exported with the columns of the manual", "[commands]") {
  const folder f;
  REQUIRE(f.import("people", people).status == 0);
  {
    auto store = dialer::open_sqlite(f.at("s.db"));
    REQUIRE(store);
    const auto list = (*store)->find_list("people");
    REQUIRE((list && *list));
    const auto chain = (*store)->find_chain(**list, 2);
    REQUIRE((chain && *chain));
    dialer::attempt a;
    a.list = **list;
    a.record_id = (*chain)->records[0].record_id;
    a.chain_id = 2;
    a.chain_n = 1;
    a.n = 1;
    a.contact_info = "+15550102";
    a.trunk = "sim";
    a.started_ms = 1'000;
    REQUIRE((*store)->commit({dialer::write_intent{a}}));
    REQUIRE((*store)->commit({dialer::write_result{a.list, a.record_id, 2, 1, 1, dialer::attempt_state::done,
                                                   dialer::call_result::busy, 1'000, 3'000}}));
  }
  const ran out = f.export_list("");
  CHECK(out.status == 0);
  CHECK(out.out == "list,record_id,chain_id,chain_n,attempt,contact_info,started_ms,ended_ms,trunk,result\r\n"
                   "people,3,2,1,1,+15550102,1000,3000,sim,Busy\r\n");
}

TEST_CASE("what cannot be had is one line", "[commands]") {
  const folder f;
  const ran absent = f.export_list("people");
  CHECK(absent.status == 1);
  CHECK(absent.err == "chainring: there is no store: " + f.at("s.db") + ": name one with --store\n");
  REQUIRE(f.import("people", people).status == 0);
  const ran other = f.export_list("poeple");
  CHECK(other.status == 1);
  CHECK(other.err.find("there is no list \"poeple\": the store: did you mean \"people\"") != std::string::npos);
  const ran unwritable = f.export_list("people", f.at("no/such/folder.csv"));
  CHECK(unwritable.status == 1);
  CHECK(lines(unwritable.err) == 1);
  import_command missing;
  missing.list = "x";
  missing.file = f.at("absent.csv");
  missing.store = f.at("t.db");
  std::ostringstream out, err;
  CHECK(run_import(missing, out, err) == 1);
  CHECK(lines(err.str()) == 1);
  CHECK_FALSE(std::filesystem::exists(f.path / "t.db"));
  missing.config = f.at("absent.toml");
  CHECK(run_import(missing, out, err) == 1);
}

TEST_CASE("an export to a pipe is written into it; one over its own store is refused", "[commands]") {
  const folder f;
  REQUIRE(f.import("people", people).status == exit_done);
  REQUIRE(::mkfifo(f.at("pipe").c_str(), 0600) == 0);
  const int hears = ::open(f.at("pipe").c_str(), O_RDWR | O_NONBLOCK);
  REQUIRE(hears >= 0);
  CHECK(f.export_list("people", f.at("pipe")).status == exit_done);
  char heard[65'536];
  CHECK(::read(hears, heard, sizeof heard) > 100);
  ::close(hears);
  CHECK(std::filesystem::is_fifo(f.at("pipe")));

  const ran over = f.export_list("people", f.at("s.db"));
  CHECK(over.status == exit_failed);
  CHECK(over.err == "chainring: the output is the store itself: " + f.at("s.db") + ": name another file\n");
  CHECK(f.export_list("people").status == exit_done);
}
