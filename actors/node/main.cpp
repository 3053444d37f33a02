// main.cpp: the program. Everything else is in libraries that tests link.
#include <cstdio>
#include <iostream>
#include <variant>

#include "actors/node/commands/backup.hpp"
#include "actors/node/commands/campaign.hpp"
#include "actors/node/commands/check.hpp"
#include "actors/node/commands/explain.hpp"
#include "actors/node/commands/export.hpp"
#include "actors/node/commands/fsck.hpp"
#include "actors/node/commands/import.hpp"
#include "actors/node/commands/node.hpp"
#include "actors/node/commands/restore.hpp"
#include "actors/node/commands/run.hpp"
#include "actors/node/commands/scxml.hpp"
#include "actors/node/commands/status.hpp"
#include "actors/node/options.hpp"

namespace {

using namespace chainring::actors;

struct execute {
  int operator()(const node_command& c) const { return run_node(c); }
  int operator()(const run_command& c) const { return run(c); }
  int operator()(const import_command& c) const { return run_import(c, std::cout, std::cerr); }
  int operator()(const export_command& c) const { return run_export(c, std::cout, std::cerr); }
  int operator()(const check_command& c) const { return run_check(c, std::cout, std::cerr); }
  int operator()(const scxml_command& c) const { return run_scxml(c, std::cout, std::cerr); }
  int operator()(const status_command& c) const { return status(c); }
  int operator()(const campaign_command& c) const { return order_campaign(c); }
  int operator()(const explain_command& c) const { return explain(c); }
  int operator()(const backup_command& c) const { return run_backup(c, std::cout, std::cerr); }
  int operator()(const restore_command& c) const { return run_restore(c, std::cout, std::cerr); }
  int operator()(const fsck_command& c) const { return run_fsck(c, std::cout, std::cerr); }
};

/// A command whose output did not get through has failed, whatever it did.
int checked_output(int status) {
  std::cout.flush();
  if (std::cout && std::fflush(stdout) == 0 && !std::ferror(stdout)) return status;
  if (status != 0) return status;
  std::fputs("chainring: not everything could be written: standard output: make space, or name another file\n", stderr);
  return 1;
}

} // namespace

int main(int argc, char** argv) {
  const auto line = parse_command_line(argc, argv);
  if (line.command) return checked_output(std::visit(execute{}, *line.command));
  std::fputs(line.text.c_str(), line.status == 0 ? stdout : stderr);
  if (!line.text.empty() && line.text.back() != '\n') std::fputc('\n', line.status == 0 ? stdout : stderr);
  return checked_output(line.status);
}
