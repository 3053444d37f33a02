// main.cpp: the program. Everything else is in libraries that tests link.
#include <cstdio>
#include <variant>

#include "actors/node/commands/explain.hpp"
#include "actors/node/commands/node.hpp"
#include "actors/node/commands/run.hpp"
#include "actors/node/commands/status.hpp"
#include "actors/node/options.hpp"

namespace {

using namespace chainring::actors;

struct execute {
  template <class T> int operator()(const T&) const { return 2; }
  int operator()(const node_command& c) const { return run_node(c); }
  int operator()(const run_command& c) const { return run(c); }
  int operator()(const status_command& c) const { return status(c); }
  int operator()(const explain_command& c) const { return explain(c); }
};

} // namespace

int main(int argc, char** argv) {
  const auto line = parse_command_line(argc, argv);
  if (line.command) return std::visit(execute{}, *line.command);
  std::fputs(line.text.c_str(), line.status == 0 ? stdout : stderr);
  if (!line.text.empty() && line.text.back() != '\n') std::fputc('\n', line.status == 0 ? stdout : stderr);
  return line.status;
}
