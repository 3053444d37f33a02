// options.cpp: the command line with its help, on CLI11. Requirements are checked here and not by CLI11, so that an
// option with a typing error is named before the one that it leaves missing.
#include "actors/node/options.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <functional>
#include <memory>

#include "actors/fetch/uri.hpp"
#include "actors/node/configuration.hpp"
#include "actors/node/instant.hpp"
#include "actors/node/limits.hpp"
#include "actors/node/settings_reader.hpp"
#include "scxml/result.hpp"

namespace chainring::actors {

namespace {

constexpr const char* about =
    "An outbound dialing engine: every chain of contact records runs an SCXML treatment that decides whom to call, "
    "when to wait and when to stop.";
constexpr const char* first_steps =
    "Start with one campaign, without a server and without waiting for its timeouts:\n"
    "  chainring run --list people.csv --treatment retry.scxml --virtual-time\n\n"
    "Exit status: 0 done, 1 failed, 2 bad usage. Errors are one line: WHAT: WHERE: HOW TO MEND.\n"
    "`chainring COMMAND --help` explains a command; conf/node.toml shows every option of the configuration.";

constexpr const char* legacy_help = "expressions are those of OCS 8.0: eq, and, …, _eventdata";

/// A command while it is parsed: its part of the command line, and what is wrong with the values it got, if anything.
struct parser {
  CLI::App* app;
  std::function<std::optional<error>(const CLI::App&)> check;
  std::function<command()> take;
};

bool given(const CLI::App& app, const std::string& option) { return app.count(option) > 0; }

error missing(const std::string& option, std::string mend) {
  return {option + " is missing", {}, std::move(mend)};
}

std::optional<error> exactly_one(const CLI::App& app, const std::string& a, const std::string& b) {
  if (given(app, a) && given(app, b)) return error{a + " and " + b + " exclude each other", {}, "give one of them"};
  if (!given(app, a) && !given(app, b)) return missing(a + " or " + b, "give one of them");
  return std::nullopt;
}

/// http://host:port, nothing else; paths of the API are put behind what becomes of `text`.
std::optional<error> wrong_with_url(std::string& text) {
  const auto url = parse_uri(text);
  if (!url || url->scheme != "http" || url->path != "/" || !url->query.empty())
    return error{"--url is \"" + text + '"', {}, "give a node's address, for example " + default_url()};
  text = origin_of(*url);
  return std::nullopt;
}

/// `help`: what naming one means to the command.
void add_node_to_ask(CLI::App& app, node_address& node, const std::string& help) {
  app.add_option("--url", node.url, help)->type_name("URL");
  app.add_option("--token", node.token, "[stats] token of the node; without it, the variable CHAINRING_TOKEN")
      ->type_name("TOKEN")
      ->envname("CHAINRING_TOKEN");
}

/// Of a command that always asks a node.
void add_running_node(CLI::App& app, node_address& node) {
  node.url = default_url();
  add_node_to_ask(app, node, "the node's stats endpoint; without it, " + default_url());
}

void add_store(CLI::App& app, std::string& store, std::string& config) {
  app.add_option("--store", store,
                 std::string{"an SQLite file, or a postgresql:// URI; without it, that of --config, else "} + store_default)
      ->type_name("STORE");
  app.add_option("--config", config, "configuration, for its store and time zones")->type_name("FILE.toml");
}

// -- the commands -------------------------------------------------------------------------------------------------

parser add_node(CLI::App& root) {
  auto c = std::make_shared<node_command>();
  auto* app = root.add_subcommand("node", "run a node until SIGTERM, which lets its calls end");
  app->add_option("--config", c->config, "TOML file; conf/node.toml shows every option")->type_name("FILE.toml");
  app->add_flag("--virtual-time", c->virtual_time, "a clock that jumps to the next deadline instead of waiting");
  app->add_flag("--lift-refusals", c->lift_refusals, "take treatments up again in which a lane hung before");
  app->footer("Loads the lists and campaigns of the configuration, starts those with auto-start, and answers on the\n"
              "stats endpoint: /live, /ready, /metrics, /api/v1/. A second SIGTERM ends it at once.\n\n"
              "Example: chainring node --config conf/node.toml");
  const auto check = [](const CLI::App& a) -> std::optional<error> {
    if (!given(a, "--config")) return missing("--config", "give a TOML file, conf/node.toml is an example");
    return std::nullopt;
  };
  return {app, check, [c] { return command{*c}; }};
}

parser add_run(CLI::App& root) {
  auto c = std::make_shared<run_command>();
  auto start = std::make_shared<std::string>();
  auto* app = root.add_subcommand("run", "dial calling lists to their end, with progress and a summary");
  app->add_option("--list", c->list, "calling list; its header names the columns")->type_name("FILE.csv");
  app->add_option("--treatment", c->treatment, "SCXML treatment: path, file: or http: URI; without it, [[treatment]] of --config")
      ->type_name("URI");
  app->add_option("--config", c->config, "configuration: trunks, time zones, …; its campaigns without --list")
      ->type_name("FILE.toml");
  app->add_option("--store", c->store,
                  "SQLite file, or postgresql:// URI, that keeps rows and attempts; without it, that of --config, else a file "
                  "beside the CSV")
      ->type_name("STORE");
  app->add_flag("--virtual-time", c->virtual_time, "a clock that jumps to the next deadline instead of waiting");
  app->add_option("--start", *start, "with --virtual-time: its first instant, 2026-01-05T15:00:00Z without it")
      ->type_name("INSTANT");
  app->add_option("--lanes", c->lanes, "threads that run chains; without it, one per core")
      ->check(CLI::Range(1, limits::lanes_max))
      ->type_name("N");
  app->add_flag("--update", c->update, "a CSV that has changed since the last run changes its rows in the store");
  app->add_flag("--legacy", c->legacy, legacy_help);
  app->add_flag("--lift-refusals", c->lift_refusals, "take treatments up again in which a lane hung before");
  app->footer("Rows are taken over once, by chain_id and chain_n. The same command again goes on where the last one\n"
              "stopped, however it stopped; a finished list has nothing to do and exits 0. Without a [[trunk]] calls\n"
              "go over a simulated one.\n\n"
              "Examples: chainring run --list people.csv --treatment retry.scxml --virtual-time\n"
              "          chainring run --config conf/sample/campaign.toml");
  const auto check = [c, start](const CLI::App& a) -> std::optional<error> {
    if (given(a, "--treatment") && !given(a, "--list")) return missing("--list", "--list and --treatment go together");
    if (given(a, "--list") && !given(a, "--treatment") && !given(a, "--config"))
      return missing("--treatment", "give it, or a --config with a [[treatment]]");
    if (!given(a, "--list") && !given(a, "--config"))
      return missing("--list", "give --list FILE.csv and --treatment URI, or --config with a [[campaign]]");
    if (!given(a, "--start")) return std::nullopt;
    if (!c->virtual_time) return error{"--start without --virtual-time", {}, "add --virtual-time"};
    c->start_ms = parse_instant_ms(*start);
    if (c->start_ms) return std::nullopt;
    return error{"--start is \"" + *start + '"', {}, "give an instant with its offset, 2026-01-05T15:00:00Z"};
  };
  return {app, check, [c] { return command{*c}; }};
}

parser add_import(CLI::App& root) {
  auto c = std::make_shared<import_command>();
  auto* app = root.add_subcommand("import", "CSV to calling list or do-not-call list; bad rows are named by line");
  app->add_option("--list", c->list, "calling list to make or to add to")->type_name("NAME");
  app->add_flag("--do-not-call", c->do_not_call, "the file has the columns phone and customer_id, or one of them");
  app->add_option("FILE.csv", c->file, "UTF-8, the first line names the columns");
  add_store(*app, c->store, c->config);
  app->add_flag("--update", c->update, "rows that are there and differ are changed; without it they are an error");
  app->footer("Columns of the OCS calling list have their OCS names; any other becomes a column of the list. What the\n"
              "file lacks takes the OCS defaults. Good rows are imported even when others are bad; then the exit\n"
              "status is 1.\n\n"
              "Examples: chainring import --list people people.csv\n"
              "          chainring import --do-not-call blocked.csv");
  const auto check = [](const CLI::App& a) -> std::optional<error> {
    if (const auto problem = exactly_one(a, "--list", "--do-not-call")) return problem;
    if (!given(a, "FILE.csv")) return missing("FILE.csv", "name the file to import");
    if (given(a, "--do-not-call") && given(a, "--update"))
      return error{"--update with --do-not-call", {}, "leave it out, entries are only ever added"};
    return std::nullopt;
  };
  return {app, check, [c] { return command{*c}; }};
}

parser add_export(CLI::App& root) {
  auto c = std::make_shared<export_command>();
  auto* app = root.add_subcommand("export", "calling list or attempts to CSV");
  app->add_option("--list", c->list, "calling list to write, all its columns and rows")->type_name("NAME");
  app->add_flag("--attempts", c->attempts, "one line per attempt instead, all lists, in the order they started");
  app->add_option("--output", c->output, "file to write; without it, standard output")->type_name("FILE.csv");
  add_store(*app, c->store, c->config);
  app->footer("Columns of attempts: list, record_id, chain_id, chain_n, attempt, contact_info, started_ms, ended_ms,\n"
              "trunk, result. Instants are milliseconds since 1970 (UTC).\n\n"
              "Examples: chainring export --list people --store people.db > done.csv\n"
              "          chainring export --attempts --store people.db");
  const auto check = [](const CLI::App& a) { return exactly_one(a, "--list", "--attempts"); };
  return {app, check, [c] { return command{*c}; }};
}

parser add_check(CLI::App& root) {
  auto c = std::make_shared<check_command>();
  auto* app = root.add_subcommand("check", "say what is wrong with SCXML documents, by line and column");
  app->add_option("DOC.scxml", c->documents, "treatments, or any other SCXML documents");
  app->add_flag("--strict", c->strict, "take warnings for errors");
  app->add_flag("--json", c->json, "one JSON text on a line for each document, with what the compiler made of it");
  app->add_flag("--dot", c->dot, "draw each document for Graphviz");
  app->add_flag("--legacy", c->legacy, legacy_help);
  app->footer("Names everything that is wrong in one go, and what can hardly be meant: states that are never entered,\n"
              "transitions that are never taken, events that never come. Exit status 0 when all can run, warnings or\n"
              "not; 1 when one has errors.\n\n"
              "Examples: chainring check --strict conf/sample/*.scxml\n"
              "          chainring check --dot retry.scxml | dot -Tsvg > retry.svg");
  const auto check = [](const CLI::App& a) -> std::optional<error> {
    if (!given(a, "DOC.scxml")) return missing("DOC.scxml", "name the documents to check");
    if (given(a, "--json") && given(a, "--dot"))
      return error{"--json and --dot exclude each other", {}, "leave one out"};
    return std::nullopt;
  };
  return {app, check, [c] { return command{*c}; }};
}

parser add_scxml(CLI::App& root) {
  auto c = std::make_shared<scxml_command>();
  auto* app = root.add_subcommand("scxml", "run one SCXML document alone and show where it goes");
  app->add_option("DOC.scxml", c->document, "the document");
  app->add_option("--events", c->events, "JSON lines to feed it, - for standard input")->type_name("FILE|-");
  app->add_flag("--real-time", c->real_time, "wait for delays; without it the clock jumps to the next one");
  app->add_flag("--wait", c->wait, "in real time, wait for events by HTTP when nothing else is to come");
  app->add_flag("--trace", c->trace, "say on standard error what is entered, exited, taken and evaluated");
  app->add_flag("--legacy", c->legacy, legacy_help);
  app->add_option("--results", c->results, "how the calls of ocs:make_call end, in order; the last goes on. Without it: Answer")
      ->type_name("NAME[,NAME…]")->delimiter(',');
  app->add_flag("--ask", c->ask, "ask at the terminal how each call ends");
  app->add_option("--call-ms", c->call_ms, "how long a call takes. Without it: 10000")->check(CLI::Range(0, 86'400'000));
  app->add_option("--list", c->list, "a calling list whose chain is treated. Without it: two records, HOME and MOBILE")
      ->type_name("FILE.csv");
  app->add_option("--chain", c->chain, "the chain_id to take from the list. Without it: the first");
  app->add_option("--config", c->config, "time zones and daytime tables")->type_name("FILE.toml");
  app->footer("OCS actions are answered as a node would, but nobody is called.\n"
              "The BasicHTTP event I/O processor listens on a free port of this machine: see _ioprocessors.\n\n"
              "Events: {\"event\":\"e\",\"data\":{…},\"after_ms\":n}, n after the line before; all but the name may\n"
              "be left out. Every stable configuration is a line {\"configuration\":[\"a\",\"b\"],\"time_ms\":n},\n"
              "the last line is {\"done\":true|false,\"configuration\":[…]}.\n"
              "Exit status: 0 reached a top-level final state, 3 waits for ever, 1 bad document, 2 bad usage.\n\n"
              "Examples: echo '{\"event\":\"go\"}' | chainring scxml machine.scxml --events -\n"
              "          chainring scxml retry.scxml --results Busy,NoAnswer,Answer --trace");
  const auto check = [c](const CLI::App& a) -> std::optional<error> {
    if (!given(a, "DOC.scxml")) return missing("DOC.scxml", "name the document to run");
    if (given(a, "--ask") && given(a, "--results"))
      return error{"--ask and --results exclude each other", {}, "give one of them"};
    if (given(a, "--ask") && c->events == "-")
      return error{"--ask and --events - both read standard input", {}, "give the events in a file"};
    if (given(a, "--chain") && !given(a, "--list")) return missing("--list", "--chain names a chain of it");
    if (given(a, "--wait") && !given(a, "--real-time")) return missing("--real-time", "--wait is for events from outside");
    return std::nullopt;
  };
  return {app, check, [c] { return command{*c}; }};
}

parser add_status(CLI::App& root) {
  auto c = std::make_shared<status_command>();
  auto* app = root.add_subcommand("status", "campaigns, trunks and chains of a running node");
  add_running_node(*app, c->node);
  const auto check = [c](const CLI::App&) { return wrong_with_url(c->node.url); };
  return {app, check, [c] { return command{*c}; }};
}

parser add_campaign(CLI::App& root) {
  auto c = std::make_shared<campaign_command>();
  auto* app = root.add_subcommand("campaign", "load, start, stop and unload campaigns of a running node");
  app->add_option("verb", c->verb, "load, start, stop, unload or force-unload")->type_name("VERB");
  app->add_option("name", c->name, "the campaign")->type_name("NAME");
  add_running_node(*app, c->node);
  app->footer("load          chains that were put away go on where they were; nobody is called\n"
              "start         a loaded campaign calls, and admits its other chains\n"
              "stop          nobody is called any more; its chains stay\n"
              "unload        calls in progress end, then its chains are put away\n"
              "force-unload  its chains are put away at once; they hear of calls in progress when they are loaded again\n\n"
              "In a cluster it is an order to all nodes, of which each is named with what it has made of it. Those that have not\n"
              "heard it read it in the store. Exit status: 0 done, 1 when a node refuses it.\n\n"
              "Example: chainring campaign unload spring --token SECRET");
  const auto check = [c](const CLI::App&) -> std::optional<error> {
    static const std::vector<std::string> verbs{"load", "start", "stop", "unload", "force-unload"};
    if (c->verb.empty()) return missing("VERB", "one of load, start, stop, unload, force-unload");
    if (std::find(verbs.begin(), verbs.end(), c->verb) == verbs.end())
      return error{"unknown verb \"" + c->verb + '"', {}, suggestion(c->verb, verbs)};
    if (c->name.empty()) return missing("NAME", "chainring status names the campaigns");
    return wrong_with_url(c->node.url);
  };
  return {app, check, [c] { return command{*c}; }};
}

parser add_explain(CLI::App& root) {
  auto c = std::make_shared<explain_command>();
  auto* app = root.add_subcommand("explain", "why a record is or is not dialed now");
  app->add_option("--record", c->record_id, "record_id of the calling list")->type_name("N");
  app->add_option("--list", c->list, "its list, when several lists have such a record")->type_name("NAME");
  add_node_to_ask(*app, c->node, "ask this running node, for example " + default_url());
  add_store(*app, c->store, c->config);
  app->footer("Names the daily window, the do-not-call list, limits, trunk, treatment and when it is next due.\n\n"
              "Examples: chainring explain --record 17 --url " + default_url() + "\n"
              "          chainring explain --record 17 --store people.db");
  const auto check = [c](const CLI::App& a) -> std::optional<error> {
    if (!given(a, "--record")) return missing("--record", "give a record_id");
    if (given(a, "--url") && given(a, "--store"))
      return error{"--url and --store exclude each other", {}, "ask the node or read the store, not both"};
    return given(a, "--url") ? wrong_with_url(c->node.url) : std::nullopt;
  };
  return {app, check, [c] { return command{*c}; }};
}

parser add_backup(CLI::App& root) {
  auto c = std::make_shared<backup_command>();
  auto* app = root.add_subcommand("backup", "a copy of a store at one instant, of a running node's too");
  app->add_option("FILE", c->file, "the backup: a store in one file, whatever holds the original; nothing is replaced");
  add_node_to_ask(*app, c->node, "ask this running node, for example " + default_url() + "; FILE is a path of its machine then");
  add_store(*app, c->store, c->config);
  app->footer("A node works on while its store is copied. A store on a server can be copied without its node, too.\n"
              "export, fsck and restore read the backup; chainring fsck --store FILE checks it.\n\n"
              "Examples: chainring backup --store people.db people-monday.db\n"
              "          chainring backup --url " + default_url() + " --token SECRET /var/backups/people-monday.db");
  const auto check = [c](const CLI::App& a) -> std::optional<error> {
    if (!given(a, "FILE")) return missing("FILE", "name the file to write");
    if (!given(a, "--url")) return std::nullopt;
    if (given(a, "--store") || given(a, "--config"))
      return error{"--url and " + std::string(given(a, "--store") ? "--store" : "--config") + " exclude each other", {},
                   "ask the node or copy the store, not both"};
    return wrong_with_url(c->node.url);
  };
  return {app, check, [c] { return command{*c}; }};
}

parser add_restore(CLI::App& root) {
  auto c = std::make_shared<restore_command>();
  auto* app = root.add_subcommand("restore", "a store made of a backup, which is checked first");
  app->add_option("FILE", c->file, "a backup");
  app->add_option("--calls", c->calls,
                  "calls made since the backup, so that they are not made again: a trunk's log, or a file of export --attempts; "
                  "several times for several files")
      ->type_name("FILE")
      ->allow_extra_args(false);
  app->add_flag("--despite-findings", c->despite_findings, "restore a backup in which fsck finds something wrong");
  add_store(*app, c->store, c->config);
  app->footer("Replaces nothing: the store must not be there yet, or be empty. A backup of an SQLite store may be restored to\n"
              "a server, and the other way round.\n\n"
              "What happened since the backup is lost. Calls made since are not known and would be made again: give their\n"
              "logs with --calls. Then they are attempts of unknown end, as after a crash: their records are left alone for\n"
              "the redial gap, their treatments hear SystemError, and a chain that had gone on since begins anew.\n\n"
              "Example: chainring restore --store people.db people-monday.db --calls calls.jsonl");
  const auto check = [](const CLI::App& a) -> std::optional<error> {
    if (!given(a, "FILE")) return missing("FILE", "name the backup");
    return std::nullopt;
  };
  return {app, check, [c] { return command{*c}; }};
}

parser add_fsck(CLI::App& root) {
  auto c = std::make_shared<fsck_command>();
  auto* app = root.add_subcommand("fsck", "check that everything in a store is as it has to be");
  add_store(*app, c->store, c->config);
  app->add_flag("--json", c->json, "a JSON text on a line for each finding, and one that counts them");
  app->footer("Changes nothing, but brings a store of an older chainring up to date, as every command does. A line for each\n"
              "finding says what it means, where it is, and how to mend it. With --config the redial gaps of its campaigns are\n"
              "checked too. A store in a file must not be open elsewhere; one on a server may.\n"
              "What a crash leaves behind, calls in flight for one, is no finding: the next start settles it.\n"
              "Exit status: 0 sound, 1 not.\n\n"
              "Example: chainring fsck --store people.db");
  return {app, [](const CLI::App&) { return std::optional<error>(); }, [c] { return command{*c}; }};
}

// -- what can be wrong --------------------------------------------------------------------------------------------

command_line usage(error problem, const std::string& where) {
  problem.where = where;
  return {std::nullopt, "chainring: " + to_line(problem), 2};
}

std::vector<std::string> option_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const auto* option : app.get_options())
    for (const auto& name : option->get_lnames()) names.push_back("--" + name);
  return names;
}

/// An argument that nothing takes: an option with a typing error, or one word too many.
error unexpected(const std::string& argument, const std::vector<std::string>& names) {
  if (argument.rfind('-', 0) != 0) return {"unexpected argument \"" + argument + '"', {}, "leave it out"};
  const std::string name = argument.substr(0, argument.find('='));
  const auto near = nearest(name, names);
  return {"unknown option " + name, {}, near ? "did you mean " + *near : "--help names the options"};
}

command_line no_command(const CLI::App& root, const std::vector<parser>& parsers) {
  const auto rest = root.remaining();
  if (rest.empty()) return usage(error{"no command", {}, "chainring --help names them"}, "command line");
  if (rest.front().rfind('-', 0) == 0) return usage(unexpected(rest.front(), option_names(root)), "command line");
  std::vector<std::string> names;
  for (const auto& p : parsers) names.push_back(p.app->get_name());
  return usage(error{"unknown command \"" + rest.front() + '"', {}, suggestion(rest.front(), names)}, "command line");
}

} // namespace

std::string default_url() { return "http://127.0.0.1:" + std::to_string(stats_port_default); }

command_line parse_command_line(int argc, const char* const* argv) {
  CLI::App root{about, "chainring"};
  root.footer(first_steps);
  root.set_version_flag("--version", "chainring " CHAINRING_VERSION);
  root.require_subcommand(0, 1);
  root.allow_extras();
  const std::vector<parser> parsers = {add_node(root),  add_run(root),   add_import(root), add_export(root),
                                       add_check(root), add_scxml(root), add_status(root), add_campaign(root), add_explain(root),
                                       add_backup(root), add_restore(root), add_fsck(root)};
  for (const auto& p : parsers) p.app->allow_extras();
  try {
    root.parse(argc, argv);
  } catch (const CLI::CallForVersion& version) {
    return {std::nullopt, std::string{version.what()} + '\n', 0};
  } catch (const CLI::CallForHelp&) {
    return {std::nullopt, root.help(), 0};
  } catch (const CLI::ParseError& problem) {
    const auto parsed = root.get_subcommands();
    return usage(error{problem.what(), {}, "--help explains the options"},
                 parsed.empty() ? "command line" : parsed.front()->get_name());
  }
  for (const auto& p : parsers) {
    if (!p.app->parsed()) continue;
    const std::string where = p.app->get_name();
    if (const auto rest = p.app->remaining(); !rest.empty())
      return usage(unexpected(rest.front(), option_names(*p.app)), where);
    if (auto problem = p.check(*p.app)) return usage(std::move(*problem), where);
    return {p.take(), {}, 0};
  }
  return no_command(root, parsers);
}

} // namespace chainring::actors
