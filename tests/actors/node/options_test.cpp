// options_test.cpp: every command with its options, help that can be printed, and one line for each mistake.
#include "actors/node/options.hpp"

#include <initializer_list>

#include "actors/node/configuration.hpp"
#include "tests/catch.hpp"

using namespace chainring::actors;

namespace {

command_line parse(std::initializer_list<const char*> arguments) {
  std::vector<const char*> argv = {"chainring"};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  return parse_command_line(static_cast<int>(argv.size()), argv.data());
}

template <class Command>
Command taken(std::initializer_list<const char*> arguments) {
  const command_line line = parse(arguments);
  INFO(line.text);
  REQUIRE(line.command);
  REQUIRE(std::holds_alternative<Command>(*line.command));
  return std::get<Command>(*line.command);
}

/// The complaint about a bad command line.
std::string complaint(std::initializer_list<const char*> arguments) {
  const command_line line = parse(arguments);
  CHECK_FALSE(line.command);
  CHECK(line.status == 2);
  CHECK(line.text.find('\n') == std::string::npos);
  return line.text;
}

} // namespace

TEST_CASE("node takes a configuration", "[options]") {
  CHECK(taken<node_command>({"node", "--config", "n.toml"}).config == "n.toml");
  CHECK(taken<node_command>({"node", "--config=n.toml", "--virtual-time"}).virtual_time);
  CHECK(complaint({"node"}) == "chainring: --config is missing: node: give a TOML file, conf/node.toml is an example");
}

TEST_CASE("run takes a list and a treatment, or a configuration", "[options]") {
  const auto run = taken<run_command>({"run", "--list", "a.csv", "--treatment", "file:///t.scxml", "--config", "c.toml",
                                       "--store", "a.db", "--virtual-time", "--start", "2026-01-05T15:00:01Z",
                                       "--lanes", "2", "--update"});
  CHECK(run.list == "a.csv");
  CHECK(run.treatment == "file:///t.scxml");
  CHECK(run.config == "c.toml");
  CHECK(run.store == "a.db");
  CHECK(run.virtual_time);
  CHECK(run.start_ms == virtual_time_start_ms_default + 1'000);
  CHECK(run.lanes == 2);
  CHECK(run.update);
  const auto plain = taken<run_command>({"run", "--config", "c.toml"});
  CHECK(plain.list.empty());
  CHECK(plain.lanes == 0);
  CHECK_FALSE(plain.start_ms);
  CHECK(complaint({"run"}).find("chainring: --list is missing: run: ") == 0);
  CHECK(complaint({"run", "--list", "a.csv"}) ==
        "chainring: --treatment is missing: run: give it, or a --config with a [[treatment]]");
  CHECK(complaint({"run", "--config", "c", "--start", "2026-01-05T15:00:00Z"}) ==
        "chainring: --start without --virtual-time: run: add --virtual-time");
  CHECK(complaint({"run", "--config", "c", "--virtual-time", "--start", "now"}) ==
        "chainring: --start is \"now\": run: give an instant with its offset, 2026-01-05T15:00:00Z");
  CHECK(complaint({"run", "--config", "c", "--lanes", "0"}).find(": run: ") != std::string::npos);
  CHECK(complaint({"run", "--config", "c", "--lanes", "two"}).find(": run: ") != std::string::npos);
}

TEST_CASE("import takes a list name or the do-not-call flag, and a file", "[options]") {
  const auto import = taken<import_command>({"import", "--list", "people", "p.csv", "--store", "p.db", "--update"});
  CHECK(import.list == "people");
  CHECK(import.file == "p.csv");
  CHECK(import.store == "p.db");
  CHECK(import.update);
  CHECK_FALSE(import.do_not_call);
  CHECK(taken<import_command>({"import", "--do-not-call", "d.csv"}).do_not_call);
  CHECK(complaint({"import", "p.csv"}) ==
        "chainring: --list or --do-not-call is missing: import: give one of them");
  CHECK(complaint({"import", "--list", "l", "--do-not-call", "p.csv"}) ==
        "chainring: --list and --do-not-call exclude each other: import: give one of them");
  CHECK(complaint({"import", "--list", "l"}) == "chainring: FILE.csv is missing: import: name the file to import");
  CHECK(complaint({"import", "--list", "l", "a.csv", "b.csv"}) ==
        "chainring: unexpected argument \"b.csv\": import: leave it out");
  CHECK(complaint({"import", "--do-not-call", "--update", "a.csv"}).find("--update with --do-not-call") !=
        std::string::npos);
}

TEST_CASE("export takes a list name or the attempts flag", "[options]") {
  CHECK(taken<export_command>({"export", "--list", "people"}).list == "people");
  const auto attempts = taken<export_command>({"export", "--attempts", "--store", "p.db", "--output", "o.csv"});
  CHECK(attempts.attempts);
  CHECK(attempts.store == "p.db");
  CHECK(attempts.output == "o.csv");
  CHECK(complaint({"export"}).find("--list or --attempts is missing") != std::string::npos);
}

TEST_CASE("check and scxml take documents", "[options]") {
  CHECK(taken<check_command>({"check", "a.scxml", "b.scxml"}).documents ==
        std::vector<std::string>{"a.scxml", "b.scxml"});
  CHECK(complaint({"check"}).find("DOC.scxml is missing: check: ") != std::string::npos);
  const auto check = taken<check_command>({"check", "--strict", "--json", "a.scxml"});
  CHECK((check.strict && check.json && !check.dot));
  CHECK(taken<check_command>({"check", "a.scxml", "--dot"}).dot);
  CHECK(taken<check_command>({"check", "a.scxml", "--legacy"}).legacy);
  CHECK(taken<scxml_command>({"scxml", "a.scxml", "--legacy"}).legacy);
  CHECK(taken<run_command>({"run", "--list", "l.csv", "--treatment", "t.scxml", "--legacy"}).legacy);
  CHECK_FALSE(taken<check_command>({"check", "a.scxml"}).legacy);
  CHECK(complaint({"check", "--json", "--dot", "a.scxml"}).find("--json and --dot exclude each other") != std::string::npos);
  const auto scxml = taken<scxml_command>({"scxml", "a.scxml", "--events", "-", "--real-time"});
  CHECK(scxml.document == "a.scxml");
  CHECK(scxml.events == "-");
  CHECK(scxml.real_time);
  CHECK(taken<scxml_command>({"scxml", "a.scxml"}).events.empty());
  CHECK(complaint({"scxml", "a.scxml", "b.scxml"}).find("unexpected argument \"b.scxml\"") != std::string::npos);
}

TEST_CASE("status and explain ask a node", "[options]") {
  CHECK(taken<status_command>({"status"}).node.url == default_url());
  CHECK(taken<status_command>({"status", "--url", "http://[::1]:9"}).node.url == "http://[::1]:9");
  for (const char* url : {"http://127.0.0.1:1234", "http://127.0.0.1:1234/", "HTTP://127.0.0.1:1234/#there"})
    CHECK(taken<status_command>({"status", "--url", url}).node.url == "http://127.0.0.1:1234"); // paths are put behind it
  CHECK(taken<explain_command>({"explain", "--record", "1", "--url", "http://h:1/"}).node.url == "http://h:1");
  CHECK(taken<campaign_command>({"campaign", "load", "c", "--url", "http://h:1/"}).node.url == "http://h:1");
  CHECK(taken<backup_command>({"backup", "--url", "http://h:1/", "/b.db"}).node.url == "http://h:1");
  CHECK(taken<status_command>({"status", "--token", "t"}).node.token == "t");
  CHECK(taken<explain_command>({"explain", "--record", "1", "--url", "http://h:1", "--token", "t"}).node.token == "t");
  CHECK(complaint({"status", "--url", "ftp://x"}) ==
        "chainring: --url is \"ftp://x\": status: give a node's address, for example " + default_url());
  CHECK(complaint({"status", "--url", "http://x/path"}).find("--url is") != std::string::npos);
  const auto explain = taken<explain_command>({"explain", "--record", "17", "--list", "a", "--store", "p.db"});
  CHECK(explain.record_id == 17);
  CHECK(explain.list == "a");
  CHECK(explain.store == "p.db");
  CHECK(complaint({"explain"}) == "chainring: --record is missing: explain: give a record_id");
  CHECK(complaint({"explain", "--record", "x"}).find(": explain: ") != std::string::npos);
  CHECK(complaint({"explain", "--record", "1", "--store", "a", "--url", default_url().c_str()})
            .find("exclude each other") != std::string::npos);
}

TEST_CASE("mistakes in names get the nearest one", "[options]") {
  CHECK(complaint({}) == "chainring: no command: command line: chainring --help names them");
  CHECK(complaint({"rnu"}) == "chainring: unknown command \"rnu\": command line: did you mean \"run\"");
  CHECK(complaint({"--vresion"}) == "chainring: unknown option --vresion: command line: did you mean --version");
  CHECK(complaint({"run", "--lsit", "a.csv", "--treatment", "t"}) ==
        "chainring: unknown option --lsit: run: did you mean --list");
  CHECK(complaint({"run", "--lsit=a.csv"}) == "chainring: unknown option --lsit: run: did you mean --list");
  CHECK(complaint({"status", "--frobnicate"}) ==
        "chainring: unknown option --frobnicate: status: --help names the options");
  CHECK(complaint({"run", "--list"}).find(": run: ") != std::string::npos);
  CHECK(complaint({"status", "--url", "a\nb"}).find("--url is \"a b\"") != std::string::npos);
}

TEST_CASE("help and version are for standard output", "[options]") {
  for (const char* name : {"node", "run", "import", "export", "check", "scxml", "status", "explain", "backup", "restore", "fsck"}) {
    INFO(name);
    const auto help = parse({name, "--help"});
    CHECK_FALSE(help.command);
    CHECK(help.status == 0);
    CHECK(help.text.find(std::string{"chainring "} + name) != std::string::npos);
    CHECK(parse({"--help"}).text.find(std::string{"\n  "} + name) != std::string::npos);
  }
  const auto version = parse({"--version"});
  CHECK(version.status == 0);
  CHECK(version.text.find("chainring ") == 0);
}

TEST_CASE("backup takes a file, and a store or a node", "[options]") {
  const auto of_store = taken<backup_command>({"backup", "--store", "a.db", "b.db", "--config", "c.toml"});
  CHECK(of_store.file == "b.db");
  CHECK(of_store.store == "a.db");
  CHECK(of_store.config == "c.toml");
  CHECK(of_store.node.url.empty());
  const auto of_node = taken<backup_command>({"backup", "--url", "http://h:1", "--token", "t", "/b.db"});
  CHECK(of_node.node.url == "http://h:1");
  CHECK(of_node.node.token == "t");
  CHECK(complaint({"backup"}) == "chainring: FILE is missing: backup: name the file to write");
  CHECK(complaint({"backup", "--url", "http://h:1", "--store", "a.db", "b.db"}) ==
        "chainring: --url and --store exclude each other: backup: ask the node or copy the store, not both");
  CHECK(complaint({"backup", "--url", "http://h:1", "--config", "c.toml", "b.db"}).find("--config") != std::string::npos);
  CHECK(complaint({"backup", "--url", "h", "b.db"}).find("--url is \"h\"") != std::string::npos);
  CHECK(complaint({"backup", "b.db", "c.db"}) == "chainring: unexpected argument \"c.db\": backup: leave it out");
}

TEST_CASE("restore takes a backup and logs of calls", "[options]") {
  const auto c = taken<restore_command>(
      {"restore", "--store", "a.db", "--calls", "1.log", "--calls", "2.log", "b.db", "--despite-findings"});
  CHECK(c.file == "b.db");
  CHECK(c.store == "a.db");
  CHECK(c.calls == std::vector<std::string>{"1.log", "2.log"});
  CHECK(c.despite_findings);
  CHECK(taken<restore_command>({"restore", "--calls", "1.log", "b.db"}).file == "b.db");
  CHECK_FALSE(taken<restore_command>({"restore", "b.db"}).despite_findings);
  CHECK(complaint({"restore", "--store", "a.db"}) == "chainring: FILE is missing: restore: name the backup");
}

TEST_CASE("fsck takes a store", "[options]") {
  CHECK(taken<fsck_command>({"fsck", "--store", "a.db", "--json"}).json);
  CHECK(taken<fsck_command>({"fsck", "--config", "c.toml"}).config == "c.toml");
  CHECK(complaint({"fsck", "a.db"}) == "chainring: unexpected argument \"a.db\": fsck: leave it out");
}

TEST_CASE("campaign takes what is to be done and with which", "[options]") {
  const auto c = taken<campaign_command>({"campaign", "force-unload", "spring", "--token", "t", "--url", "http://h:1"});
  CHECK(c.verb == "force-unload");
  CHECK(c.name == "spring");
  CHECK(c.node.token == "t");
  CHECK(c.node.url == "http://h:1");
  CHECK(taken<campaign_command>({"campaign", "load", "spring"}).node.url == default_url());
  CHECK(complaint({"campaign", "lod", "spring"}).find("load") != std::string::npos);
  CHECK(complaint({"campaign"}).find("VERB") != std::string::npos);
  CHECK(complaint({"campaign", "load"}).find("NAME") != std::string::npos);
  CHECK(complaint({"campaign", "load", "spring", "extra"}).find("extra") != std::string::npos);
}
