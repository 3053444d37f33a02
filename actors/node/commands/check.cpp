// check.cpp: everything that can be said of a document before it runs, for people, for tools and for Graphviz.
#include "actors/node/commands/check.hpp"

#include <algorithm>

#include "actors/node/commands/common.hpp"
#include "dialer/ocs_lint.hpp"
#include "scxml/describe.hpp"
#include "scxml/diagnostic.hpp"
#include "scxml/dot.hpp"
#include "scxml/lint/lint.hpp"
#include "scxml/models/ecmascript/ecmascript.hpp"

namespace chainring::actors {

namespace {

using scxml::severity;

/// What is known of one file.
struct examined {
  std::string path;
  std::shared_ptr<const scxml::document> document; // null: it cannot run
  std::vector<scxml::diagnostic> complaints;       // source order
  std::optional<error> unread;                     // the file could not be had at all

  std::size_t count(severity of) const {
    return static_cast<std::size_t>(
        std::count_if(complaints.begin(), complaints.end(), [&](const auto& c) { return c.severity == of; }));
  }
  bool passes(bool strict) const {
    return !unread && count(severity::error) == 0 && (!strict || count(severity::warning) == 0);
  }
};

examined examine(const std::string& path, bool legacy) {
  examined out{path, nullptr, {}, std::nullopt};
  std::string bytes;
  auto compiled = compile_file(path, legacy, &bytes);
  if (!compiled) return out.unread = std::move(compiled).error(), out;
  out.document = compiled->document;
  out.complaints = std::move(compiled->complaints);
  const auto add = [&](std::vector<scxml::diagnostic> more) {
    std::move(more.begin(), more.end(), std::back_inserter(out.complaints));
  };
  // Names that are wrong already would make states unreachable and the like: those are looked for afterwards.
  if (out.document) add(scxml::lint(*out.document));
  if (const auto& tables = out.document ? out.document : compiled->draft) {
    add(scxml::check_scripts(*tables, bytes));
    add(dialer::lint_ocs(*tables));
  }
  std::stable_sort(out.complaints.begin(), out.complaints.end(), [](const auto& a, const auto& b) {
    return std::pair(a.where.line, a.where.column) < std::pair(b.where.line, b.where.column);
  });
  return out;
}

std::string counted(std::size_t n, const char* what) { return std::to_string(n) + " " + what + (n == 1 ? "" : "s"); }

// -- for people

void tell(const examined& file, bool strict, std::ostream& err) {
  if (file.unread) return complain(err, *file.unread);
  for (const auto& complaint : file.complaints) {
    error problem = scxml::to_error(complaint);
    if (complaint.severity == severity::warning) problem.what = "warning: " + problem.what;
    complain(err, problem);
  }
  if (!file.passes(strict) && file.count(severity::error) == 0)
    complain(err, {counted(file.count(severity::warning), "warning") + " under --strict", file.path,
                   "mend them, or leave it out"});
}

/// " compiled", or " on QuickJS" and why.
std::string engine(const scxml::document& d) {
  if (d.program) return " compiled";
  const std::string left = scxml::to_text(d.leaves_compiled);
  return *scxml::engine_of(d) ? " on QuickJS" + (left.empty() ? "" : " (" + left + ")") : "";
}

void summarize(const examined& file, std::ostream& out) {
  if (!file.document || file.count(severity::error) > 0) return;
  const scxml::document& d = *file.document;
  // The state 0 is the <scxml> element itself.
  out << file.path << ": can run: " << counted(d.states.size() - 1, "state") << ", "
      << counted(d.transitions.size(), "transition") << ", " << counted(d.data.size(), "data item") << ", "
      << counted(d.expressions.size(), "expression") << "; data model " << scxml::name_of(d.datamodel) << engine(d) << ", "
      << scxml::to_text(d.datamodel_chosen) << "; " << counted(file.count(severity::warning), "warning") << '\n';
}

// -- for tools

scxml::value as_value(const scxml::diagnostic& complaint) {
  scxml::object out;
  out.set("line", complaint.where.line);
  out.set("column", complaint.where.column);
  out.set("severity", complaint.severity == severity::error ? "error" : "warning");
  out.set("what", complaint.what);
  out.set("mend", complaint.mend);
  return out;
}

void write_json(const examined& file, bool strict, std::ostream& out) {
  scxml::array complaints;
  if (file.unread) {
    scxml::object one;
    for (const char* unknown : {"line", "column"}) one.set(unknown, scxml::null{});
    one.set("severity", "error");
    one.set("what", file.unread->what);
    one.set("mend", file.unread->mend);
    complaints.emplace_back(std::move(one));
  }
  for (const auto& complaint : file.complaints) complaints.push_back(as_value(complaint));
  scxml::object all;
  all.set("file", file.path);
  all.set("ok", file.passes(strict));
  all.set("errors", file.unread ? 1 : file.count(severity::error));
  all.set("warnings", file.count(severity::warning));
  all.set("complaints", std::move(complaints));
  all.set("document", file.document ? scxml::describe(*file.document) : scxml::value(scxml::null{}));
  out << scxml::to_json(all) << '\n';
}

} // namespace

int run_check(const check_command& options, std::ostream& out, std::ostream& err) {
  bool all_right = true;
  for (const auto& path : options.documents) {
    const examined file = examine(path, options.legacy);
    all_right = file.passes(options.strict) && all_right;
    if (options.json) {
      write_json(file, options.strict, out);
      continue;
    }
    tell(file, options.strict, err);
    if (options.dot && file.document)
      out << scxml::to_dot(*file.document);
    else if (!options.dot)
      summarize(file, out);
  }
  return all_right ? exit_done : exit_failed;
}

} // namespace chainring::actors
