// check.cpp: compiles documents as a node would.
#include "actors/node/commands/check.hpp"

#include "actors/node/commands/common.hpp"
#include "scxml/diagnostic.hpp"

namespace chainring::actors {

namespace {

void describe(const std::string& path, const scxml::document& d, std::size_t warnings, std::ostream& out) {
  // The state 0 is the <scxml> element itself.
  out << path << ": can run: " << d.states.size() - 1 << " states, " << d.transitions.size() << " transitions, "
      << d.data.size() << " data items, " << d.expressions.size() << " expressions; data model "
      << (d.datamodel == scxml::datamodel_kind::null ? "null" : "ecmascript on QuickJS") << "; " << warnings
      << (warnings == 1 ? " warning" : " warnings") << '\n';
}

bool check_one(const std::string& path, std::ostream& out, std::ostream& err) {
  const auto compiled = compile_file(path);
  if (!compiled) return complain(err, compiled.error()), false;
  std::size_t warnings = 0;
  for (const auto& complaint : compiled->complaints) {
    error problem = scxml::to_error(complaint);
    if (complaint.severity == scxml::severity::warning) {
      problem.what = "warning: " + problem.what;
      ++warnings;
    }
    complain(err, problem);
  }
  if (!compiled->document) return false;
  describe(path, *compiled->document, warnings, out);
  return true;
}

} // namespace

int run_check(const check_command& options, std::ostream& out, std::ostream& err) {
  bool all_right = true;
  for (const auto& path : options.documents) all_right = check_one(path, out, err) && all_right;
  return all_right ? exit_done : exit_failed;
}

} // namespace chainring::actors
