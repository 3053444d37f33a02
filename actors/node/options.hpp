// options.hpp: the command line of chainring: one struct per command. Parsing only; the commands are in commands/.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace chainring::actors {

/// Where import, export, explain, backup, restore and fsck look without --store and --config.
inline constexpr const char* store_default = "chainring.db";

// Empty texts: not given. Paths and URIs are as written.

/// chainring node --config FILE.toml
struct node_command {
  std::string config;
  bool virtual_time = false;
  bool lift_refusals = false; // of treatments in which a lane hung
};

/// chainring run: --list and --treatment, or the campaigns of --config.
struct run_command {
  std::string list;      // a CSV file; the list is named after it
  std::string treatment; // URI or path
  std::string config;
  std::string store; // empty: the configuration's, else beside the CSV, FILE.csv → FILE.db
  bool virtual_time = false;
  std::optional<std::int64_t> start_ms; // with virtual_time: the first instant in a new store
  std::int32_t lanes = 0;               // 0: the configuration's, else one per core
  bool update = false;                  // a changed CSV changes the rows that are there
  bool legacy = false;                  // treatments have expressions of OCS 8.0
  bool lift_refusals = false;           // of treatments in which a lane hung
};

/// chainring import: exactly one of list and do_not_call.
struct import_command {
  std::string list; // name of the calling list
  bool do_not_call = false;
  std::string file;
  std::string store;
  std::string config;
  bool update = false;
};

/// chainring export: exactly one of list and attempts.
struct export_command {
  std::string list;
  bool attempts = false;
  std::string store;
  std::string config;
  std::string output; // empty: standard output
};

/// chainring check DOC.scxml…
struct check_command {
  std::vector<std::string> documents; // files
  bool strict = false;                // warnings are errors
  bool json = false, dot = false;     // not both
  bool legacy = false;                // expressions of OCS 8.0
};

inline constexpr std::int64_t call_ms_default = 10'000;

/// chainring scxml DOC.scxml
struct scxml_command {
  std::string document; // a file
  std::string events;   // a file of JSON lines, "-" for standard input; empty: none
  bool real_time = false;
  bool wait = false; // for events by HTTP, in real time
  bool trace = false;
  bool legacy = false; // expressions of OCS 8.0
  // what stands in for the dialer, see ocs_stand_in.hpp
  std::string list;    // a CSV file; empty: a chain of two records is invented
  std::int64_t chain = 0; // chain_id; 0: the first
  std::vector<std::string> results; // how calls end, names of call results
  bool ask = false;    // at the terminal how calls end
  std::int64_t call_ms = call_ms_default;
  std::string config;  // time zones and daytime tables
};

/// The stats endpoint of a running node.
struct node_address {
  std::string url;
  std::string token; // [stats] token of that node; empty: none is given
};

/// chainring status
struct status_command {
  node_address node; // always set
};

/// chainring campaign VERB NAME
struct campaign_command {
  std::string verb; // load, start, stop, unload or force-unload
  std::string name;
  node_address node; // always set
};

/// chainring explain --record N: asks a node, or reads a store that no node has open.
struct explain_command {
  std::int64_t record_id = 0;
  std::string list;  // empty: the only list, or every list that has such a record
  node_address node; // without a URL: a store is read
  std::string store;
  std::string config;
};

/// chainring backup FILE: of a store that no node has open, or with url of a running node's, which writes it on its machine.
struct backup_command {
  std::string file;
  node_address node; // without a URL: the store is copied here
  std::string store;
  std::string config;
};

/// chainring restore FILE
struct restore_command {
  std::string file; // a backup
  std::string store;
  std::string config;
  std::vector<std::string> calls; // files of calls that were made since
  bool despite_findings = false;
};

/// chainring fsck
struct fsck_command {
  std::string store;
  std::string config;
  bool json = false;
};

using command = std::variant<node_command, run_command, import_command, export_command, check_command, scxml_command,
                             status_command, campaign_command, explain_command, backup_command, restore_command, fsck_command>;

/// A command, or what to print instead of running one.
struct command_line {
  std::optional<actors::command> command;
  std::string text;  // without a command: for standard output when status is 0, otherwise one line for standard error
  int status = 0;    // without a command: the exit status, 0 after --help and --version, 2 for bad usage
};

/// Arguments as main() gets them.
command_line parse_command_line(int argc, const char* const* argv);

/// "http://127.0.0.1:8480": where a node with the default configuration answers.
std::string default_url();

} // namespace chainring::actors
